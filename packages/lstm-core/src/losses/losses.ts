/** The closed list of losses: what a config, or a face of another library's shape, may choose by name. */
import { binaryCrossEntropy } from "./binary-cross-entropy.ts";
import { cosineSimilarityLoss } from "./cosine-similarity.ts";
import { crossEntropy } from "./cross-entropy.ts";
import { binaryFocalLoss, focalLoss } from "./focal.ts";
import { gaussianNll } from "./gaussian.ts";
import { categoricalHingeLoss, hingeLoss, squaredHingeLoss } from "./hinge.ts";
import { klDivergence } from "./kl-divergence.ts";
import { negativeBinomialNll } from "./negative-binomial.ts";
import { poissonNll } from "./poisson.ts";
import { quantileLoss } from "./quantile.ts";
import { absolutePercentageError, squaredLogarithmicError } from "./relative-errors.ts";
import { absoluteError, huberLoss, logCoshLoss, smoothL1Loss } from "./robust-errors.ts";
import { squaredError } from "./squared-error.ts";

/**
 * Losses by the names of their functions. Each takes predictions, targets as plain numbers and options, among them all `CountOptions`, and
 * gives a tensor.
 */
export const losses = {
  crossEntropy,
  binaryCrossEntropy,
  focalLoss,
  binaryFocalLoss,
  klDivergence,
  squaredError,
  absoluteError,
  huberLoss,
  smoothL1Loss,
  logCoshLoss,
  absolutePercentageError,
  squaredLogarithmicError,
  quantileLoss,
  gaussianNll,
  negativeBinomialNll,
  poissonNll,
  hingeLoss,
  squaredHingeLoss,
  categoricalHingeLoss,
  cosineSimilarityLoss,
} as const;

export type LossName = keyof typeof losses;

/** Names of {@link losses}, in their order. */
export const lossNames = Object.keys(losses) as readonly LossName[];

/** Keras's losses by name, each computed by the loss of `@cellstate/lstm-core` that is the same. */
import {
  absoluteError,
  absolutePercentageError,
  binaryCrossEntropy,
  binaryFocalLoss,
  type CountOptions,
  categoricalHingeLoss,
  cosineSimilarityLoss,
  crossEntropy,
  focalLoss,
  hingeLoss,
  huberLoss,
  klDivergence,
  logCoshLoss,
  poissonNll,
  squaredError,
  squaredHingeLoss,
  squaredLogarithmicError,
} from "@cellstate/lstm-core";
import { OptionError, type Tensor } from "@cellstate/tensor";
import type { Value } from "../graph/value.ts";
import { findByName } from "../names.ts";

/** What a loss is computed from. */
interface LossInput {
  readonly prediction: Value;
  /** Row-major, as many as the loss takes of the prediction. */
  readonly targets: ArrayLike<number>;
  /** Mask, weights and how losses become one number. */
  readonly count: CountOptions;
  readonly options: LossOptions;
}

/** Options of losses; each loss takes its own. */
export interface LossOptions {
  /** Whether predictions are scores rather than probabilities. Default false, as in Keras. */
  readonly fromLogits?: boolean | undefined;
  /** Share of targets that is spread evenly, in `[0, 1)`. Default 0. */
  readonly labelSmoothing?: number | undefined;
  /** Of `huber`. Default 1. */
  readonly delta?: number | undefined;
  /** Of the focal losses. Default 2. */
  readonly gamma?: number | undefined;
  /** Of the focal losses. Default 0.25. */
  readonly alpha?: number | undefined;
}

/** What targets a loss takes. */
type TargetKind = "numbers" | "share" | "class" | "distribution";

export interface LossEntry {
  readonly targets: TargetKind;
  readonly optionNames: readonly (keyof LossOptions)[];
  compute(input: LossInput): Tensor;
}

const simple = (loss: (predictions: Tensor, targets: ArrayLike<number>, count: CountOptions) => Tensor): LossEntry => ({
  targets: "numbers",
  optionNames: [],
  compute: ({ prediction, targets, count }) => loss(prediction.tensor, targets, count),
});

/** From scores where they are known, so that no probability rounds to 0 or 1 before its logarithm. */
function scoresOf(
  { prediction, options }: LossInput,
  kind: "sigmoid" | "softmax",
): { scores: Tensor; fromLogits: boolean } {
  const { logits, tensor } = prediction;
  if (options.fromLogits !== true && logits?.kind === kind) return { scores: logits.tensor, fromLogits: true };
  return { scores: tensor, fromLogits: options.fromLogits ?? false };
}

const crossEntropyOf = (targets: TargetKind): LossEntry => ({
  targets,
  optionNames: targets === "class" ? ["fromLogits"] : ["fromLogits", "labelSmoothing"],
  compute(input) {
    const { scores, fromLogits } = scoresOf(input, "softmax");
    const { labelSmoothing = 0 } = input.options;
    return crossEntropy(scores, input.targets, { ...input.count, labelSmoothing, fromLogits });
  },
});

/** Keras takes labels 0 and 1 for sides -1 and 1. */
export function asSides(targets: ArrayLike<number>): ArrayLike<number> {
  const values = Array.from(targets);
  return values.every((value) => value === 0 || value === 1) ? values.map((value) => 2 * value - 1) : values;
}

const lossEntries = {
  binaryCrossentropy: {
    targets: "share",
    optionNames: ["fromLogits", "labelSmoothing"],
    compute(input) {
      const { scores, fromLogits } = scoresOf(input, "sigmoid");
      const { labelSmoothing = 0 } = input.options;
      return binaryCrossEntropy(scores, input.targets, { ...input.count, labelSmoothing, fromLogits });
    },
  },
  categoricalCrossentropy: crossEntropyOf("distribution"),
  sparseCategoricalCrossentropy: crossEntropyOf("class"),
  binaryFocalCrossentropy: {
    targets: "share",
    optionNames: ["fromLogits", "labelSmoothing", "gamma"],
    compute(input) {
      const { scores, fromLogits } = scoresOf(input, "sigmoid");
      const { labelSmoothing = 0, gamma = 2 } = input.options;
      return binaryFocalLoss(scores, input.targets, { ...input.count, labelSmoothing, gamma, fromLogits });
    },
  },
  categoricalFocalCrossentropy: {
    targets: "distribution",
    optionNames: ["fromLogits", "labelSmoothing", "gamma", "alpha"],
    compute(input) {
      const { scores, fromLogits } = scoresOf(input, "softmax");
      const { labelSmoothing = 0, gamma = 2, alpha = 0.25 } = input.options;
      return focalLoss(scores, input.targets, { ...input.count, labelSmoothing, gamma, alpha, fromLogits });
    },
  },
  meanSquaredError: simple(squaredError),
  meanAbsoluteError: simple(absoluteError),
  meanAbsolutePercentageError: simple(absolutePercentageError),
  meanSquaredLogarithmicError: simple(squaredLogarithmicError),
  huber: {
    targets: "numbers",
    optionNames: ["delta"],
    compute: ({ prediction, targets, count, options: { delta = 1 } }) =>
      huberLoss(prediction.tensor, targets, { ...count, delta }),
  },
  logCosh: simple(logCoshLoss),
  hinge: simple((predictions, targets, count) => hingeLoss(predictions, asSides(targets), count)),
  squaredHinge: simple((predictions, targets, count) => squaredHingeLoss(predictions, asSides(targets), count)),
  categoricalHinge: { ...simple(categoricalHingeLoss), targets: "distribution" },
  klDivergence: {
    targets: "distribution",
    optionNames: [],
    compute(input) {
      const { scores, fromLogits } = scoresOf(input, "softmax");
      return klDivergence(scores, input.targets, { ...input.count, fromLogits });
    },
  },
  poisson: simple((predictions, targets, count) => poissonNll(predictions, targets, { ...count, logInput: false })),
  cosineSimilarity: { ...simple(cosineSimilarityLoss), targets: "distribution" },
} satisfies Readonly<Record<string, LossEntry>>;

type LossName = keyof typeof lossEntries;

/** Other names of Keras's. */
const lossAliases: Readonly<Record<string, LossName>> = {
  mse: "meanSquaredError",
  MSE: "meanSquaredError",
  mae: "meanAbsoluteError",
  MAE: "meanAbsoluteError",
  mape: "meanAbsolutePercentageError",
  MAPE: "meanAbsolutePercentageError",
  msle: "meanSquaredLogarithmicError",
  MSLE: "meanSquaredLogarithmicError",
  logcosh: "logCosh",
  kld: "klDivergence",
  kullbackLeiblerDivergence: "klDivergence",
  binaryCrossEntropy: "binaryCrossentropy",
  categoricalCrossEntropy: "categoricalCrossentropy",
  sparseCategoricalCrossEntropy: "sparseCategoricalCrossentropy",
  bce: "binaryCrossentropy",
};

/** A loss of one's own: one number from what the model predicts and what was wanted, by the ops of `@cellstate/tensor`. */
export type LossFunction = (prediction: Tensor, target: Tensor) => Tensor;

/** A loss by name, by name with options, or of one's own. */
export type LossOption = LossName | (string & {}) | ({ readonly kind: string } & LossOptions) | LossFunction;

/** @throws {OptionError} if there is no such loss, naming the nearest, or it has no such option */
export function findLoss(option: Exclude<LossOption, LossFunction>): { entry: LossEntry; options: LossOptions } {
  const { kind, ...options } = typeof option === "string" ? { kind: option } : option;
  const entry = findByName<LossEntry>("compile", "loss", lossEntries, kind, lossAliases);
  const unknown = Object.keys(options).find((name) => !(entry.optionNames as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new OptionError(
      "compile",
      `options of the loss ${kind}`,
      `among ${entry.optionNames.join(", ") || "none"}`,
      unknown,
    );
  }
  return { entry, options };
}

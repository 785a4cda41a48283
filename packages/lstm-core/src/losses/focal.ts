/** Focal losses: cross-entropies in which what is already right weighs little (Lin et al. 2017). */
import {
  add,
  exp,
  log,
  maximum,
  mul,
  neg,
  OptionError,
  type OptionNames,
  requireKnownOptions,
  sigmoid,
  square,
  sub,
  sum,
  type Tensor,
} from "@cellstate/tensor";
import { requireRate } from "../errors.ts";
import { binaryLosses } from "./binary-cross-entropy.ts";
import { type ClassLossOptions, ClassTargets, clampProbability, logProbsOf } from "./class-targets.ts";
import { type CountOptions, countOptionNames } from "./counted-targets.ts";
import { elementLoss, share } from "./element-loss.ts";

export interface BinaryFocalOptions extends CountOptions {
  /** Exponent >= 0 of `1 - p`, where `p` is the probability of the right answer; 0 gives the cross-entropy. Default 2. */
  readonly gamma?: number | undefined;
  /** Weight of a yes in [0, 1]; a no has `1 - alpha`. Default: both 1. */
  readonly alpha?: number | undefined;
  /** As in `binaryCrossEntropy`. Default 0. */
  readonly labelSmoothing?: number | undefined;
  /** As in `binaryCrossEntropy`. Default true. */
  readonly fromLogits?: boolean | undefined;
}

const binaryOptionNames: OptionNames<BinaryFocalOptions> = {
  ...countOptionNames,
  gamma: true,
  alpha: true,
  labelSmoothing: true,
  fromLogits: true,
};

/**
 * Mean of `alpha * (1 - p)^gamma * crossEntropy` over the counted targets, as torchvision's `sigmoid_focal_loss` (with `alpha: 0.25`)
 * and Keras's `BinaryFocalCrossentropy`; logits, targets, results and errors as in `binaryCrossEntropy`.
 *
 * @throws {OptionError} also unless `gamma >= 0` and `alpha` lies in [0, 1]
 */
export function binaryFocalLoss(logits: Tensor, targets: ArrayLike<number>, options: BinaryFocalOptions = {}): Tensor {
  requireKnownOptions("binaryFocalLoss", options, binaryOptionNames);
  const { gamma = 2, alpha, labelSmoothing = 0, fromLogits = true, ...counts } = options;
  requireGamma("binaryFocalLoss", gamma);
  requireRate("binaryFocalLoss", "labelSmoothing", labelSmoothing);
  if (alpha !== undefined && !share.includes(alpha)) {
    throw new OptionError("binaryFocalLoss", "alpha", "a number in [0, 1]", alpha);
  }
  return elementLoss({
    ...counts,
    owner: "binaryFocalLoss",
    predictions: logits,
    targets,
    range: share,
    formula: (given, _, values) => {
      const yes = values.map((value) => value * (1 - labelSmoothing) + labelSmoothing / 2);
      const losses = mul(binaryLosses(given, yes, { fromLogits }), power(wrongness(given, yes, fromLogits), gamma));
      if (alpha === undefined) return losses;
      const weights = yes.map((value) => value * alpha + (1 - value) * (1 - alpha));
      return mul(losses, given.session.tensor(weights, given.shape));
    },
  });
}

/** `1 - p` for the probability `p` of the right answer: of a no where the target is yes, and the other way round. */
function wrongness(given: Tensor, yes: Float64Array, fromLogits: boolean): Tensor {
  const { session, shape } = given;
  const p = fromLogits ? sigmoid(given) : clampProbability(given);
  const q = fromLogits ? sigmoid(neg(given)) : sub(session.full([], 1), p);
  const no = yes.map((value) => 1 - value);
  return add(mul(p, session.tensor(no, shape)), mul(q, session.tensor(yes, shape)));
}

export interface FocalOptions extends ClassLossOptions {
  /** Exponent >= 0 of `1 - p` for each class's probability `p`; 0 gives the cross-entropy. Default 2. */
  readonly gamma?: number | undefined;
  /** Finite numbers >= 0: one factor of the loss, or one for each class. Default 1. */
  readonly alpha?: number | ArrayLike<number> | undefined;
  /** As in `crossEntropy`. Default 0. */
  readonly labelSmoothing?: number | undefined;
}

const optionNames: OptionNames<FocalOptions> = {
  ...countOptionNames,
  gamma: true,
  alpha: true,
  labelSmoothing: true,
  fromLogits: true,
};

/**
 * Mean over the counted targets of `-alpha * target * (1 - p)^gamma * log(p)`, summed over the classes, as Keras's
 * `CategoricalFocalCrossentropy` (with `alpha: 0.25`); logits, targets, results and errors as in `crossEntropy`.
 *
 * @throws {OptionError} also unless `gamma >= 0` and `alpha` is finite and not negative
 */
export function focalLoss(logits: Tensor, targets: ArrayLike<number>, options: FocalOptions = {}): Tensor {
  requireKnownOptions("focalLoss", options, optionNames);
  const { gamma = 2, alpha = 1, labelSmoothing = 0, fromLogits = true, ...counts } = options;
  requireGamma("focalLoss", gamma);
  requireRate("focalLoss", "labelSmoothing", labelSmoothing);
  const wanted = new ClassTargets("focalLoss", logits, targets, counts);
  const { counted, classes } = wanted;
  const alphas = typeof alpha === "number" ? Array<number>(classes).fill(alpha) : Array.from(alpha);
  if (alphas.length !== classes || !alphas.every((value) => value >= 0 && Number.isFinite(value))) {
    throw new OptionError("focalLoss", "alpha", `a finite number >= 0 or ${classes} of them`, `${alphas.join(", ")}`);
  }
  const logProbs = logProbsOf(counted.pick(logits), fromLogits); // [count, classes]
  const { session } = logits;
  const factors = wanted.smoothed(labelSmoothing).map((value, i) => value * alphas[i % classes]!);
  const weights = mul(power(sub(session.full([], 1), exp(logProbs)), gamma), session.tensor(factors, logProbs.shape));
  return counted.reduce(neg(sum(mul(weights, logProbs), 1)));
}

/** Bases below stand for 0: their logarithm stays finite, and so does the slope of the power. */
const LEAST_BASE = 1e-30;

/** `base^exponent` for bases >= 0. */
function power(base: Tensor, exponent: number): Tensor {
  if (exponent === 2) return square(base);
  return exp(mul(log(maximum(base, LEAST_BASE)), exponent));
}

function requireGamma(owner: string, gamma: number): void {
  if (!(gamma >= 0 && Number.isFinite(gamma))) throw new OptionError(owner, "gamma", "a finite number >= 0", gamma);
}

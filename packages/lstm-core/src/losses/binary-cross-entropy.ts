/** Cross-entropy of yes-or-no answers: one logit each, of which any number may be yes at once. */
import {
  add,
  concat,
  log,
  mul,
  neg,
  OptionError,
  type OptionNames,
  requireKnownOptions,
  reshape,
  sub,
  type Tensor,
  crossEntropy as tensorCrossEntropy,
} from "@cellstate/tensor";
import { softplus } from "../activations/smooth.ts";
import { requireRate } from "../errors.ts";
import { clampProbability } from "./class-targets.ts";
import { type CountedTargets, type CountOptions, countOptionNames } from "./counted-targets.ts";
import { elementLoss, share } from "./element-loss.ts";

export interface BinaryCrossEntropyOptions extends CountOptions {
  /**
   * Numbers > 0: how much more a yes weighs than a no, as one number or one for each index of the last axis. Unlike weights it is not
   * part of the mean's divisor. Default 1.
   */
  readonly posWeight?: number | ArrayLike<number> | undefined;
  /** Share s of targets that is moved to the middle, in `[0, 1)`: `target * (1 - s) + s / 2`. Default 0. */
  readonly labelSmoothing?: number | undefined;
  /** Whether predictions are logits; otherwise probabilities, which are kept 1e-7 away from 0 and 1. Default true. */
  readonly fromLogits?: boolean | undefined;
}

const optionNames: OptionNames<BinaryCrossEntropyOptions> = {
  ...countOptionNames,
  posWeight: true,
  labelSmoothing: true,
  fromLogits: true,
};

/**
 * Mean binary cross-entropy over the counted targets, as PyTorch's `binary_cross_entropy_with_logits`.
 *
 * @param logits   float, any shape, such as `[batch]` or, for several labels at once, `[batch, labels]`
 * @param targets  probabilities of yes, usually 0 or 1, one for each logit, row-major
 * @returns shape `[]`, nats; 0 if no target counts
 * @throws {ShapeError} unless there is one target for each logit, and lengths, mask and weights fit
 * @throws {OptionError} if a target that counts lies outside [0, 1], or an option is unknown or out of range
 */
export function binaryCrossEntropy(
  logits: Tensor,
  targets: ArrayLike<number>,
  options: BinaryCrossEntropyOptions = {},
): Tensor {
  requireKnownOptions("binaryCrossEntropy", options, optionNames);
  const { posWeight = 1, labelSmoothing = 0, fromLogits = true, ...counts } = options;
  requireRate("binaryCrossEntropy", "labelSmoothing", labelSmoothing);
  const spread = spreadPosWeight("binaryCrossEntropy", posWeight, logits);
  return elementLoss({
    ...counts,
    owner: "binaryCrossEntropy",
    predictions: logits,
    targets,
    range: share,
    formula: (given, _, values, counted) => {
      const yes = values.map((value) => value * (1 - labelSmoothing) + labelSmoothing / 2);
      return binaryLosses(given, yes, { fromLogits, posWeights: spread(counted) });
    },
    meanAtOnce: (given, values) =>
      fromLogits && posWeight === 1 ? ofTwoClasses(given, values, labelSmoothing) : undefined,
  });
}

/**
 * The mean over answers that are all yes or no: a sigmoid is the softmax of 0 and its logit, and the cross-entropy of classes is one op where
 * the binary one is a dozen.
 */
function ofTwoClasses(logits: Tensor, answers: Float64Array, labelSmoothing: number): Tensor | undefined {
  if (answers.length === 0 || !answers.every((answer) => answer === 0 || answer === 1)) return undefined;
  const column = reshape(logits, [answers.length, 1]);
  const pairs = concat([logits.session.zeros(column.shape), column], 1);
  return tensorCrossEntropy(pairs, Int32Array.from(answers), { labelSmoothing });
}

/** `[count]`: `-posWeight * target * log(p) - (1 - target) * log(1 - p)`. */
export function binaryLosses(
  given: Tensor,
  targets: Float64Array,
  { fromLogits, posWeights }: { readonly fromLogits: boolean; readonly posWeights?: Float64Array | undefined },
): Tensor {
  const constant = (values: Float64Array) => given.session.tensor(values, given.shape);
  const ofYes = targets.map((target, i) => target * (posWeights?.[i] ?? 1));
  const ofNo = targets.map((target) => 1 - target);
  if (fromLogits) {
    // -log(p) = softplus(-logit) and -log(1 - p) = logit + softplus(-logit)
    const both = ofYes.map((value, i) => value + ofNo[i]!);
    return add(mul(given, constant(ofNo)), mul(softplus(neg(given)), constant(both)));
  }
  const p = clampProbability(given);
  const q = sub(given.session.full([], 1), p);
  return neg(add(mul(log(p), constant(ofYes)), mul(log(q), constant(ofNo))));
}

/** The weight of a yes for each target that counts; undefined where all are 1. */
function spreadPosWeight(owner: string, posWeight: number | ArrayLike<number>, { shape, size }: Tensor) {
  const weights = typeof posWeight === "number" ? [posWeight] : Array.from(posWeight);
  const extent = typeof posWeight === "number" ? 1 : (shape.at(-1) ?? 1);
  const bad = weights.find((weight) => !(weight > 0 && Number.isFinite(weight)));
  if (bad !== undefined || weights.length !== extent) {
    const expected = `a finite number > 0 or ${shape.at(-1) ?? 1} of them, one for each index of the last axis`;
    throw new OptionError(owner, "posWeight", expected, bad ?? `${weights.length} numbers`);
  }
  return (counted: CountedTargets): Float64Array | undefined => {
    if (weights.every((weight) => weight === 1)) return undefined;
    return counted.pickValues(Float64Array.from({ length: size }, (_, place) => weights[place % extent]!));
  };
}

/** Cross-entropy of logits, or of what an output layer makes of its input, against classes, over any leading axes. */
import {
  add,
  gather,
  mul,
  neg,
  type OptionNames,
  requireKnownOptions,
  reshape,
  ShapeError,
  sum,
  type Tensor,
  crossEntropy as tensorCrossEntropy,
  linearCrossEntropy as tensorLinearCrossEntropy,
} from "@cellstate/tensor";
import { requireRate } from "../errors.ts";
import { type ClassLossOptions, ClassTargets, logProbsOf } from "./class-targets.ts";
import { countOptionNames, requireTargets } from "./counted-targets.ts";

interface ClassShareOptions {
  /** `[classes]`: weight of each class, in the loss and in the count that it is divided by. Default: all 1. */
  readonly classWeights?: Tensor | undefined;
  /** Share of the target that is spread evenly over all classes, in `[0, 1)` (Szegedy et al. 2016). Default 0. */
  readonly labelSmoothing?: number | undefined;
}

export interface CrossEntropyOptions extends ClassShareOptions, ClassLossOptions {}

const shareOptionNames: OptionNames<ClassShareOptions> = { classWeights: true, labelSmoothing: true };
const optionNames: OptionNames<CrossEntropyOptions> = { ...shareOptionNames, ...countOptionNames, fromLogits: true };

/**
 * Mean cross-entropy over the counted targets, as PyTorch's `cross_entropy`. Class weights are part of the mean's divisor where
 * targets are class numbers, and not where they are probabilities, there as here.
 *
 * @param logits   raw scores, `[..., classes]`
 * @param targets  row-major over the leading axes: a class number for each row, of which -1 is not counted, or `classes`
 *                 probabilities for each row
 * @returns shape `[]`, nats; 0 if no target counts
 * @throws {ShapeError} unless there are as many targets, and lengths, mask and weights fit
 * @throws {IndexError} if a target that counts is no class
 * @throws {OptionError} if a probability is negative or not finite, or an option is unknown or out of range
 */
export function crossEntropy(logits: Tensor, targets: ArrayLike<number>, options: CrossEntropyOptions = {}): Tensor {
  requireKnownOptions("crossEntropy", options, optionNames);
  const { classWeights, labelSmoothing = 0, fromLogits = true, ...counts } = options;
  requireTargets("crossEntropy", targets);
  const shares = shareOptions("crossEntropy", { classWeights, labelSmoothing });
  const wanted = new ClassTargets("crossEntropy", logits, targets, counts);
  const { counted, numbers, classes } = wanted;
  // Class weights are part of the divisor of a weighted mean alone.
  const isPlain = counted.isPlainMean && (counts.reduction !== "mean" || classWeights === undefined);
  if (numbers && fromLogits && isPlain) {
    // Rows that -1 alone leaves out stay where they are: the fused op passes over them.
    const isWhole = counts.lengths === undefined && counts.mask === undefined;
    return isWhole
      ? tensorCrossEntropy(matrix(logits, classes), Int32Array.from(targets), shares)
      : tensorCrossEntropy(counted.pick(logits), numbers, shares);
  }
  if (classWeights && (classWeights.shape.length !== 1 || classWeights.size !== classes)) {
    throw new ShapeError("crossEntropy", `class weights of shape [${classes}]`, classWeights.shape);
  }
  const logProbs = logProbsOf(counted.pick(logits), fromLogits); // [count, classes]
  const weightOf = classWeights?.readSync();
  if (numbers) {
    const weights = weightOf && Float64Array.from(numbers, (number) => weightOf[number]!);
    return counted.reduce(classLosses(logProbs, numbers, weights, classWeights, labelSmoothing), weights);
  }
  const shared = wanted.smoothed(labelSmoothing);
  const weighted = weightOf ? shared.map((value, i) => value * weightOf[i % classes]!) : shared;
  return counted.reduce(neg(sum(mul(logProbs, logits.session.tensor(weighted, logProbs.shape)), 1)));
}

/** `[count]`: what a loss of class numbers is before it is reduced. */
function classLosses(
  logProbs: Tensor,
  numbers: Int32Array,
  weights: Float64Array | undefined,
  classWeights: Tensor | undefined,
  labelSmoothing: number,
): Tensor {
  const { session } = logProbs;
  const [count, classes] = logProbs.shape as [number, number];
  const indices = session.tensor(numbers, [count, 1], { dtype: "int32" });
  const ofTarget = reshape(gather(logProbs, 1, indices), [count]);
  const losses = neg(weights ? mul(ofTarget, session.tensor(weights, [count])) : ofTarget);
  if (labelSmoothing === 0) return losses;
  const ofAll = sum(classWeights ? mul(logProbs, classWeights) : logProbs, 1);
  return add(mul(losses, 1 - labelSmoothing), mul(ofAll, -labelSmoothing / classes));
}

export interface LinearCrossEntropyOptions extends ClassShareOptions {
  /** `[classes]`, added to the logits. Default: none. */
  readonly bias?: Tensor | undefined;
}

const linearOptionNames: OptionNames<LinearCrossEntropyOptions> = { ...shareOptionNames, bias: true };

/**
 * `crossEntropy(linear(x, weight, bias), targets, options)` as one op: the same bits, sooner and in half the memory where classes
 * are many, as in a language model.
 *
 * @param x        what the output layer reads, `[..., features]`
 * @param weight   `[classes, features]`
 * @param targets  class numbers, row-major over the leading axes; -1 is not counted
 * @returns shape `[]`, nats
 * @throws {ShapeError} unless there is one target for each row of `x`
 */
export function linearCrossEntropy(
  x: Tensor,
  weight: Tensor,
  targets: Int32Array,
  options: LinearCrossEntropyOptions = {},
): Tensor {
  requireKnownOptions("linearCrossEntropy", options, linearOptionNames);
  const features = x.shape.at(-1) ?? 0;
  const rows = features === 0 ? 0 : x.size / features;
  if (targets.length !== rows)
    throw new ShapeError("linearCrossEntropy", `targets of shape [${rows}]`, [targets.length]);
  const { bias } = options;
  return tensorLinearCrossEntropy(matrix(x, features), weight, targets, {
    ...shareOptions("linearCrossEntropy", options),
    ...(bias === undefined ? {} : { bias }),
  });
}

function matrix(x: Tensor, features: number): Tensor {
  return x.shape.length === 2 ? x : reshape(x, [features === 0 ? 0 : x.size / features, features]);
}

function shareOptions(op: string, { classWeights, labelSmoothing = 0 }: ClassShareOptions) {
  requireRate(op, "labelSmoothing", labelSmoothing);
  return { labelSmoothing, ...(classWeights === undefined ? {} : { classWeights }) };
}

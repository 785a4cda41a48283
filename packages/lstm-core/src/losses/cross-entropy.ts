/** Cross-entropy of logits, or of what an output layer makes of its input, against class numbers, over any leading axes. */
import {
  type OptionNames,
  requireKnownOptions,
  reshape,
  ShapeError,
  type Tensor,
  crossEntropy as tensorCrossEntropy,
  linearCrossEntropy as tensorLinearCrossEntropy,
} from "@cellstate/tensor";
import { requireRate } from "../errors.ts";

export interface CrossEntropyOptions {
  /** `[classes]`: weight of each class, in the loss and in the count that it is divided by. Default: all 1. */
  readonly classWeights?: Tensor | undefined;
  /** Share of the target that is spread evenly over all classes, in `[0, 1)` (Szegedy et al. 2016). Default 0. */
  readonly labelSmoothing?: number | undefined;
}

const optionNames: OptionNames<CrossEntropyOptions> = { classWeights: true, labelSmoothing: true };

/**
 * Mean cross-entropy over the counted targets, as PyTorch's `cross_entropy`.
 *
 * @param logits   raw scores, `[..., classes]`
 * @param targets  class numbers, row-major over the leading axes; -1 is not counted
 * @returns shape `[]`, nats
 * @throws {ShapeError} unless there is one target for each row of logits
 */
export function crossEntropy(logits: Tensor, targets: Int32Array, options: CrossEntropyOptions = {}): Tensor {
  requireKnownOptions("crossEntropy", options, optionNames);
  const { rows, features: classes } = extents("crossEntropy", logits, targets);
  return tensorCrossEntropy(matrix(logits, rows, classes), targets, lossOptions("crossEntropy", options));
}

export interface LinearCrossEntropyOptions extends CrossEntropyOptions {
  /** `[classes]`, added to the logits. Default: none. */
  readonly bias?: Tensor | undefined;
}

const linearOptionNames: OptionNames<LinearCrossEntropyOptions> = { ...optionNames, bias: true };

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
  const { rows, features } = extents("linearCrossEntropy", x, targets);
  const { bias } = options;
  return tensorLinearCrossEntropy(matrix(x, rows, features), weight, targets, {
    ...lossOptions("linearCrossEntropy", options),
    ...(bias === undefined ? {} : { bias }),
  });
}

/** @throws {ShapeError} unless there is one target for each row of the last axis */
function extents(op: string, x: Tensor, targets: Int32Array): { rows: number; features: number } {
  const features = x.shape.at(-1) ?? 0;
  const rows = features === 0 ? 0 : x.size / features;
  if (targets.length !== rows) throw new ShapeError(op, `targets of shape [${rows}]`, [targets.length]);
  return { rows, features };
}

function matrix(x: Tensor, rows: number, features: number): Tensor {
  return x.shape.length === 2 ? x : reshape(x, [rows, features]);
}

function lossOptions(op: string, { classWeights, labelSmoothing = 0 }: CrossEntropyOptions) {
  requireRate(op, "labelSmoothing", labelSmoothing);
  return { labelSmoothing, ...(classWeights === undefined ? {} : { classWeights }) };
}

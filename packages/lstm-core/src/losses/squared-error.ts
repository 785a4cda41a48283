/** Mean squared error of predicted numbers, over any axes. */
import {
  div,
  gatherRows,
  mean,
  mul,
  OptionError,
  type OptionNames,
  requireKnownOptions,
  reshape,
  ShapeError,
  square,
  sub,
  sum,
  type Tensor,
} from "@cellstate/tensor";
import { requireLengths } from "../errors.ts";

export interface SquaredErrorOptions {
  /** `[batch]`: real steps of each row of predictions `[batch, time, ...]`; later steps are not counted. Default: all are. */
  readonly lengths?: Int32Array | undefined;
  /** One finite number >= 0 for each target: its share in the mean; a target of weight 0 is not counted. Default: all 1. */
  readonly weights?: ArrayLike<number> | undefined;
}

const optionNames: OptionNames<SquaredErrorOptions> = { lengths: true, weights: true };

/**
 * Mean of `(prediction - target)^2` over the counted targets, as PyTorch's `mse_loss`: with weights the weighted sum over the sum
 * of the weights. What is not counted may be NaN on either side and changes no bit of the loss or of a gradient.
 *
 * @param predictions  float, any shape
 * @param targets      one number for each prediction, row-major
 * @returns shape `[]`; 0 if no target counts
 * @throws {ShapeError} unless there is one target, and one weight, for each prediction, and a length in `[0, time]` for each row
 * @throws {OptionError} if a weight is negative or not finite
 */
export function squaredError(
  predictions: Tensor,
  targets: ArrayLike<number>,
  options: SquaredErrorOptions = {},
): Tensor {
  requireKnownOptions("squaredError", options, optionNames);
  const { size, session } = predictions;
  const { weights } = options;
  if (targets.length !== size) throw new ShapeError("squaredError", `${size} targets`, `${targets.length}`);
  if (weights !== undefined) requireWeights(weights, size);
  const counted = countedElements(predictions.shape, options);
  const flat = reshape(predictions, [size]);
  const real = counted.length === size ? flat : gatherRows(flat, counted); // [counted]
  if (counted.length === 0) return sum(real);
  const pick = (from: ArrayLike<number>) => Float64Array.from(counted, (element) => from[element]!);
  const squares = square(sub(real, session.tensor(pick(targets), [counted.length])));
  if (weights === undefined) return mean(squares);
  const shares = pick(weights);
  const total = shares.reduce((sumSoFar, share) => sumSoFar + share, 0);
  return div(sum(mul(squares, session.tensor(shares, [counted.length]))), total);
}

/** Flat indices of the elements within the lengths whose weight is not 0, rising. */
function countedElements(shape: readonly number[], { lengths, weights }: SquaredErrorOptions): Int32Array {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const isWeighed = (element: number) => weights === undefined || weights[element]! > 0;
  const elements = Int32Array.from({ length: size }, (_, element) => element);
  if (lengths === undefined) return elements.filter(isWeighed);
  const [batchSize = 0, seqLen = 0, ...rest] = shape;
  if (shape.length < 2) throw new ShapeError("squaredError", "predictions of shape [batch, time, ...]", shape);
  requireLengths("squaredError", lengths, batchSize, seqLen);
  const stepSize = rest.reduce((product, extent) => product * extent, 1);
  const isReal = (element: number) => {
    const step = Math.floor(element / stepSize);
    return step % seqLen < lengths[Math.floor(step / seqLen)]!;
  };
  return elements.filter((element) => isReal(element) && isWeighed(element));
}

function requireWeights(weights: ArrayLike<number>, size: number): void {
  if (weights.length !== size) throw new ShapeError("squaredError", `${size} weights`, `${weights.length}`);
  for (let i = 0; i < size; i++) {
    const weight = weights[i]!;
    if (!(weight >= 0 && Number.isFinite(weight))) {
      throw new OptionError("squaredError", "weights", "finite numbers >= 0", `${weight} at position ${i}`);
    }
  }
}

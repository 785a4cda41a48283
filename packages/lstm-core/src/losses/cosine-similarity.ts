/** How far predicted vectors point the way of given ones, whatever their lengths. */
import {
  div,
  maximum,
  mul,
  neg,
  requireKnownOptions,
  ShapeError,
  sqrt,
  square,
  sum,
  type Tensor,
} from "@cellstate/tensor";
import { CountedTargets, type CountOptions, countOptionNames } from "./counted-targets.ts";
import { finite, pickTargets } from "./element-loss.ts";

/** Least squared length that is reckoned with, as in Keras: a vector of zeros has similarity 0. */
const LEAST_SQUARE = 1e-12;

/**
 * Mean of the negative cosine of the angle between prediction and target, from -1 (same direction) to 1, as Keras's
 * `CosineSimilarity`; PyTorch's `cosine_embedding_loss` of matching pairs is 1 more.
 *
 * @param predictions  `[..., features]`
 * @param targets      as many numbers, row-major; lengths, mask and weights have one entry for each vector
 * @returns shape `[]`; 0 if no target counts
 * @throws {ShapeError} unless there are as many targets, and lengths, mask and weights fit
 * @throws {OptionError} if a target that counts is not finite
 */
export function cosineSimilarityLoss(
  predictions: Tensor,
  targets: ArrayLike<number>,
  options: CountOptions = {},
): Tensor {
  requireKnownOptions("cosineSimilarityLoss", options, countOptionNames);
  const { session, shape, size } = predictions;
  if (shape.length === 0) throw new ShapeError("cosineSimilarityLoss", "predictions of shape [..., features]", shape);
  if (targets.length !== size) throw new ShapeError("cosineSimilarityLoss", `${size} targets`, `${targets.length}`);
  const features = shape.at(-1)!;
  const counted = new CountedTargets("cosineSimilarityLoss", shape.slice(0, -1), options);
  const wanted = pickTargets("cosineSimilarityLoss", counted, targets, finite, features);
  const given = counted.pick(predictions); // [count, features]
  const length = sqrt(maximum(sum(square(given), 1), LEAST_SQUARE));
  const directions = session.tensor(unitVectors(wanted, features), given.shape);
  return counted.reduce(neg(div(sum(mul(given, directions), 1), length)));
}

function unitVectors(values: Float64Array, features: number): Float64Array {
  const squares = new Float64Array(features === 0 ? 0 : values.length / features);
  values.forEach((value, i) => {
    squares[Math.floor(i / features)]! += value * value;
  });
  return values.map((value, i) => value / Math.sqrt(Math.max(squares[Math.floor(i / features)]!, LEAST_SQUARE)));
}

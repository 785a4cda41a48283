/** Mean squared error of predicted numbers, over any axes. */
import { requireKnownOptions, square, sub, type Tensor } from "@cellstate/tensor";
import { type CountOptions, countOptionNames } from "./counted-targets.ts";
import { elementLoss, finite } from "./element-loss.ts";

/**
 * Mean of `(prediction - target)^2` over the counted targets, as PyTorch's `mse_loss`.
 *
 * @param predictions  float, any shape
 * @param targets      one number for each prediction, row-major
 * @returns shape `[]`; 0 if no target counts
 * @throws {ShapeError} unless there is one target for each prediction, and lengths, mask and weights fit
 * @throws {OptionError} if a target that counts, or a weight, is not finite
 */
export function squaredError(predictions: Tensor, targets: ArrayLike<number>, options: CountOptions = {}): Tensor {
  requireKnownOptions("squaredError", options, countOptionNames);
  return elementLoss({
    ...options,
    owner: "squaredError",
    predictions,
    targets,
    range: finite,
    formula: (given, wanted) => square(sub(given, wanted)),
  });
}

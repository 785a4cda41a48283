/** Errors of predicted numbers by their size: of a small number a small error weighs as much as a large one of a large number. */
import {
  abs,
  add,
  div,
  log,
  maximum,
  mul,
  requireKnownOptions,
  scalar,
  square,
  sub,
  type Tensor,
} from "@cellstate/tensor";
import { type CountOptions, countOptionNames } from "./counted-targets.ts";
import { elementLoss, finite } from "./element-loss.ts";

/** Smaller numbers count as this one, as in Keras. */
const LEAST = 1e-7;

/**
 * Mean of `100 * |prediction - target| / |target|` (MAPE), as Keras's `mean_absolute_percentage_error`: a target nearer to 0 than 1e-7
 * counts as 1e-7. Shapes, results and errors as in `squaredError`.
 */
export function absolutePercentageError(
  predictions: Tensor,
  targets: ArrayLike<number>,
  options: CountOptions = {},
): Tensor {
  requireKnownOptions("absolutePercentageError", options, countOptionNames);
  return elementLoss({
    ...options,
    owner: "absolutePercentageError",
    predictions,
    targets,
    range: finite,
    formula(given, wanted, values) {
      const sizes = given.session.tensor(
        values.map((value) => Math.max(Math.abs(value), LEAST)),
        given.shape,
      );
      return mul(div(abs(sub(given, wanted)), sizes), 100);
    },
  });
}

/**
 * Mean of `(log(1 + prediction) - log(1 + target))^2` (MSLE), as Keras's `mean_squared_logarithmic_error`, for numbers from 0 on: of both,
 * those below 1e-7 count as 1e-7, so that such predictions have no gradient. Shapes, results and errors as in `squaredError`.
 */
export function squaredLogarithmicError(
  predictions: Tensor,
  targets: ArrayLike<number>,
  options: CountOptions = {},
): Tensor {
  requireKnownOptions("squaredLogarithmicError", options, countOptionNames);
  return elementLoss({
    ...options,
    owner: "squaredLogarithmicError",
    predictions,
    targets,
    range: finite,
    formula(given, _, values) {
      const logs = given.session.tensor(
        values.map((value) => scalar.log(Math.max(value, LEAST) + 1)),
        given.shape,
      );
      return square(sub(log(add(maximum(given, LEAST), 1)), logs));
    },
  });
}

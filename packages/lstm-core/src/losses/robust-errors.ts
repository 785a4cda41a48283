/** Errors of predicted numbers that grow more slowly than the square, so that outliers weigh less. */
import {
  abs,
  add,
  clamp,
  div,
  mul,
  OptionError,
  type OptionNames,
  requireKnownOptions,
  sub,
  type Tensor,
} from "@cellstate/tensor";
import { softplus } from "../activations/smooth.ts";
import { type CountOptions, countOptionNames } from "./counted-targets.ts";
import { elementLoss, finite } from "./element-loss.ts";

/**
 * Mean of `|prediction - target|`, as PyTorch's `l1_loss`; shapes, results and errors as in `squaredError`.
 * The gradient of an exact prediction is 0.
 */
export function absoluteError(predictions: Tensor, targets: ArrayLike<number>, options: CountOptions = {}): Tensor {
  requireKnownOptions("absoluteError", options, countOptionNames);
  return elementLoss({
    ...options,
    owner: "absoluteError",
    predictions,
    targets,
    range: finite,
    formula: (given, wanted) => abs(sub(given, wanted)),
  });
}

export interface HuberOptions extends CountOptions {
  /** Error > 0 up to which the loss is quadratic. Default 1. */
  readonly delta?: number | undefined;
}

const huberOptionNames: OptionNames<HuberOptions> = { ...countOptionNames, delta: true };

/**
 * Half the squared error up to `delta`, and `delta * (|error| - delta / 2)` beyond (Huber 1964), as PyTorch's `huber_loss`;
 * shapes, results and errors as in `squaredError`.
 *
 * @throws {OptionError} also unless `delta > 0`
 */
export function huberLoss(predictions: Tensor, targets: ArrayLike<number>, options: HuberOptions = {}): Tensor {
  requireKnownOptions("huberLoss", options, huberOptionNames);
  const { delta = 1, ...counted } = options;
  requirePositive("huberLoss", "delta", delta);
  return elementLoss({
    ...counted,
    owner: "huberLoss",
    predictions,
    targets,
    range: finite,
    formula: (given, wanted) => huber(sub(given, wanted), delta),
  });
}

export interface SmoothL1Options extends CountOptions {
  /** Error >= 0 up to which the loss is quadratic; 0 gives the absolute error. Default 1. */
  readonly beta?: number | undefined;
}

const smoothL1OptionNames: OptionNames<SmoothL1Options> = { ...countOptionNames, beta: true };

/**
 * `huberLoss` with `delta: beta` over `beta`: slope 1 beyond `beta` (Girshick 2015), as PyTorch's `smooth_l1_loss`; shapes,
 * results and errors as in `squaredError`.
 *
 * @throws {OptionError} also unless `beta >= 0`
 */
export function smoothL1Loss(predictions: Tensor, targets: ArrayLike<number>, options: SmoothL1Options = {}): Tensor {
  requireKnownOptions("smoothL1Loss", options, smoothL1OptionNames);
  const { beta = 1, ...counted } = options;
  if (beta !== 0) requirePositive("smoothL1Loss", "beta", beta);
  return elementLoss({
    ...counted,
    owner: "smoothL1Loss",
    predictions,
    targets,
    range: finite,
    formula: (given, wanted) => {
      const error = sub(given, wanted);
      return beta === 0 ? abs(error) : div(huber(error, beta), beta);
    },
  });
}

/**
 * Mean of `log(cosh(prediction - target))`: about half the square of small errors, and the absolute value of large ones, without
 * a seam; as Keras's `log_cosh`. Shapes, results and errors as in `squaredError`.
 */
export function logCoshLoss(predictions: Tensor, targets: ArrayLike<number>, options: CountOptions = {}): Tensor {
  requireKnownOptions("logCoshLoss", options, countOptionNames);
  return elementLoss({
    ...options,
    owner: "logCoshLoss",
    predictions,
    targets,
    range: finite,
    formula: (given, wanted) => {
      const error = sub(given, wanted);
      return sub(add(error, softplus(mul(error, -2))), Math.LN2);
    },
  });
}

/** Inside the bounds the clamped error is the error itself, beyond them `±delta`, with no gradient of its own. */
function huber(error: Tensor, delta: number): Tensor {
  const clamped = clamp(error, -delta, delta);
  return mul(clamped, sub(error, mul(clamped, 0.5)));
}

function requirePositive(owner: string, option: string, value: number): void {
  if (!(value > 0 && Number.isFinite(value))) throw new OptionError(owner, option, "a finite number > 0", value);
}

/** Pinball loss: predictions of several quantiles of each target at once. */
import {
  maximum,
  mean,
  mul,
  OptionError,
  type OptionNames,
  requireKnownOptions,
  ShapeError,
  sub,
  type Tensor,
} from "@cellstate/tensor";
import { CountedTargets, type CountOptions, countOptionNames } from "./counted-targets.ts";
import { finite, pickTargets } from "./element-loss.ts";

export interface QuantileOptions extends CountOptions {
  /** Shares in (0, 1), one for each number of the predictions' last axis. Default `[0.1, 0.5, 0.9]`. */
  readonly quantiles?: readonly number[] | undefined;
}

const optionNames: OptionNames<QuantileOptions> = { ...countOptionNames, quantiles: true };

/**
 * Mean pinball loss (Koenker & Bassett 1978): for a quantile `q` and `error = target - prediction`, `q * error` where that is
 * positive and `(q - 1) * error` elsewhere. The loss of a target is the mean over its quantiles; with the one quantile 0.5 that is half the
 * absolute error.
 *
 * @param predictions  `[..., quantiles]`
 * @param targets      one number for each index of the leading axes, row-major
 * @returns shape `[]`; 0 if no target counts
 * @throws {ShapeError} unless the last axis has the quantiles, and targets, lengths, mask and weights fit the others
 * @throws {OptionError} if a quantile lies outside (0, 1), or a target that counts is not finite
 */
export function quantileLoss(predictions: Tensor, targets: ArrayLike<number>, options: QuantileOptions = {}): Tensor {
  requireKnownOptions("quantileLoss", options, optionNames);
  const { quantiles = [0.1, 0.5, 0.9], ...counts } = options;
  const bad = quantiles.find((quantile) => !(quantile > 0 && quantile < 1));
  if (bad !== undefined || quantiles.length === 0) {
    throw new OptionError("quantileLoss", "quantiles", "at least one number in (0, 1)", bad ?? "none");
  }
  const { session, shape } = predictions;
  if (shape.at(-1) !== quantiles.length) {
    throw new ShapeError(
      "quantileLoss",
      `predictions of shape [..., ${quantiles.length}], one for each quantile`,
      shape,
    );
  }
  const counted = CountedTargets.ofRows("quantileLoss", predictions, targets, counts);
  const wanted = pickTargets("quantileLoss", counted, targets, finite);
  const error = sub(session.tensor(wanted, [counted.count, 1]), counted.pick(predictions)); // [count, quantiles]
  const above = session.tensor(quantiles, [1, quantiles.length]);
  const below = session.tensor(
    quantiles.map((quantile) => quantile - 1),
    [1, quantiles.length],
  );
  return counted.reduce(mean(maximum(mul(error, above), mul(error, below)), 1));
}

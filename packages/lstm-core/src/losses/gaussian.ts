/** Negative log-likelihood of numbers under normal distributions that a model predicts. */
import {
  add,
  div,
  log,
  maximum,
  mul,
  OptionError,
  type OptionNames,
  requireKnownOptions,
  square,
  sub,
  type Tensor,
} from "@cellstate/tensor";
import { softplus } from "../activations/smooth.ts";
import { type CountOptions, countOptionNames } from "./counted-targets.ts";
import { finite, pickTargets } from "./element-loss.ts";
import { constantOf } from "./stable.ts";
import { pickParameters, splitPairs } from "./two-parameters.ts";

export interface GaussianParameters {
  /** Float, any shape. */
  readonly mean: Tensor;
  /** Numbers >= 0 in the shape of the means. */
  readonly variance: Tensor;
}

export interface GaussianNllOptions extends CountOptions {
  /** Least variance > 0 that is reckoned with; smaller ones still get a gradient. Default 1e-6. */
  readonly eps?: number | undefined;
  /** Whether the constant `log(2 pi) / 2` is part of the loss. Default false. */
  readonly full?: boolean | undefined;
}

const optionNames: OptionNames<GaussianNllOptions> = { ...countOptionNames, eps: true, full: true };

const HALF_LOG_TWO_PI = 0.9189385332046728;

/**
 * Mean of `(log(variance) + (mean - target)^2 / variance) / 2` over the counted targets (Nix & Weigend 1994), as PyTorch's
 * `gaussian_nll_loss`.
 *
 * @param predictions  mean and variance, or raw numbers `[..., 2]` of which {@link gaussianParameters} makes them
 * @param targets      one number for each mean, row-major
 * @returns shape `[]`, nats; 0 if no target counts
 * @throws {ShapeError} unless there are a variance and a target for each mean, and lengths, mask and weights fit
 * @throws {OptionError} if a target that counts is not finite or its variance negative, or `eps` is not > 0
 */
export function gaussianNll(
  predictions: GaussianParameters | Tensor,
  targets: ArrayLike<number>,
  options: GaussianNllOptions = {},
): Tensor {
  requireKnownOptions("gaussianNll", options, optionNames);
  const { eps = 1e-6, full = false, ...counts } = options;
  if (!(eps > 0 && Number.isFinite(eps))) throw new OptionError("gaussianNll", "eps", "a finite number > 0", eps);
  const { counted, parameters } = pickParameters({
    owner: "gaussianNll",
    given: predictions,
    names: ["mean", "variance"],
    notNegative: ["variance"],
    targets,
    counts,
    parametersOf: gaussianParameters,
  });
  const { mean, variance } = parameters;
  const wanted = pickTargets("gaussianNll", counted, targets, finite);
  const raised = add(variance, constantOf(sub(maximum(variance, eps), variance))); // at least eps, with the gradient of the variance
  const squares = square(sub(mean, mean.session.tensor(wanted, [counted.count])));
  const losses = mul(add(log(raised), div(squares, raised)), 0.5);
  return counted.reduce(full ? add(losses, HALF_LOG_TWO_PI) : losses);
}

/**
 * Mean and variance of what a model's last layer gives, as DeepAR makes them (Salinas et al. 2020): the first number of a pair is the mean,
 * the softplus of the second the standard deviation.
 *
 * @param raw  `[..., 2]`
 */
export function gaussianParameters(raw: Tensor): GaussianParameters {
  const [mean, deviation] = splitPairs("gaussianParameters", raw);
  return { mean, variance: square(softplus(deviation)) };
}

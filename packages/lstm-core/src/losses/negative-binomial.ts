/** Negative log-likelihood of counts under negative binomial distributions that a model predicts. */
import { maximum, OptionError, type OptionNames, requireKnownOptions, type Tensor } from "@cellstate/tensor";
import { softplus } from "../activations/smooth.ts";
import { type CountOptions, countOptionNames } from "./counted-targets.ts";
import { notNegative, pickTargets } from "./element-loss.ts";
import { negativeLogDensity } from "./negative-binomial-density.ts";
import { withSlopes } from "./stable.ts";
import { pickParameters, splitPairs } from "./two-parameters.ts";

export interface NegativeBinomialParameters {
  /** Numbers >= 0, any shape. */
  readonly mean: Tensor;
  /** Numbers >= 0 in the shape of the means: the variance is `mean + dispersion * mean^2`; 0 stands for a Poisson distribution. */
  readonly dispersion: Tensor;
}

export interface NegativeBinomialNllOptions extends CountOptions {
  /** Least mean and dispersion > 0 that are reckoned with. Default 1e-8. */
  readonly eps?: number | undefined;
}

const optionNames: OptionNames<NegativeBinomialNllOptions> = { ...countOptionNames, eps: true };

/**
 * Mean negative log-likelihood of the counted targets by mean and dispersion, as in DeepAR (Salinas et al. 2020); as PyTorch's
 * `NegativeBinomial(1 / dispersion, logits=log(mean * dispersion))`. Computed in float64 and rounded once.
 *
 * @param predictions  mean and dispersion, or raw numbers `[..., 2]` of which {@link negativeBinomialParameters} makes them
 * @param targets      one count >= 0 for each mean, row-major; fractions are taken
 * @returns shape `[]`, nats; 0 if no target counts
 * @throws {ShapeError} unless there are a dispersion and a target for each mean, and lengths, mask and weights fit
 * @throws {OptionError} if a target that counts is negative or not finite, its mean or dispersion negative, or `eps` is not > 0
 */
export function negativeBinomialNll(
  predictions: NegativeBinomialParameters | Tensor,
  targets: ArrayLike<number>,
  options: NegativeBinomialNllOptions = {},
): Tensor {
  requireKnownOptions("negativeBinomialNll", options, optionNames);
  const { eps = 1e-8, ...counts } = options;
  if (!(eps > 0 && Number.isFinite(eps)))
    throw new OptionError("negativeBinomialNll", "eps", "a finite number > 0", eps);
  const { counted, parameters } = pickParameters({
    owner: "negativeBinomialNll",
    given: predictions,
    names: ["mean", "dispersion"],
    notNegative: ["mean", "dispersion"],
    targets,
    counts,
    parametersOf: negativeBinomialParameters,
  });
  const wanted = pickTargets("negativeBinomialNll", counted, targets, notNegative);
  return counted.reduce(densities(wanted, maximum(parameters.mean, eps), maximum(parameters.dispersion, eps)));
}

function densities(counts: Float64Array, mean: Tensor, dispersion: Tensor): Tensor {
  const [means, dispersions] = [mean.readSync(), dispersion.readSync()];
  const values = new Float64Array(counts.length);
  const [ofMean, ofDispersion] = [new Float64Array(counts.length), new Float64Array(counts.length)];
  counts.forEach((count, i) => {
    const density = negativeLogDensity(count, means[i]!, dispersions[i]!);
    values[i] = density.value;
    ofMean[i] = density.slopeOfMean;
    ofDispersion[i] = density.slopeOfDispersion;
  });
  return withSlopes(values, [
    { x: mean, slopes: ofMean },
    { x: dispersion, slopes: ofDispersion },
  ]);
}

/**
 * Mean and dispersion of what a model's last layer gives, as DeepAR makes them: the softplus of either number of a pair.
 *
 * @param raw  `[..., 2]`
 */
export function negativeBinomialParameters(raw: Tensor): NegativeBinomialParameters {
  const [mean, dispersion] = splitPairs("negativeBinomialParameters", raw);
  return { mean: softplus(mean), dispersion: softplus(dispersion) };
}

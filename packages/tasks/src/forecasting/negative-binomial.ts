/** The quantiles of the negative binomial distribution by mean and dispersion, as a forecast of counts has them. */
import { negativeLogDensity } from "@cellstate/lstm-core";
import { scalar } from "@cellstate/tensor";

/** Above this mean sums over counts take too long, and the distribution is as smooth as the one that stands for it. */
const LARGEST_SUMMED = 500;

/**
 * The least count up to which each share of the probability lies; of large means that of the gamma distribution with the same mean and variance,
 * by the cube of a normal one (Wilson & Hilferty 1931).
 *
 * @param levels  rising, each in (0, 1), and the points of the standard normal distribution that belong to them
 */
export function negativeBinomialQuantiles(
  mean: number,
  dispersion: number,
  levels: readonly { readonly level: number; readonly normal: number }[],
): number[] {
  if (mean > LARGEST_SUMMED) {
    const ninth = (1 / mean + dispersion) / 9; // a ninth of the variance over the squared mean
    return levels.map(({ normal }) => {
      const root = Math.max(0, 1 - ninth + normal * Math.sqrt(ninth));
      return Math.round(mean * root * root * root);
    });
  }
  const found: number[] = [];
  let sum = 0;
  for (let count = 0; found.length < levels.length; count++) {
    sum += scalar.exp(-negativeLogDensity(count, mean, dispersion).value);
    while (found.length < levels.length && (sum >= levels[found.length]!.level || count > 100 * (mean + 10))) {
      found.push(count);
    }
  }
  return found;
}

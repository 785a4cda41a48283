/** The length penalty of beam search (Wu et al. 2016, arXiv:1609.08144, equation 14). */
import { scalar } from "@cellstate/tensor";

/**
 * `((5 + length) / 6) ^ alpha`, what the log probability of a hypothesis is divided by.
 *
 * @param length  tokens of the hypothesis, the end counted
 * @param alpha   exponent >= 0; 0 leaves scores unscaled
 */
export function lengthPenalty(length: number, alpha: number): number {
  return alpha === 0 ? 1 : scalar.pow((5 + length) / 6, alpha);
}

/** What outputs look like. */

/** How far from 1 probabilities of float32 may add up to. */
const NEAR = 1e-3;

/** Whether numbers may be the probabilities of all classes, or of the second of two. */
export function areProbabilities(values: readonly number[]): boolean {
  const sum = values.reduce((total, value) => total + value, 0);
  const areShares = values.every((value) => value >= 0 && value <= 1);
  return areShares && (values.length === 1 || Math.abs(sum - 1) < NEAR);
}

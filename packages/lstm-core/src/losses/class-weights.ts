/** Class weights that make rare classes count as much as frequent ones. */

/**
 * `examples / (classes * count)` for each class, so that the mean weight of an example is 1; an unseen class gets 0.
 *
 * @param counts  training examples of each class
 */
export function balancedClassWeights(counts: readonly number[]): Float64Array {
  const seen = counts.filter((count) => count > 0).length;
  const examples = counts.reduce((sum, count) => sum + count, 0);
  return Float64Array.from(counts, (count) => (count > 0 ? examples / (seen * count) : 0));
}

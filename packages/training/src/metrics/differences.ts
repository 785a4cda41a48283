/** How far predicted numbers are from the true ones: what all scores of a regression are computed from. */

/**
 * `prediction - target` of each pair, in order.
 *
 * @param metric named in errors
 * @throws {RangeError} if the counts differ or there are none
 */
export function differences(metric: string, targets: ArrayLike<number>, predictions: ArrayLike<number>): number[] {
  if (targets.length === 0 || targets.length !== predictions.length) {
    throw new RangeError(
      `${metric}: expected a prediction for each of at least one target, got ${predictions.length} for ${targets.length}`,
    );
  }
  return Array.from(targets, (target, i) => predictions[i]! - target);
}

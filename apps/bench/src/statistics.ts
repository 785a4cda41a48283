/** Medians, percentiles and slopes of measurements. */

/** The middle of the sorted values, the mean of both where two are in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** The value that a share of all values lies below, `share` in `[0, 1)`; NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
}

/**
 * The exponent `p` of `y = c * x^p`: the slope of a straight line through the logarithms, by least squares.
 *
 * @throws {RangeError} unless there are as many ys as xs, and two different xs
 */
export function logLogSlope(xs: readonly number[], ys: readonly number[]): number {
  if (xs.length !== ys.length || new Set(xs).size < 2) {
    throw new RangeError(`logLogSlope: expected two different xs and a y for each, got ${xs.length} and ${ys.length}`);
  }
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [logXs, logYs] = [xs.map(Math.log), ys.map(Math.log)];
  const [meanX, meanY] = [mean(logXs), mean(logYs)];
  const covariance = mean(logXs.map((x, i) => (x - meanX) * (logYs[i]! - meanY)));
  return covariance / mean(logXs.map((x) => (x - meanX) ** 2));
}

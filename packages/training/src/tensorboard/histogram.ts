/** How the numbers of a tensor are spread. */

/** Buckets of equal width between the smallest and the largest number. */
const BUCKETS = 30;

export interface Histogram {
  readonly min: number;
  readonly max: number;
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  /** The upper end of each bucket, rising; the last one is `max`. */
  readonly limits: readonly number[];
  /** Numbers in each bucket. */
  readonly counts: readonly number[];
}

/** @param values  of which those that are not finite do not count; undefined if none is left */
export function histogramOf(values: Iterable<number>): Histogram | undefined {
  const finite = [...values].filter(Number.isFinite);
  if (finite.length === 0) return undefined;
  let [min, max, sum, sumOfSquares] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (const value of finite) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    sumOfSquares += value * value;
  }
  const total = { min, max, count: finite.length, sum, sumOfSquares };
  if (min === max) return { ...total, limits: [max], counts: [finite.length] };
  const width = (max - min) / BUCKETS;
  const counts = new Array<number>(BUCKETS).fill(0);
  for (const value of finite) counts[Math.min(BUCKETS - 1, Math.floor((value - min) / width))]! += 1;
  const limits = counts.map((_, bucket) => (bucket === BUCKETS - 1 ? max : min + (bucket + 1) * width));
  return { ...total, limits, counts };
}

/** A score of several runs as one: mean, deviation, and where the mean of many such runs lies. */

export interface Summary {
  readonly mean: number;
  /** Of the sample, divided by one less than its size; 0 of a single value. */
  readonly deviation: number;
  /** In 95 of 100 cases the true mean lies between these, if the values are normal and independent. */
  readonly interval: readonly [low: number, high: number];
}

/** Student's t by degrees of freedom from 1: the value that 97.5 % lie below. */
const T_QUANTILES = [
  ...[12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228],
  ...[2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086],
  ...[2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042],
];

/** @param values  at least one */
export function summarize(values: readonly number[]): Summary {
  const count = values.length;
  // From the first value on, so that the mean of equal values is that value.
  const [first] = values as [number];
  const mean = first + values.reduce((sum, value) => sum + (value - first), 0) / count;
  if (count === 1) return { mean, deviation: 0, interval: [mean, mean] };
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  const deviation = Math.sqrt(squares / (count - 1));
  // Beyond the table the last value is a little too large, so the interval never too narrow.
  const quantile = T_QUANTILES[Math.min(count - 1, T_QUANTILES.length) - 1]!;
  const reach = (quantile * deviation) / Math.sqrt(count);
  return { mean, deviation, interval: [mean - reach, mean + reach] };
}

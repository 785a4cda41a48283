/** Forecasts that repeat the past: the floor that a model has to rise above (Hyndman & Athanasopoulos 2021, section 5.2). */

/** Every step to come is the last one. */
export function persistence(past: Float64Array, horizon: number): number[] {
  return new Array<number>(horizon).fill(past.at(-1)!);
}

/** Every step to come is the one a season before; at least one season must be there. */
export function seasonalNaive(past: Float64Array, horizon: number, season: number): number[] {
  return Array.from({ length: horizon }, (_, at) => past[past.length - season + (at % season)]!);
}

/** The line through the first and the last step goes on. */
export function drift(past: Float64Array, horizon: number): number[] {
  const last = past.at(-1)!;
  const slope = past.length < 2 ? 0 : (last - past[0]!) / (past.length - 1);
  return Array.from({ length: horizon }, (_, at) => last + slope * (at + 1));
}

/** Every step to come is the mean of the past. */
export function meanForecast(past: Float64Array, horizon: number): number[] {
  return new Array<number>(horizon).fill(past.reduce((sum, value) => sum + value, 0) / past.length);
}

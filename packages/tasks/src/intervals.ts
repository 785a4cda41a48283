/** Intervals of scores by the percentile bootstrap (Efron & Tibshirani 1993, chapter 13). */
import { Rng } from "@cellstate/tensor";
import type { IntervalOptions, Intervals, Scores } from "./task.ts";

/** Share of the scores below the lower end, and above the upper one. */
const TAIL = 0.025;
/** Milliseconds of work after which the event loop is let in, so that signals arrive. */
const BREATH_MS = 50;

/**
 * Draws as many examples as there are, with replacement and many times, and scores each draw.
 *
 * @param score  of the examples with these numbers
 * @returns for each number that `score` gives, the ends between which 95 % of the draws lie
 */
export async function bootstrapIntervals(
  count: number,
  { resamples, seed = 0 }: IntervalOptions,
  score: (drawn: readonly number[]) => Scores,
): Promise<Intervals> {
  const stream = new Rng(seed).stream("intervals");
  const values = new Map<string, number[]>();
  let worked = performance.now();
  for (let resample = 0; resample < resamples; resample++) {
    const uniform = stream.fork(String(resample)).uniform(count);
    const drawn = Array.from(uniform, (value) => Math.min(count - 1, Math.floor(value * count)));
    for (const [name, value] of Object.entries(score(drawn))) {
      if (typeof value !== "number") continue;
      const list = values.get(name);
      if (list) list.push(value);
      else values.set(name, [value]);
    }
    if (performance.now() - worked > BREATH_MS) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      worked = performance.now();
    }
  }
  return Object.fromEntries([...values].map(([name, list]) => [name, endsOf(list)]));
}

function endsOf(values: number[]): [low: number, high: number] {
  values.sort((a, b) => a - b);
  const outside = Math.floor(TAIL * values.length);
  return [values[outside]!, values[values.length - 1 - outside]!];
}

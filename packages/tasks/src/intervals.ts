/** Intervals of scores, and of differences between scores, by the percentile bootstrap (Efron & Tibshirani 1993, chapter 13). */
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
  options: IntervalOptions,
  score: (drawn: readonly number[]) => Scores,
): Promise<Intervals> {
  const values = await drawScores(count, options, score);
  return Object.fromEntries([...values].map(([name, list]) => [name, endsOf(list)]));
}

/** How far a second list of answers to the same examples is from a first one, in one metric. */
export interface PairedDifference {
  /** Score of the second minus that of the first. */
  readonly difference: number;
  /** The ends between which 95 % of the differences lie where the examples are drawn again. */
  readonly interval: readonly [low: number, high: number];
  /** How often draws differ at least so much by chance alone, two-sided, 0..1. */
  readonly pValue: number;
}

/**
 * The paired bootstrap: both are scored on the same draws of the examples.
 *
 * @param first   scores the first answers to the examples with these numbers
 * @param second  scores the second ones
 * @returns for each number that both give
 * @see Koehn 2004, "Statistical significance tests for machine translation evaluation"; the p-value is that of differences
 *   shifted to a mean of 0 (Efron & Tibshirani 1993, chapter 16), with one added above and below
 */
export async function pairedBootstrap(
  count: number,
  options: IntervalOptions,
  first: (drawn: readonly number[]) => Scores,
  second: (drawn: readonly number[]) => Scores,
): Promise<Readonly<Record<string, PairedDifference>>> {
  const differences = (drawn: readonly number[]) => numbersIn(second(drawn), first(drawn), (a, b) => a - b);
  const all = differences(Array.from({ length: count }, (_, index) => index));
  const drawn = await drawScores(count, options, differences);
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, difference]) => {
      const values = drawn.get(name);
      if (values === undefined) return [];
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const asLarge = values.filter((value) => Math.abs(value - mean) >= Math.abs(difference)).length;
      return [[name, { difference, interval: endsOf(values), pValue: (asLarge + 1) / (values.length + 1) }]];
    }),
  );
}

/** What is made of the numbers that two scorings have both. */
function numbersIn(one: Scores, other: Scores, make: (a: number, b: number) => number): Record<string, number> {
  return Object.fromEntries(
    Object.entries(one).flatMap(([name, value]) => {
      const second = other[name];
      return Number.isFinite(value) && Number.isFinite(second) ? [[name, make(value as number, second as number)]] : [];
    }),
  );
}

/** The scores of each draw, by name. */
async function drawScores(
  count: number,
  { resamples, seed = 0 }: IntervalOptions,
  score: (drawn: readonly number[]) => Scores,
): Promise<Map<string, number[]>> {
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
  return values;
}

function endsOf(given: readonly number[]): [low: number, high: number] {
  const values = given.toSorted((a, b) => a - b);
  const outside = Math.floor(TAIL * values.length);
  return [values[outside]!, values[values.length - 1 - outside]!];
}

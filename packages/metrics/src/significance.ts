/**
 * How sure a score is, and whether two systems differ: resampled segments (Koehn 2004) and shuffled systems (Riezler & Maxwell 2005), with the
 * statistics of sacreBLEU; the random numbers are Cellstate's, so that figures differ in their last digits.
 */
import { type OptionNames, type RandomStream, Rng, requireKnownOptions } from "@cellstate/tensor";
import { sumCounts, type TextMetric } from "./metric.ts";
import { requireCount } from "./options.ts";

/** Counts of all segments of a system, as `countSegments` gives them. */
export type SegmentCounts = readonly (readonly number[])[];

export interface ResamplingOptions {
  /** Resamples or shuffles, an integer >= 1. Default 1,000, of shuffles 10,000. */
  readonly count?: number | undefined;
  /** An integer >= 0. Default 12345. */
  readonly seed?: number | undefined;
}

const optionNames: OptionNames<ResamplingOptions> = { count: true, seed: true };

export const DEFAULT_SEED = 12345;

/** The mean of a score over resamples, and half the width of its 95 % interval. */
export interface ScoreInterval {
  readonly mean: number;
  readonly halfWidth: number;
}

/** How likely a difference as large as that of two systems is by chance. */
export interface PairedTest {
  /** The score of the second less that of the first. */
  readonly difference: number;
  readonly pValue: number;
}

/**
 * The interval of a score from resampled segments.
 *
 * @throws {RangeError} if there is no segment
 * @throws {OptionError} if an option is unknown or outside its range
 */
export function bootstrapInterval(
  metric: TextMetric,
  segments: SegmentCounts,
  options: ResamplingOptions = {},
): ScoreInterval {
  const { count, stream } = settingsOf("bootstrapInterval", options, 1000);
  requireSegments("bootstrapInterval", segments);
  return intervalOf(
    Array.from({ length: count }, (_, sample) => metric.score(sumCounts(segments, drawn(segments, stream, sample)))),
  );
}

/**
 * A test by resampling the segments of both systems alike: how often the difference strays as far from its mean as the real one is from 0.
 *
 * @throws {RangeError} unless both have the same segments, at least one
 * @throws {OptionError} if an option is unknown or outside its range
 */
export function pairedBootstrap(
  metric: TextMetric,
  first: SegmentCounts,
  second: SegmentCounts,
  options: ResamplingOptions = {},
): PairedTest {
  const { count, stream } = settingsOf("pairedBootstrap", options, 1000);
  requireSegments("pairedBootstrap", first, second);
  const differences = Array.from({ length: count }, (_, sample) => {
    const times = drawn(first, stream, sample);
    return Math.abs(metric.score(sumCounts(second, times)) - metric.score(sumCounts(first, times)));
  });
  const mean = meanOf(differences);
  return testOf(
    metric,
    first,
    second,
    differences.map((difference) => difference - mean),
  );
}

/**
 * A test by swapping the systems in half of the segments: how often shuffled systems differ more than the real ones.
 *
 * @throws {RangeError} unless both have the same segments, at least one
 * @throws {OptionError} if an option is unknown or outside its range
 */
export function approximateRandomization(
  metric: TextMetric,
  first: SegmentCounts,
  second: SegmentCounts,
  options: ResamplingOptions = {},
): PairedTest {
  const { count, stream } = settingsOf("approximateRandomization", options, 10_000);
  requireSegments("approximateRandomization", first, second);
  const differences = Array.from({ length: count }, (_, sample) => {
    const kept = first.map((_, segment) => stream.uint32At(segment, sample) >>> 31);
    const swapped = kept.map((own) => 1 - own);
    const [firstKept, secondSwapped] = [sumCounts(first, kept), sumCounts(second, swapped)];
    const [firstSwapped, secondKept] = [sumCounts(first, swapped), sumCounts(second, kept)];
    const together = (a: readonly number[], b: readonly number[]) => metric.score(a.map((sum, at) => sum + b[at]!));
    return Math.abs(together(firstKept, secondSwapped) - together(firstSwapped, secondKept));
  });
  return testOf(metric, first, second, differences);
}

function settingsOf(owner: string, options: ResamplingOptions, defaultCount: number) {
  requireKnownOptions(owner, options, optionNames);
  const { count = defaultCount, seed = DEFAULT_SEED } = options;
  requireCount(owner, "count", count);
  requireCount(owner, "seed", seed, 0);
  return { count, stream: new Rng(seed).stream("resamples") };
}

function requireSegments(owner: string, first: SegmentCounts, second: SegmentCounts = first): void {
  if (first.length === 0) throw new RangeError(`${owner}: expected at least one segment, got none`);
  if (first.length === second.length) return;
  throw new RangeError(
    `${owner}: expected the same segments of both systems, got ${first.length} and ${second.length}`,
  );
}

/** How often each segment is in a resample. */
function drawn(segments: SegmentCounts, stream: RandomStream, sample: number): Int32Array {
  const times = new Int32Array(segments.length);
  for (let draw = 0; draw < segments.length; draw++) {
    times[Math.floor((stream.uint32At(draw, sample) / 2 ** 32) * segments.length)]!++;
  }
  return times;
}

function intervalOf(scores: readonly number[]): ScoreInterval {
  const sorted = Float64Array.from(scores).sort();
  const cut = Math.floor(sorted.length / 40);
  return { mean: meanOf(scores), halfWidth: (sorted.at(-1 - cut)! - sorted[cut]!) / 2 };
}

function testOf(
  metric: TextMetric,
  first: SegmentCounts,
  second: SegmentCounts,
  byChance: readonly number[],
): PairedTest {
  const difference = metric.score(sumCounts(second)) - metric.score(sumCounts(first));
  const larger = byChance.filter((chance) => chance > Math.abs(difference)).length;
  return { difference, pValue: (larger + 1) / (byChance.length + 1) };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

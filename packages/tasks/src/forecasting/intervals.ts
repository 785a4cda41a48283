/**
 * `intervals.json`: by how much intervals are widened or narrowed so that they hold what they promise. Quantiles that were learned from train are
 * too narrow where a model fits train better than what comes after it; dev, on which nothing was fitted, tells by how much (conformalized
 * quantile regression: Romano et al. 2019, arXiv:1905.03222, here with factors of the distance to the median, as intervals differ in size).
 */
import { z } from "zod";
import { encodeJson, readJson } from "../file-contents.ts";
import type { FileContents } from "../task.ts";
import type { IntervalsConfig } from "./config.ts";
import type { Forecast } from "./forecast.ts";
import { type ForecastExample, targetsOf } from "./windows.ts";

const INTERVALS_FILE = "intervals.json";
const FORMAT_VERSION = 1;

/** `[levels][targets, or targets * horizon]`: what the distance of a quantile to the median is multiplied by, at all steps or at each. */
export type IntervalFactors = readonly (readonly number[])[];

/** Fewer dev targets than this say nothing of a tenth of them. */
const FEWEST_TARGETS = 20;
/** With `steps`, each step has its own factor where so many dev windows tell it. */
const FEWEST_WINDOWS = 100;
/** What a quantile may be multiplied by at most: a quantile that lies at the median is no measure of anything. */
const LARGEST_FACTOR = 20;

/** What a forecaster has learned of its intervals; it changes once, when training has ended. */
export class IntervalCalibration {
  readonly #levels: readonly number[];
  readonly #kind: IntervalsConfig["calibration"];
  #factors: IntervalFactors | undefined;

  constructor(levels: readonly number[], kind: IntervalsConfig["calibration"], factors?: IntervalFactors) {
    this.#levels = levels;
    this.#kind = kind;
    this.#factors = factors;
  }

  /** Undefined where intervals are as they were learned. */
  get factors(): IntervalFactors | undefined {
    return this.#factors;
  }

  /** The quantiles, `[levels][steps]`, at their distances times the factors; rising, as inner ones may be widened more than outer ones. */
  apply(quantiles: readonly (readonly number[])[]): readonly (readonly number[])[] {
    const factors = this.#factors;
    if (factors === undefined) return quantiles;
    const middle = quantiles[this.#levels.indexOf(0.5)]!;
    const moved = middle.map((center, at) =>
      factors
        .map((own, level) => center + factorAt(own, at, middle.length) * (quantiles[level]![at]! - center))
        .sort((a, b) => a - b),
    );
    return factors.map((_, level) => moved.map((step) => step[level]!));
  }

  /**
   * Learns the factors from forecasts of dev; those of before, if there are any, remain in them. Where dev has too few targets nothing is learned.
   *
   * @param forecasts  of the examples, as the model makes them by now
   */
  learn(forecasts: readonly Forecast[], examples: readonly ForecastExample[]): void {
    if (this.#kind === "none" || this.#levels.length < 2) return;
    const learned = learnFactors(forecasts, examples, this.#levels, this.#kind);
    if (learned === undefined) return;
    const before = this.#factors;
    this.#factors = learned.map((own, level) =>
      own.map((factor, at) => factor * (before === undefined ? 1 : factorAt(before[level]!, at, own.length))),
    );
  }
}

/** The factor of one of so many steps. */
function factorAt(factors: readonly number[], at: number, steps: number): number {
  return factors[Math.floor((at * factors.length) / steps)]!;
}

/** Undefined where dev has too few targets. */
function learnFactors(
  forecasts: readonly Forecast[],
  examples: readonly ForecastExample[],
  levels: readonly number[],
  kind: "shared" | "steps",
): IntervalFactors | undefined {
  const steps = forecasts[0]?.values.length ?? 0;
  const groups = kind === "steps" && examples.length >= FEWEST_WINDOWS ? steps : (examples[0]?.targets.length ?? 1);
  const partners = levels.map((level) => levels.findIndex((other) => Math.abs(level + other - 1) < 1e-9));
  const ratios = levels.map(() => Array.from({ length: groups }, (): number[] => []));
  for (const [index, { quantiles }] of forecasts.entries()) {
    const { targets: facts } = examples[index]!;
    const targets = targetsOf(examples[index]!, steps / facts.length);
    for (let at = 0; at < steps; at++) {
      if (Number.isNaN(targets[at])) continue;
      const ratio = ratioTo(
        targets[at]!,
        quantiles!.map((values) => values[at]!),
        levels,
      );
      for (const [level, partner] of partners.entries()) {
        const needed = partner === -1 ? ratio(level) : Math.max(ratio(level), ratio(partner));
        ratios[level]![Math.floor((at * groups) / steps)]!.push(needed);
      }
    }
  }
  if (ratios[0]!.some((own) => own.length < FEWEST_TARGETS)) return undefined;
  return ratios.map((byGroup, level) =>
    byGroup.map((own) => (levels[level] === 0.5 ? 1 : factorOf(own, shareWithin(levels[level]!, partners[level]!)))),
  );
}

/** The share of the targets that lie within the interval of a quantile and its partner, or on the inner side of one that has none. */
function shareWithin(level: number, partner: number): number {
  const outside = Math.min(level, 1 - level);
  return 1 - (partner === -1 ? 1 : 2) * outside;
}

/** How far a target lies from the median in the direction of a quantile, in distances of that quantile; negative on the other side. */
function ratioTo(target: number, quantiles: readonly number[], levels: readonly number[]): (level: number) => number {
  const middle = quantiles[levels.indexOf(0.5)]!;
  return (level) => {
    const side = levels[level]! < 0.5 ? -1 : 1;
    const error = side * (target - middle);
    const distance = side * (quantiles[level]! - middle);
    if (distance > 0) return error / distance;
    return error > 0 ? Number.POSITIVE_INFINITY : 0;
  };
}

/** The least factor with which a share of the ratios lies within, by the rank that Romano et al. take for a finite sample. */
function factorOf(ratios: number[], share: number): number {
  const sorted = Float64Array.from(ratios).sort();
  const rank = Math.min(sorted.length, Math.ceil((sorted.length + 1) * share));
  return Math.min(LARGEST_FACTOR, Math.max(0, sorted[rank - 1]!));
}

/** The files of a saved model that hold what was learned; none where nothing was. */
export function formatIntervals({ factors }: IntervalCalibration): FileContents {
  if (factors === undefined) return new Map();
  return new Map([[INTERVALS_FILE, encodeJson({ formatVersion: FORMAT_VERSION, factors })]]);
}

export interface SavedIntervals {
  readonly levels: readonly number[];
  readonly targets: number;
  readonly horizon: number;
}

/** Undefined where a model has no such file. @throws {ModelFilesError} if it is malformed, newer, or of other quantiles than the config's */
export function readIntervals(
  files: FileContents,
  { levels, targets, horizon }: SavedIntervals,
): IntervalFactors | undefined {
  if (!files.has(INTERVALS_FILE)) return undefined;
  const own = z
    .array(z.number().min(0))
    .refine(
      ({ length }) => length === targets || length === targets * horizon,
      "expected a factor for each target, or for each of their steps",
    );
  const schema = z.object({ factors: z.array(own).length(levels.length) });
  return readJson(files, INTERVALS_FILE, schema, FORMAT_VERSION).factors;
}

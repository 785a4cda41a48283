/** `series.json`: what a forecaster learns from the train split before it trains. */
import { DataConfigError, type Records } from "@cellstate/data";
import { z } from "zod";
import { encodeJson, readJson } from "../file-contents.ts";
import type { FileContents } from "../task.ts";
import type { SeriesConfig } from "./config.ts";
import { type Frame, frameOf } from "./frame.ts";
import { type ForecastFields, numberRoles, readRows, targetRoles } from "./rows.ts";
import { fitScale, type Scale, scaleSchema } from "./scale.ts";
import { type Clock, commonestStep, namedStep, type Step } from "./times.ts";

export const SERIES_FILE = "series.json";
const FORMAT_VERSION = 1;

/** What is known of a target of one series, or of all together. */
export interface TargetFacts {
  readonly scale: Scale;
  /** Mean absolute error of the seasonal naive forecast within train, what MASE divides by; 0 if it made none. */
  readonly naiveError: number;
}

/** What is known of a series: its target, and further ones that are forecast together with it. */
interface SeriesFacts extends TargetFacts {
  readonly further?: readonly TargetFacts[] | undefined;
}

export interface FittedSeries {
  readonly clock: Clock;
  readonly step: Step;
  /** By name of the series. */
  readonly series: Readonly<Record<string, SeriesFacts>>;
  /** For series that train lacks. */
  readonly others: SeriesFacts;
  /** Of covariates, then of what is known ahead. */
  readonly inputs: readonly Scale[];
  /** The names of each category column, sorted by code units. */
  readonly categories: readonly (readonly string[])[];
}

const targetSchema = z.object({ scale: scaleSchema, naiveError: z.number().min(0) });
const factsSchema = targetSchema.extend({ further: z.array(targetSchema).optional() });
const fittedSchema: z.ZodType<FittedSeries> = z.object({
  clock: z.enum(["date", "number"]),
  step: z.object({ unit: z.enum(["time", "month", "row"]), size: z.number().positive() }),
  series: z.record(z.string(), factsSchema),
  others: factsSchema,
  inputs: z.array(scaleSchema),
  categories: z.array(z.array(z.string())),
});

/**
 * Learns step, scales and names of the train split.
 *
 * @throws {DataFileError} naming file and line of a row that cannot be used
 * @throws {DataConfigError} if train has no target, or a column that the config names is empty
 */
export async function fitSeries(train: Records<ForecastFields>, config: SeriesConfig): Promise<FittedSeries> {
  const { bySeries, clock } = await readRows(train, config);
  const times = [...bySeries.values()].map((rows) => rows.map(({ time }) => time));
  const common = commonestStep(times, clock);
  const step =
    config.frequency === "rows"
      ? { unit: "row" as const, size: stepSize(common) }
      : (namedStep(config.frequency) ?? common);
  const frames = [...bySeries].map(([name, rows]) => frameOf(name, rows, step));
  requireNumbers(frames, config);
  const numbersOf = (column: number) => valuesOf(frames, column);
  const { kind, by } = config.scaling;
  const targets = targetRoles(config);
  const wholes = targets.map((_, column) => fitScale(numbersOf(column), kind));
  const factsOf = (frame: Frame): TargetFacts[] =>
    wholes.map((whole, column) => ({
      scale: by === "all" ? whole : fitScale(frame.columns[column]!, kind),
      naiveError: naiveError(frame.columns[column]!, config.season),
    }));
  const series = frames.map((frame) => [frame.series, factsOf(frame)] as const);
  const others = wholes.map((scale, column) => {
    const errors = series.map(([, facts]) => facts[column]!.naiveError);
    return { scale, naiveError: errors.reduce((sum, error) => sum + error, 0) / errors.length };
  });
  const inputs = [...config.covariates, ...config.knownAhead];
  return {
    clock,
    step,
    series: Object.fromEntries(series.map(([name, facts]) => [name, joinFacts(facts)])),
    others: joinFacts(others),
    inputs: inputs.map((_, index) => fitScale(numbersOf(targets.length + index), kind)),
    categories: config.categories.map((_, index) => namesOf(frames, index)),
  };
}

function joinFacts([first, ...further]: readonly TargetFacts[]): SeriesFacts {
  return { ...first!, ...(further.length > 0 && { further }) };
}

/** A length of time for steps that have none of their own: months count as thirty days. */
function stepSize({ unit, size }: Step): number {
  return unit === "month" ? size * 30 * 86_400_000 : size;
}

function* valuesOf(frames: readonly Frame[], column: number): Generator<number> {
  for (const { columns } of frames) yield* columns[column]!;
}

function requireNumbers(frames: readonly Frame[], config: SeriesConfig): void {
  for (const [column, name] of numberRoles(config).entries()) {
    if (frames.some(({ columns }) => columns[column]!.some((value) => !Number.isNaN(value)))) continue;
    throw new DataConfigError(
      `data.columns.${name}`,
      `train has no number for ${name}; name its column, such as columns: { ${name}: sales }`,
    );
  }
}

function namesOf(frames: readonly Frame[], index: number): string[] {
  return [...new Set(frames.flatMap(({ categories }) => categories[index] ?? []))].sort();
}

/** Mean absolute difference to the number a season before (Hyndman & Koehler 2006). */
function naiveError(target: Float64Array, season: number): number {
  let sum = 0;
  let count = 0;
  for (let at = season; at < target.length; at++) {
    const error = Math.abs(target[at]! - target[at - season]!);
    if (Number.isNaN(error)) continue;
    sum += error;
    count += 1;
  }
  return count === 0 ? 0 : sum / count;
}

/** What is known of each target of a series. */
export function factsOf({ series, others }: FittedSeries, name: string): readonly TargetFacts[] {
  const { further = [], ...first } = Object.hasOwn(series, name) ? series[name]! : others;
  return [first, ...further];
}

export function formatFitted(fitted: FittedSeries): Uint8Array {
  return encodeJson({ formatVersion: FORMAT_VERSION, ...fitted });
}

/** @throws {ModelFilesError} if the file is missing, malformed, newer than this code, or of other columns than the config's */
export function readFitted(files: FileContents, config: SeriesConfig): FittedSeries {
  const { targets, covariates, knownAhead, categories } = config;
  const fits = fittedSchema.refine(
    ({ inputs, categories: names, series, others }) =>
      inputs.length === covariates.length + knownAhead.length &&
      names.length === categories.length &&
      [...Object.values(series), others].every(({ further = [] }) => further.length === targets.length),
    "expected a scale for each target and covariate and names for each category of the config",
  );
  return readJson(files, SERIES_FILE, fits, FORMAT_VERSION);
}

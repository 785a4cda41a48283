/** A line of `predictions/<split>.jsonl` of a forecaster, there and back. */
import { z } from "zod";
import type { PredictionLine } from "../task.ts";
import type { ForecastLoss } from "./config.ts";
import { type FittedSeries, factsOf } from "./fitted.ts";
import { type Forecast, levelsOf } from "./forecast.ts";
import { ONLY_SERIES } from "./rows.ts";
import { formatTime, parseTime } from "./times.ts";
import { type ForecastExample, targetsOf } from "./windows.ts";

/** Numbers of the only target, or of each by its name. */
const byTarget = <Value extends z.ZodType>(value: Value) =>
  z.union([z.array(value), z.record(z.string(), z.array(value))]);
const numbers = byTarget(z.number());
const lineSchema = z.object({
  index: z.int().min(0),
  series: z.string().optional(),
  times: z.array(z.string()).min(1),
  target: byTarget(z.number().nullable()).optional(),
  prediction: numbers,
  quantiles: z.record(z.string(), numbers).optional(),
  mean: numbers.optional(),
  dispersion: numbers.optional(),
});

export function forecastLine(
  { values, quantiles, counts }: Forecast,
  example: ForecastExample,
  { loss, fitted, names }: LineContext,
): PredictionLine {
  const horizon = values.length / names.length;
  const targets = [...targetsOf(example, horizon)];
  const { index, series, times } = example;
  return {
    index,
    ...(series !== ONLY_SERIES && { series }),
    origin: formatTime(times[times.length - horizon - 1]!, fitted),
    times: [...times.subarray(times.length - horizon)].map((time) => formatTime(time, fitted)),
    ...(targets.some((target) => !Number.isNaN(target)) && {
      target: named(
        targets.map((target) => (Number.isNaN(target) ? null : target)),
        names,
      ),
    }),
    prediction: named(values, names),
    ...(quantiles && {
      quantiles: Object.fromEntries(
        levelsOf(loss).map((level, index) => [String(level), named(quantiles[index]!, names)]),
      ),
    }),
    ...(counts && { mean: named(counts.means, names), dispersion: named(counts.dispersions, names) }),
  };
}

export interface LineContext {
  readonly loss: ForecastLoss;
  readonly fitted: FittedSeries;
  /** Roles of the targets. */
  readonly names: readonly string[];
}

/** Numbers of one target as they are; of several, those of each by its name. */
function named<Value>(
  values: readonly Value[],
  names: readonly string[],
): readonly Value[] | Record<string, readonly Value[]> {
  if (names.length === 1) return values;
  const horizon = values.length / names.length;
  return Object.fromEntries(names.map((name, at) => [name, values.slice(at * horizon, (at + 1) * horizon)]));
}

/** The reverse of {@link named}. */
function flat<Value>(
  values: readonly Value[] | Readonly<Record<string, readonly Value[]>>,
  names: readonly string[],
): readonly Value[] {
  if (Array.isArray(values)) return values;
  return names.flatMap((name) => (values as Readonly<Record<string, readonly Value[]>>)[name] ?? []);
}

/** @throws {RangeError} if it is no line of this task */
export function readForecastLine(
  line: PredictionLine,
  { loss, fitted, names }: LineContext,
): { readonly prediction: Forecast; readonly example: ForecastExample } {
  const parsed = lineSchema.safeParse(line);
  if (!parsed.success) throw new RangeError("predictions: expected a line of a forecast, with times and prediction");
  const { index, series = ONLY_SERIES, times, target = [], prediction, quantiles, mean, dispersion } = parsed.data;
  const values = flat(prediction, names);
  const known = flat<number | null>(target, names);
  const columns = names.map((_, name) =>
    Float64Array.from(times, (_time, at) => known[name * times.length + at] ?? Number.NaN),
  );
  return {
    prediction: {
      values,
      quantiles: quantiles && levelsOf(loss).map((level) => flat(quantiles[String(level)] ?? prediction, names)),
      ...(mean && dispersion && { counts: { means: flat(mean, names), dispersions: flat(dispersion, names) } }),
    },
    example: {
      index,
      series,
      times: Float64Array.from(times, timeOf),
      columns,
      categories: [],
      targets: factsOf(fitted, series),
    },
  };
}

function timeOf(text: string): number {
  const parsed = parseTime(text);
  if (typeof parsed === "string") throw new RangeError(`predictions: ${parsed}`);
  return parsed.value;
}

/** A forecast as a table: a row for each step, with the columns of each target where there are several. */
export function forecastRows(line: PredictionLine): Readonly<Record<string, string | number>>[] {
  const { series, times, prediction, quantiles = {} } = lineSchema.parse(line);
  const numbersAt = (at: number): Record<string, number> => {
    if (Array.isArray(prediction)) {
      const levels = Object.entries(quantiles).map(([level, values]) => [`q${level}`, (values as number[])[at]!]);
      return { forecast: prediction[at]!, ...Object.fromEntries(levels) };
    }
    const all = Object.keys(prediction).flatMap((name) => [
      [name, prediction[name]![at]!],
      ...Object.entries(quantiles).map(([level, values]) => [
        `${name} q${level}`,
        (values as Record<string, number[]>)[name]![at]!,
      ]),
    ]);
    return Object.fromEntries(all);
  };
  return times.map((time, at) => ({ ...(series !== undefined && { series }), time, ...numbersAt(at) }));
}

/** The first step of a forecast beside what came, for each target; none of a forecast of points, which has no interval. */
export function surpriseRows(line: PredictionLine): Readonly<Record<string, string | number>>[] {
  const { series, times, target = [], prediction, quantiles } = lineSchema.parse(line);
  const of = <Value>(
    numbers: readonly Value[] | Readonly<Record<string, readonly Value[]>>,
    name: string | undefined,
  ) =>
    name === undefined
      ? (numbers as readonly Value[])[0]
      : (numbers as Readonly<Record<string, readonly Value[]>>)[name]?.[0];
  if (quantiles === undefined) return [];
  const levels = Object.keys(quantiles).sort((a, b) => Number(a) - Number(b));
  const [lowest, highest] = [quantiles[levels[0]!]!, quantiles[levels.at(-1)!]!];
  const names = Array.isArray(prediction) ? [undefined] : Object.keys(prediction);
  return names.flatMap((name) => {
    const truth = of<number | null>(target, name) ?? null;
    if (truth === null) return [];
    const [forecast, low, high] = [of(prediction, name)!, of(lowest, name)!, of(highest, name)!];
    const half = truth < forecast ? forecast - low : high - forecast;
    const distance = Math.abs(truth - forecast);
    return {
      ...(series !== undefined && { series }),
      time: times[0]!,
      ...(name !== undefined && { target: name }),
      value: truth,
      forecast,
      low,
      high,
      score: half > 0 ? distance / half : distance > 0 ? Number.MAX_VALUE : 0,
    };
  });
}

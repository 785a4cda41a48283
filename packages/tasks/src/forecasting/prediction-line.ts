/** A line of `predictions/<split>.jsonl` of a forecaster, there and back. */
import { z } from "zod";
import type { PredictionLine } from "../task.ts";
import type { ForecastLoss } from "./config.ts";
import { type FittedSeries, factsOf } from "./fitted.ts";
import { type Forecast, levelsOf } from "./forecast.ts";
import { ONLY_SERIES } from "./rows.ts";
import { formatTime, parseTime } from "./times.ts";
import { type ForecastExample, targetsOf } from "./windows.ts";

const numbers = z.array(z.number());
const lineSchema = z.object({
  index: z.int().min(0),
  series: z.string().optional(),
  times: z.array(z.string()).min(1),
  target: z.array(z.number().nullable()).optional(),
  prediction: numbers,
  quantiles: z.record(z.string(), numbers).optional(),
});

export function forecastLine(
  { values, quantiles }: Forecast,
  example: ForecastExample,
  { loss, fitted }: LineContext,
): PredictionLine {
  const horizon = values.length;
  const targets = [...targetsOf(example, horizon)];
  const { index, series, times } = example;
  return {
    index,
    ...(series !== ONLY_SERIES && { series }),
    origin: formatTime(times[times.length - horizon - 1]!, fitted),
    times: [...times.subarray(times.length - horizon)].map((time) => formatTime(time, fitted)),
    ...(targets.some((target) => !Number.isNaN(target)) && {
      target: targets.map((target) => (Number.isNaN(target) ? null : target)),
    }),
    prediction: values,
    ...(quantiles && {
      quantiles: Object.fromEntries(levelsOf(loss).map((level, index) => [String(level), quantiles[index]!])),
    }),
  };
}

export interface LineContext {
  readonly loss: ForecastLoss;
  readonly fitted: FittedSeries;
}

/** @throws {RangeError} if it is no line of this task */
export function readForecastLine(
  line: PredictionLine,
  { loss, fitted }: LineContext,
): { readonly prediction: Forecast; readonly example: ForecastExample } {
  const parsed = lineSchema.safeParse(line);
  if (!parsed.success) throw new RangeError("predictions: expected a line of a forecast, with times and prediction");
  const { index, series = ONLY_SERIES, times, target = [], prediction, quantiles } = parsed.data;
  const targets = Float64Array.from(prediction, (_, at) => target[at] ?? Number.NaN);
  return {
    prediction: {
      values: prediction,
      quantiles: quantiles && levelsOf(loss).map((level) => quantiles[String(level)] ?? prediction),
    },
    example: {
      index,
      series,
      times: Float64Array.from(times, timeOf),
      columns: [targets],
      categories: [],
      ...factsOf(fitted, series),
    },
  };
}

function timeOf(text: string): number {
  const parsed = parseTime(text);
  if (typeof parsed === "string") throw new RangeError(`predictions: ${parsed}`);
  return parsed.value;
}

/** A forecast as a table: a row for each step. */
export function forecastRows(line: PredictionLine): Readonly<Record<string, string | number>>[] {
  const { series, times, prediction, quantiles = {} } = lineSchema.parse(line);
  return times.map((time, at) => ({
    ...(series !== undefined && { series }),
    time,
    forecast: prediction[at]!,
    ...Object.fromEntries(Object.entries(quantiles).map(([level, values]) => [`q${level}`, values[at]!])),
  }));
}

/** The trivial forecasters that scores stand beside: they know the past of the target and nothing else. */
import { z } from "zod";
import type { SeriesConfig } from "../config.ts";
import type { Forecast } from "../forecast.ts";
import { scaled, unscaled } from "../scale.ts";
import { contextOf, type ForecastExample, targetsOf } from "../windows.ts";
import { fitSmoothing, type SmoothedWindow, type SmoothingFactors, smooth } from "./exponential-smoothing.ts";
import { drift, meanForecast, persistence, seasonalNaive } from "./naive.ts";
import { fitLinear, type LinearWeights, linearForecast } from "./nlinear.ts";

/** What they learn of train. */
export interface LearnedBaselines {
  readonly smoothing: SmoothingFactors;
  /** Null where train has too few windows without gaps. */
  readonly linear: LinearWeights | null;
}

/** Windows of train that smoothing, and NLinear, are fitted to: evenly taken where there are more. */
const SMOOTHED = 64;
const REGRESSED = 3000;

export function learnedSchema({ context, horizon }: SeriesConfig): z.ZodType<LearnedBaselines> {
  const factor = z.number().min(0).max(1);
  return z.object({
    smoothing: z.object({ level: factor, trend: factor, season: factor.nullable() }),
    linear: z
      .array(z.array(z.number()).length(context + 1))
      .length(horizon)
      .nullable(),
  });
}

export async function learnBaselines(
  train: Iterable<ForecastExample> | AsyncIterable<ForecastExample>,
  config: SeriesConfig,
): Promise<LearnedBaselines> {
  const examples: ForecastExample[] = [];
  for await (const example of train) examples.push(example);
  const windows = (count: number) => evenly(examples, count).map((example) => scaledWindow(example, config));
  return {
    smoothing: fitSmoothing(windows(SMOOTHED), config.season),
    linear: fitLinear(windows(REGRESSED)) ?? null,
  };
}

function evenly<Item>(items: readonly Item[], count: number): Item[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, index) => items[Math.floor((index * items.length) / count)]!);
}

function scaledWindow(example: ForecastExample, { context, horizon, missing }: SeriesConfig): SmoothedWindow {
  const { columns, scale } = example;
  return {
    past: contextOf(columns[0]!, context, missing).values.map((value) => scaled(scale, value)),
    targets: targetsOf(example, horizon).map((value) => scaled(scale, value)),
  };
}

/** By name: each forecasts a window. */
export function baselineModels(
  { smoothing, linear }: LearnedBaselines,
  config: SeriesConfig,
): Readonly<Record<string, (example: ForecastExample) => Forecast>> {
  const { context, horizon, season, missing } = config;
  const ofPast = (forecast: (past: Float64Array) => readonly number[]) => (example: ForecastExample) => ({
    values: forecast(contextOf(example.columns[0]!, context, missing).values),
    quantiles: undefined,
  });
  const ofScaled = (forecast: (past: Float64Array) => readonly number[]) => (example: ForecastExample) => ({
    values: forecast(scaledWindow(example, config).past).map((value) => unscaled(example.scale, value)),
    quantiles: undefined,
  });
  return {
    persistence: ofPast((past) => persistence(past, horizon)),
    ...(season > 1 && season <= context && { seasonalNaive: ofPast((past) => seasonalNaive(past, horizon, season)) }),
    drift: ofPast((past) => drift(past, horizon)),
    mean: ofPast((past) => meanForecast(past, horizon)),
    exponentialSmoothing: ofScaled((past) => smooth(past, horizon, { season, factors: smoothing })),
    ...(linear !== null && { nlinear: ofScaled((past) => linearForecast(past, linear)) }),
  };
}

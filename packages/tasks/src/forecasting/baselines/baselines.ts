/** The trivial forecasters that scores stand beside: they know the past of the target and nothing else. */
import { z } from "zod";
import type { SeriesConfig } from "../config.ts";
import type { Forecast } from "../forecast.ts";
import { scaled, unscaled } from "../scale.ts";
import { contextOf, type ForecastExample } from "../windows.ts";
import { fitSmoothing, type SmoothedWindow, type SmoothingFactors, smooth } from "./exponential-smoothing.ts";
import { drift, meanForecast, persistence, seasonalNaive } from "./naive.ts";
import { fitLinear, type LinearWeights, linearForecast } from "./nlinear.ts";

/** What they learn of a target in train. */
interface LearnedTarget {
  readonly smoothing: SmoothingFactors;
  /** Null where train has too few windows without gaps. */
  readonly linear: LinearWeights | null;
}

/** What they learn of train: of the target, and of each further one that is forecast together with it. */
export interface LearnedBaselines extends LearnedTarget {
  readonly further?: readonly LearnedTarget[] | undefined;
}

/** Windows of train that smoothing, and NLinear, are fitted to: evenly taken where there are more. */
const SMOOTHED = 64;
const REGRESSED = 3000;

export function learnedSchema({ context, horizon, targets }: SeriesConfig): z.ZodType<LearnedBaselines> {
  const factor = z.number().min(0).max(1);
  const learned = z.object({
    smoothing: z.object({ level: factor, trend: factor, season: factor.nullable() }),
    linear: z
      .array(z.array(z.number()).length(context + 1))
      .length(horizon)
      .nullable(),
  });
  return learned
    .extend({ further: z.array(learned).optional() })
    .refine(({ further = [] }) => further.length === targets.length, "expected one for each target of the config");
}

export async function learnBaselines(
  train: Iterable<ForecastExample> | AsyncIterable<ForecastExample>,
  config: SeriesConfig,
): Promise<LearnedBaselines> {
  const examples: ForecastExample[] = [];
  for await (const example of train) examples.push(example);
  const learn = (target: number): LearnedTarget => {
    const windows = (count: number) => evenly(examples, count).map((example) => scaledWindow(example, target, config));
    return {
      smoothing: fitSmoothing(windows(SMOOTHED), config.season),
      linear: fitLinear(windows(REGRESSED)) ?? null,
    };
  };
  const further = config.targets.map((_, index) => learn(index + 1));
  return { ...learn(0), ...(further.length > 0 && { further }) };
}

function evenly<Item>(items: readonly Item[], count: number): Item[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, index) => items[Math.floor((index * items.length) / count)]!);
}

function scaledWindow(
  { columns, targets }: ForecastExample,
  target: number,
  { context, horizon, missing }: SeriesConfig,
): SmoothedWindow {
  const { scale } = targets[target]!;
  const column = columns[target]!;
  return {
    past: contextOf(column, context, missing).values.map((value) => (Number.isNaN(value) ? 0 : scaled(scale, value))),
    targets: column.subarray(column.length - horizon).map((value) => scaled(scale, value)),
  };
}

/** By name: each forecasts a window, column by column. */
export function baselineModels(
  { further = [], ...first }: LearnedBaselines,
  config: SeriesConfig,
): Readonly<Record<string, (example: ForecastExample) => Forecast>> {
  const { context, horizon, season, missing } = config;
  const learned = [first, ...further];
  const ofPast = (forecast: (past: Float64Array) => readonly number[]) => (example: ForecastExample) => ({
    values: learned.flatMap((_, target) => {
      // A further target may have no number at all in a window.
      const { center } = example.targets[target]!.scale;
      const { values } = contextOf(example.columns[target]!, context, missing);
      return forecast(values.map((value) => (Number.isNaN(value) ? center : value)));
    }),
    quantiles: undefined,
  });
  const ofScaled =
    (forecast: (past: Float64Array, own: LearnedTarget) => readonly number[]) => (example: ForecastExample) => ({
      values: learned.flatMap((own, target) => {
        const { scale } = example.targets[target]!;
        return forecast(scaledWindow(example, target, config).past, own).map((value) => unscaled(scale, value));
      }),
      quantiles: undefined,
    });
  return {
    persistence: ofPast((past) => persistence(past, horizon)),
    ...(season > 1 && season <= context && { seasonalNaive: ofPast((past) => seasonalNaive(past, horizon, season)) }),
    drift: ofPast((past) => drift(past, horizon)),
    mean: ofPast((past) => meanForecast(past, horizon)),
    exponentialSmoothing: ofScaled((past, { smoothing }) => smooth(past, horizon, { season, factors: smoothing })),
    ...(learned.every(({ linear }) => linear !== null) && {
      nlinear: ofScaled((past, { linear }) => linearForecast(past, linear!)),
    }),
  };
}

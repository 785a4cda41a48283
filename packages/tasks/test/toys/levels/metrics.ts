/** The scores of forecasts. */
import type { Scores } from "@cellstate/tasks";
import { defineMetric, regressionMetrics } from "@cellstate/training";
import type { SeriesExample } from "./data.ts";
import { type Scaler, scale } from "./scaler.ts";

/** All numbers to come of one example, `[horizon]`, in the unit of the data. */
export type Forecast = readonly number[];

/** The loss of training; 1 is what always forecasting the mean of train would give on train. */
export const scaledSquaredError = defineMetric(
  {
    name: "scaledSquaredError",
    direction: "min",
    unit: "number",
    description: "mean squared error of the numbers as they are scaled for the model",
  },
  (targets: readonly number[], predictions: readonly number[], scaler: Scaler) => {
    const squares = targets.map((target, i) => (scale(scaler, predictions[i]!) - scale(scaler, target)) ** 2);
    return squares.reduce((sum, square) => sum + square, 0) / squares.length;
  },
);

/** What forecasts are scored by. */
export const forecastMetrics = [scaledSquaredError.info, ...regressionMetrics.map(({ info }) => info)];

/** @throws {RangeError} unless every example has its next numbers, and there is at least one */
export function scoreForecasts(
  forecasts: readonly Forecast[],
  examples: readonly SeriesExample[],
  scaler: Scaler,
): Scores {
  const targets = examples.flatMap(targetsOf);
  const predictions = forecasts.flat();
  return {
    [scaledSquaredError.info.name]: scaledSquaredError(targets, predictions, scaler),
    ...Object.fromEntries(regressionMetrics.map((metric) => [metric.info.name, metric(targets, predictions)])),
  };
}

/** The next numbers of an example that must have them. @throws {RangeError} otherwise */
export function targetsOf({ index, next }: SeriesExample): readonly number[] {
  if (next === undefined) throw new RangeError(`metrics: expected examples with next, example ${index} has none`);
  return next;
}

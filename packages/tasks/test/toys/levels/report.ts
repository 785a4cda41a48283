/** What a report shows of forecasts: the true numbers beside them, and how errors grow with the distance. */
import type { CurvesSection, ReportSection, TableSection } from "@cellstate/tasks";
import { meanAbsoluteError, rootMeanSquaredError } from "@cellstate/training";
import type { SeriesExample } from "./data.ts";
import { type Forecast, targetsOf } from "./metrics.ts";

/** Rows whose forecasts are drawn. */
const SHOWN = 50;

export function reportForecasts(
  forecasts: readonly Forecast[],
  examples: readonly SeriesExample[],
  split: string,
): ReportSection[] {
  const targets = examples.map(targetsOf);
  return [forecastCurves(forecasts, targets, split), errorsByDistance(forecasts, targets, split)];
}

function forecastCurves(forecasts: readonly Forecast[], targets: readonly Forecast[], split: string): CurvesSection {
  const points = (rows: readonly Forecast[]) =>
    rows
      .slice(0, SHOWN)
      .flat()
      .map((y, x) => ({ x, y }));
  return {
    kind: "curves",
    title: `Forecasts of ${split}`,
    note: `The first ${Math.min(SHOWN, targets.length)} rows, one after another.`,
    xLabel: "step",
    series: [
      { name: "true", points: points(targets) },
      { name: "predicted", points: points(forecasts) },
    ],
  };
}

function errorsByDistance(forecasts: readonly Forecast[], targets: readonly Forecast[], split: string): TableSection {
  const horizon = forecasts[0]?.length ?? 0;
  return {
    kind: "table",
    title: `Errors by steps ahead on ${split}`,
    columns: [
      { title: "steps ahead", isNumber: true },
      { title: "mean absolute error", isNumber: true },
      { title: "root mean squared error", isNumber: true },
    ],
    rows: Array.from({ length: horizon }, (_, step) => {
      const at = (rows: readonly Forecast[]) => rows.map((row) => row[step]!);
      const errors = [meanAbsoluteError, rootMeanSquaredError].map((metric) => metric(at(targets), at(forecasts)));
      return [step + 1, ...errors.map((error) => error.toFixed(3))];
    }),
  };
}

/** What forecasts are scored by. */
import type { MetricInfo } from "@cellstate/training";

/** In the order of reports; `metrics.ts` computes them. */
export const FORECAST_METRICS: readonly MetricInfo[] = [
  { name: "loss", direction: "min", unit: "number" },
  { name: "scaledSquaredError", direction: "min", unit: "number" },
  { name: "scaledAbsoluteError", direction: "min", unit: "number" },
  { name: "meanAbsoluteError", direction: "min", unit: "target" },
  { name: "rootMeanSquaredError", direction: "min", unit: "target" },
  { name: "mase", direction: "min", unit: "number" },
  { name: "smape", direction: "min", unit: "number" },
  { name: "mape", direction: "min", unit: "number" },
  { name: "wape", direction: "min", unit: "number" },
  { name: "quantileLoss", direction: "min", unit: "target" },
  { name: "coverage", direction: "max", unit: "fraction" },
];

/** Forecasting: the numbers that follow a series. */
import { defineTask } from "../define-task.ts";
import type { TaskCard } from "../task.ts";
import type { PlanParts } from "../task-parts.ts";
import type { ForecastBatch } from "./batch.ts";
import { FORECASTING, type ForecastingConfig, forecastingConfig } from "./config.ts";
import { type Forecast, levelsOf } from "./forecast.ts";
import { FORECAST_METRICS } from "./metric-infos.ts";
import { forecastRows, surpriseRows } from "./prediction-line.ts";
import { type ForecastFields, forecastFields } from "./rows.ts";
import type { ForecastExample } from "./windows.ts";

const card: TaskCard = {
  purpose: "Forecasts the numbers that follow a series.",
  pipelineTag: "time-series-forecasting",
  limits: [
    "It expects that what comes behaves as its training data did; what never happened there it cannot foresee.",
    "Intervals were learned from train and, where the config says so, calibrated on dev; they are too narrow where the series changes its ways.",
    "Prices of markets follow their last value about as well as any model does: do not trade by its forecasts.",
  ],
};

type ForecastPlan = PlanParts<ForecastFields, ForecastExample, ForecastBatch, Forecast>;

/** Loaded where a model is trained or opened: whoever has another task does without. */
const pipelines = () => import("./pipeline.ts");

export const forecasting = defineTask({
  name: FORECASTING,
  configSchema: forecastingConfig,
  card,
  rows: forecastRows,
  surprises: surpriseRows,
  plan: (config: ForecastingConfig): ForecastPlan => ({
    fields: forecastFields(config.series),
    metrics: FORECAST_METRICS.filter(({ name }) => name !== "coverage" || levelsOf(config.loss).length > 0),
    loss: FORECAST_METRICS[0]!,
    select: config.metrics.select,
    fit: async (train) => (await pipelines()).fitPipeline(config, train),
    load: async (files) => (await pipelines()).loadPipeline(config, files),
  }),
});

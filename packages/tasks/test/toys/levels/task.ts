/** Forecasting: the numbers that follow a series. */
import { evaluationStep } from "@cellstate/lstm-core";
import { defineTask, type ModelParts, type PipelineParts, type PlanParts, type Task } from "@cellstate/tasks";
import { z } from "zod";
import { type ForecastConfig, forecastConfig } from "./config.ts";
import {
  collateSeries,
  encodeSeries,
  type ForecastFields,
  forecastFields,
  type SeriesBatch,
  type SeriesExample,
} from "./data.ts";
import { type Forecast, forecastMetrics, scaledSquaredError, scoreForecasts } from "./metrics.ts";
import { Forecaster } from "./model.ts";
import { reportForecasts } from "./report.ts";
import { fitScaler, formatScaler, readScaler, SCALER_FILE, type Scaler, unscale } from "./scaler.ts";

type ForecastPlan = PlanParts<ForecastFields, SeriesExample, SeriesBatch, Forecast>;
type ForecastPipeline = PipelineParts<ForecastFields, SeriesExample, SeriesBatch, Forecast>;
type ForecastModel = ModelParts<SeriesExample, SeriesBatch, Forecast>;

export const task: Task = defineTask({
  name: "levels",
  configSchema: forecastConfig,
  plan: (config): ForecastPlan => ({
    fields: forecastFields,
    metrics: forecastMetrics,
    loss: scaledSquaredError.info,
    select: config.metrics.select,
    fit: async (train) => pipelineOf(config, await fitScaler(train)),
    load: (files) => pipelineOf(config, readScaler(files)),
  }),
});

function pipelineOf(config: ForecastConfig, scaler: Scaler): ForecastPipeline {
  return {
    save: () => new Map([[SCALER_FILE, formatScaler(scaler)]]),
    encodeOne: (record, index) => encodeSeries(scaler, record, index),
    size: ({ past }) => past.length,
    build: (session, rng) =>
      modelOf(
        scaler,
        new Forecaster(session, { config: config.model, horizon: scaler.horizon, stream: rng.stream("model") }),
      ),
    score: (forecasts, examples) => scoreForecasts(forecasts, examples, scaler),
    baselines: {
      schema: z.null(),
      fit: () => null,
      models: () => ({ lastValue: (example) => lastValue(example, scaler) }),
    },
    line: (prediction, { index, past, next }) => ({ index, past, ...(next && { next }), prediction }),
  };
}

function modelOf(scaler: Scaler, model: Forecaster): ForecastModel {
  const { horizon } = scaler;
  return {
    module: model,
    collate: (examples) => collateSeries(scaler, examples),
    tokens: ({ lengths }) => lengths.reduce((sum, length) => sum + length, 0),
    loss: (batch, step) => model.loss(batch, step),
    async predictBatch(examples) {
      const scaled = await model.forward(collateSeries(scaler, examples), evaluationStep).read(); // [batch, horizon]
      const values = Array.from(scaled, (value) => unscale(scaler, value));
      return examples.map((_, row) => values.slice(row * horizon, (row + 1) * horizon));
    },
    report: reportForecasts,
  };
}

/** The forecast that nothing changes. */
function lastValue({ past }: SeriesExample, { horizon }: Scaler): Forecast {
  return new Array<number>(horizon).fill(past.at(-1)!);
}

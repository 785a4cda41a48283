/** What a forecaster learns before it trains, and what it is built of. */
import type { Records } from "@cellstate/data";
import { DataConfigError, DataFileError } from "@cellstate/data";
import type { FileContents } from "../task.ts";
import type { ModelParts, PipelineParts } from "../task-parts.ts";
import { baselineModels, type LearnedBaselines, learnBaselines, learnedSchema } from "./baselines/baselines.ts";
import { Collator, type ForecastBatch, inputSizeOf } from "./batch.ts";
import { FORECASTING, type ForecastingConfig } from "./config.ts";
import { type FittedSeries, fitSeries, formatFitted, readFitted, SERIES_FILE } from "./fitted.ts";
import { type Forecast, forecastBatch, levelsOf } from "./forecast.ts";
import { formatIntervals, IntervalCalibration, readIntervals } from "./intervals.ts";
import { type LinearStart, linearStart } from "./linear-start.ts";
import { ForecastScorer } from "./metrics.ts";
import { Forecaster, outputsOf } from "./model.ts";
import { forecastLine, readForecastLine } from "./prediction-line.ts";
import { reportForecasts } from "./report.ts";
import { type ForecastFields, readRows, targetRoles } from "./rows.ts";
import { type ForecastExample, PREDICTED, windowsOf } from "./windows.ts";

type ForecastPipeline = PipelineParts<ForecastFields, ForecastExample, ForecastBatch, Forecast>;
type ForecastModel = ModelParts<ForecastExample, ForecastBatch, Forecast>;

/** The pipeline of a forecaster that is to be trained: learns scales and steps from the train split. */
export async function fitPipeline(
  config: ForecastingConfig,
  train: Records<ForecastFields>,
): Promise<ForecastPipeline> {
  const { loss, intervals } = config;
  const calibration = new IntervalCalibration(levelsOf(loss), intervals.calibration);
  const fitted = await fitSeries(train, config.series);
  if (loss.kind === "negativeBinomial") await requireCounts(train, config.series);
  return pipelineOf(config, fitted, { intervals: calibration, start: await startOf(config, fitted, train) });
}

/** The pipeline of a saved forecaster. */
export function loadPipeline(config: ForecastingConfig, files: FileContents): ForecastPipeline {
  const { series, loss, intervals } = config;
  const levels = levelsOf(loss);
  const factors = readIntervals(files, { levels, targets: targetRoles(series).length, horizon: series.horizon });
  const calibration = new IntervalCalibration(levels, intervals.calibration, factors);
  return pipelineOf(config, readFitted(files, series), { intervals: calibration, start: undefined });
}

/** @throws {DataFileError} naming file and line of the first target of train that is below 0 */
async function requireCounts(train: Records<ForecastFields>, series: ForecastingConfig["series"]): Promise<void> {
  const { bySeries } = await readRows(train, series);
  for (const { numbers, file, line } of [...bySeries.values()].flat()) {
    const below = numbers.slice(0, targetRoles(series).length).find((value) => value < 0);
    if (below === undefined) continue;
    throw new DataFileError(file, line, `loss negativeBinomial is for counts, got ${below}; take gaussian or quantile`);
  }
}

/** What a forecaster that is to be trained begins with, as its config says. */
async function startOf(
  { series, model, loss }: ForecastingConfig,
  fitted: FittedSeries,
  train: Records<ForecastFields>,
): Promise<LinearStart | undefined> {
  if (!model.linear || model.start === "random" || loss.kind === "negativeBinomial") return undefined;
  const windows = await windowsOf(train, { config: series, fitted, split: "train" });
  return linearStart(windows, new Collator(series, fitted, model), { ...series, loss });
}

interface LearnedParts {
  readonly intervals: IntervalCalibration;
  readonly start: LinearStart | undefined;
}

function pipelineOf(
  config: ForecastingConfig,
  fitted: FittedSeries,
  { intervals, start }: LearnedParts,
): ForecastPipeline {
  const { series, loss } = config;
  const scorer = new ForecastScorer(loss, series.horizon);
  const names = targetRoles(series);
  const lines = { loss, fitted, names };
  return {
    save: () => new Map([[SERIES_FILE, formatFitted(fitted)], ...formatIntervals(intervals)]),
    async encodeAll(records, { split, earlier }) {
      const examples = await windowsOf(records, { config: series, fitted, split, earlier });
      if (examples.length === 0 && split !== PREDICTED) throw noWindow(split, config);
      return examples;
    },
    size: () => series.context,
    build: (session, rng) =>
      modelOf(
        config,
        { fitted, intervals },
        new Forecaster(session, {
          config: config.model,
          loss,
          inputSize: inputSizeOf(series, fitted),
          context: series.context,
          horizon: series.horizon,
          targets: names.length,
          knownAhead: series.knownAhead.length,
          start,
          stream: rng.stream("model"),
        }),
      ),
    score: (forecasts, examples) => scorer.score(forecasts, examples),
    baselines: {
      schema: learnedSchema(series),
      fit: (train) => learnBaselines(train, series),
      models: (learned) => baselineModels(learned as LearnedBaselines, series),
    },
    line: (forecast, example) => forecastLine(forecast, example, lines),
    readLine: (line) => readForecastLine(line, lines),
  };
}

function noWindow(split: string, { series: { context, horizon } }: ForecastingConfig): DataConfigError {
  return new DataConfigError(
    "series",
    `${split} has no window of ${context} steps of context and ${horizon} to forecast; give ${split} more rows, or lower series.context or series.horizon`,
  );
}

function modelOf(
  { series, model: network, loss }: ForecastingConfig,
  { fitted, intervals }: { readonly fitted: FittedSeries; readonly intervals: IntervalCalibration },
  model: Forecaster,
): ForecastModel {
  const collator = new Collator(series, fitted, network);
  return {
    module: model,
    get network() {
      // What goes step by step is a loop, for which there is no such file.
      if (network.decoder !== "direct") return undefined;
      return {
        kind: "forecaster",
        encoder: network.encoder,
        context: series.context,
        inputSize: inputSizeOf(series, fitted),
        horizon: series.horizon,
        targets: targetRoles(series).length,
        knownAhead: series.knownAhead.length,
        outputs: outputsOf(loss),
        facts: {
          task: FORECASTING,
          loss,
          series,
          normalize: network.normalize,
          fitted,
          ...(intervals.factors && { intervalFactors: intervals.factors }),
        },
      } as const;
    },
    collate: (examples) => collator.collate(examples),
    tokens: ({ batchSize }) => batchSize * series.context,
    loss: (batch, step) => model.loss(batch, step),
    predictBatch: (examples) => forecastBatch(model, examples, { collator, loss, intervals }),
    calibrate: (forecasts, examples) => intervals.learn(forecasts, examples),
    report: (forecasts, examples, split) =>
      reportForecasts(forecasts, examples, split, { config: series, timing: fitted, levels: levelsOf(loss) }),
  };
}

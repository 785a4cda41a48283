/** What a report shows of forecasts: some of them with what came, how errors grow with the distance, and whether persistence does as well. */
import type { CurvesSection, ReportSection, TableSection, TextsSection } from "../report-section.ts";
import { persistence } from "./baselines/naive.ts";
import type { SeriesConfig } from "./config.ts";
import type { Forecast } from "./forecast.ts";
import { ONLY_SERIES } from "./rows.ts";
import { formatTime, type Timing } from "./times.ts";
import { contextOf, type ForecastExample, factsAt, targetsOf } from "./windows.ts";

/** Windows that are drawn. */
const DRAWN = 3;
/** Steps before the origin that are drawn, in horizons. */
const PAST_HORIZONS = 2;
/** Rows of the table of distances. */
const DISTANCES = 12;

export interface ReportContext {
  readonly config: SeriesConfig;
  readonly timing: Timing;
  /** Of the quantiles. */
  readonly levels: readonly number[];
}

export function reportForecasts(
  forecasts: readonly Forecast[],
  examples: readonly ForecastExample[],
  split: string,
  context: ReportContext,
): ReportSection[] {
  if (examples.length === 0) return [];
  const drawn = [0, Math.floor(examples.length / 2), examples.length - 1];
  const places = [...new Set(drawn)].slice(0, DRAWN);
  return [
    besidePersistence(forecasts, examples, split, context.config),
    ...places.map((place) => forecastCurves(forecasts[place]!, examples[place]!, split, context)),
    errorsByDistance(forecasts, examples, split, context.config),
  ];
}

function persistenceOf(
  { columns, targets }: ForecastExample,
  { context, horizon, missing }: SeriesConfig,
): readonly number[] {
  return targets.flatMap((_, target) => persistence(contextOf(columns[target]!, context, missing).values, horizon));
}

/** Mean absolute error at some of the steps of all targets; of scaled numbers, where these are several. */
function meanError(
  forecasts: readonly (readonly number[])[],
  examples: readonly ForecastExample[],
  horizon: number,
  steps: { readonly from: number; readonly to: number },
): number {
  let sum = 0;
  let count = 0;
  for (const [index, values] of forecasts.entries()) {
    const targets = targetsOf(examples[index]!, horizon);
    const { targets: facts } = examples[index]!;
    for (const [at, target] of targets.entries()) {
      const step = at % horizon;
      if (Number.isNaN(target) || step < steps.from || step >= steps.to) continue;
      const unit = facts.length === 1 ? 1 : factsAt(examples[index]!, at, horizon).scale.spread;
      sum += Math.abs(target - values[at]!) / unit;
      count += 1;
    }
  }
  return count === 0 ? Number.NaN : sum / count;
}

function besidePersistence(
  forecasts: readonly Forecast[],
  examples: readonly ForecastExample[],
  split: string,
  config: SeriesConfig,
): TextsSection {
  const all = { from: 0, to: config.horizon };
  const own = meanError(
    forecasts.map(({ values }) => values),
    examples,
    config.horizon,
    all,
  );
  const last = meanError(
    examples.map((example) => persistenceOf(example, config)),
    examples,
    config.horizon,
    all,
  );
  const said =
    own < last
      ? `The model's mean absolute error is ${percent(1 - own / last)} below that of repeating the last number.`
      : "The model does no better than repeating the last number. Its forecasts are worth nothing, as is usual for prices.";
  return {
    kind: "texts",
    title: `Beside persistence on ${split}`,
    texts: [`${said} Model: ${own.toPrecision(4)}; last number: ${last.toPrecision(4)}.`],
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function forecastCurves(
  { values, quantiles }: Forecast,
  example: ForecastExample,
  split: string,
  { config: { context, horizon }, timing, levels }: ReportContext,
): CurvesSection {
  const { columns, times, series } = example;
  const shown = Math.min(context, PAST_HORIZONS * horizon);
  const target = columns[0]!;
  const trueNumbers = [...target.subarray(context - shown)].map((y, index) => ({ x: index + 1 - shown, y }));
  const [lowest, highest] = [quantiles?.[0], quantiles?.at(-1)];
  const forecast = values.slice(0, horizon).map((y, at) => ({
    x: at + 1,
    y,
    ...(lowest && highest && { low: lowest[at]!, high: highest[at]! }),
  }));
  const span = lowest === undefined ? "" : `, with the quantiles ${levels[0]} to ${levels.at(-1)}`;
  return {
    kind: "curves",
    title: `Forecast of ${split} from ${formatTime(times[context - 1]!, timing)}${series === ONLY_SERIES ? "" : `, ${series}`}`,
    note: "Steps from the last known one, which is 0.",
    xLabel: "step",
    series: [
      { name: "true", points: trueNumbers.filter(({ y }) => !Number.isNaN(y)) },
      { name: `forecast${span}`, points: forecast },
    ],
  };
}

function errorsByDistance(
  forecasts: readonly Forecast[],
  examples: readonly ForecastExample[],
  split: string,
  config: SeriesConfig,
): TableSection {
  const { horizon } = config;
  const rows = Math.min(DISTANCES, horizon);
  const steps = Array.from({ length: rows }, (_, row) => Math.round(((row + 1) * horizon) / rows) - 1);
  const own = forecasts.map(({ values }) => values);
  const last = examples.map((example) => persistenceOf(example, config));
  const at = (numbers: readonly (readonly number[])[], step: number) => {
    const error = meanError(numbers, examples, horizon, { from: step, to: step + 1 });
    return Number.isNaN(error) ? "" : error.toPrecision(4);
  };
  return {
    kind: "table",
    title: `Errors by steps ahead on ${split}`,
    columns: [
      { title: "steps ahead", isNumber: true },
      { title: "mean absolute error", isNumber: true },
      { title: "of the last number", isNumber: true },
    ],
    rows: steps.map((step) => [step + 1, at(own, step), at(last, step)]),
  };
}

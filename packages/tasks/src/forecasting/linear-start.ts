/**
 * What a forecaster begins with: the linear layer over the context as a ridge regression on train gives it, and quantiles or deviations that are
 * those of its errors. Training goes on from there, so that what a linear forecast can say need not be found by small steps.
 */
import { scalar } from "@cellstate/tensor";
import { fitRidge, type RegressionRow, regressionOf } from "./baselines/nlinear.ts";
import type { Collator, ForecastBatch } from "./batch.ts";
import type { ForecastLoss } from "./config.ts";
import { outputsOf } from "./model.ts";
import type { ForecastExample } from "./windows.ts";

export interface LinearStart {
  /** `[horizon * outputs, context]`. */
  readonly weight: Float64Array;
  /** `[horizon * outputs]`. */
  readonly bias: Float64Array;
}

/** Of numbers over the spread of their window. */
const LEAST_DEVIATION = 0.01;
/** Windows of train that the regression is fitted to: evenly taken where there are more. */
const REGRESSED = 3000;

/** Undefined where train has too few windows without gaps. */
export function linearStart(
  train: readonly ForecastExample[],
  collator: Collator,
  { context, horizon, loss }: { readonly context: number; readonly horizon: number; readonly loss: ForecastLoss },
): LinearStart | undefined {
  const step = Math.max(1, train.length / REGRESSED);
  const taken = Array.from({ length: Math.min(train.length, REGRESSED) }, (_, at) => train[Math.floor(at * step)]!);
  const rows = taken.flatMap((example) => rowsOf(collator.collate([example]), context, horizon));
  const weights = fitRidge(rows);
  if (weights === undefined) return undefined;
  const levels = loss.kind === "quantile" ? loss.levels : [0.5];
  const outputs = outputsOf(loss);
  const start = {
    weight: new Float64Array(horizon * outputs * context),
    bias: new Float64Array(horizon * outputs),
  };
  const errors = loss.kind === "quantile" || loss.kind === "gaussian" ? errorsOf(rows, weights) : undefined;
  for (const [at, own] of weights.entries()) {
    for (const [index, level] of levels.entries()) {
      const output = at * outputs + index;
      start.weight.set(own.slice(0, context), output * context);
      start.bias[output] = own[context]! + (errors === undefined ? 0 : quantileOf(errors[at]!, level));
    }
    if (loss.kind === "gaussian") start.bias[at * outputs + 1] = inverseSoftplus(deviationOf(errors![at]!));
  }
  return start;
}

/** A row for each target: its past and a constant, times the spread of its window, and what came less what was subtracted. */
function rowsOf({ past, targets, weights, spread }: ForecastBatch, context: number, horizon: number): RegressionRow[] {
  return Array.from(spread, (size, row) => ({
    inputs: Float64Array.from(
      { length: context + 1 },
      (_, at) => (at < context ? past[row * context + at]! : 1) * size,
    ),
    targets: Float64Array.from({ length: horizon }, (_, at) =>
      weights[row * horizon + at] === 1 ? targets[row * horizon + at]! : Number.NaN,
    ),
  }));
}

/** `[horizon][rows]`: what the regression misses at each step, over the spread of the window; sorted. */
function errorsOf(rows: readonly RegressionRow[], weights: readonly (readonly number[])[]): Float64Array[] {
  const whole = rows.filter(({ targets }) => !targets.some(Number.isNaN));
  const errors = weights.map(() => new Float64Array(whole.length));
  for (const [row, { inputs, targets }] of whole.entries()) {
    const spread = inputs.at(-1)!;
    for (const [at, value] of regressionOf(inputs, weights).entries()) {
      errors[at]![row] = (targets[at]! - value) / spread;
    }
  }
  return errors.map((own) => own.sort());
}

/** The median is left where the regression is: it forecasts the mean. */
function quantileOf(sorted: Float64Array, level: number): number {
  return level === 0.5 ? 0 : sorted[Math.min(sorted.length - 1, Math.floor(level * sorted.length))]!;
}

/** Of a regression that misses nothing it is tiny, not zero, so that what training finds later is not infinitely unlikely. */
function deviationOf(errors: Float64Array): number {
  const sum = errors.reduce((total, error) => total + error * error, 0);
  return Math.max(LEAST_DEVIATION, Math.sqrt(sum / errors.length));
}

/** What `gaussianParameters` makes a standard deviation of. */
function inverseSoftplus(deviation: number): number {
  return deviation + scalar.log(1 - scalar.exp(-deviation));
}

/** A forecast: the numbers to come in the unit of the data, and between which they probably lie. */
import { evaluationStep, gaussianParameters, negativeBinomialParameters } from "@cellstate/lstm-core";
import type { Tensor } from "@cellstate/tensor";
import type { Collator, ForecastBatch } from "./batch.ts";
import type { ForecastLoss } from "./config.ts";
import type { IntervalCalibration } from "./intervals.ts";
import { type Forecaster, outputsOf } from "./model.ts";
import { negativeBinomialQuantiles } from "./negative-binomial.ts";
import { type Scale, unscaled } from "./scale.ts";
import type { ForecastExample } from "./windows.ts";

export interface Forecast {
  /** `[targets * horizon]`: the steps of one target after those of another. */
  readonly values: readonly number[];
  /** `[levels][targets * horizon]`; undefined for forecasts of points. */
  readonly quantiles: readonly (readonly number[])[] | undefined;
  /** Of counts: mean and dispersion of each number of `values`. */
  readonly counts?: CountParameters | undefined;
}

interface CountParameters {
  readonly means: readonly number[];
  readonly dispersions: readonly number[];
}

/** The 95 % point of the standard normal distribution. */
const NORMAL_95 = 1.6448536269514722;

/** The least mean and dispersion, as in the loss. */
const LEAST_COUNT = 1e-8;

/** Levels of distributions, with the points of the standard normal one. */
const COUNT_LEVELS = [
  { level: 0.05, normal: -NORMAL_95 },
  { level: 0.5, normal: 0 },
  { level: 0.95, normal: NORMAL_95 },
];

/** The levels of the quantiles that a forecast has. */
export function levelsOf(loss: ForecastLoss): readonly number[] {
  if (loss.kind === "quantile") return loss.levels;
  return loss.kind === "gaussian" || loss.kind === "negativeBinomial" ? COUNT_LEVELS.map(({ level }) => level) : [];
}

/** The standard deviation of a forecast of a normal distribution. */
export function deviationOf(quantiles: readonly (readonly number[])[], at: number): number {
  return (quantiles[2]![at]! - quantiles[1]![at]!) / NORMAL_95;
}

export interface ForecastContext {
  readonly collator: Collator;
  readonly loss: ForecastLoss;
  /** What dev has told of the intervals. */
  readonly intervals: IntervalCalibration;
}

/** The forecasts of a batch. */
export async function forecastBatch(
  model: Forecaster,
  examples: readonly ForecastExample[],
  { collator, loss, intervals }: ForecastContext,
): Promise<Forecast[]> {
  const batch = collator.collate(examples);
  const predicted = model.forward(batch, evaluationStep); // [batch, targets * horizon, outputs]
  if (loss.kind === "negativeBinomial") return await countForecasts(predicted, batch, examples, intervals);
  const numbers = loss.kind === "gaussian" ? await gaussianQuantiles(predicted) : await predicted.read();
  const outputs = loss.kind === "gaussian" ? 3 : outputsOf(loss);
  const count = predicted.shape[1]!;
  return examples.map(({ targets }, row) => {
    const steps = Array.from({ length: count }, (_, at) => {
      const start = (row * count + at) * outputs;
      const target = Math.floor((at * targets.length) / count);
      const own = row * targets.length + target;
      return inUnits(numbers.subarray(start, start + outputs), batch, own, targets[target]!.scale);
    });
    const quantiles = outputs === 1 ? undefined : steps[0]!.map((_, index) => steps.map((step) => step[index]!));
    const middle = Math.max(0, levelsOf(loss).indexOf(0.5));
    return { values: steps.map((step) => step[middle]!), quantiles: quantiles && intervals.apply(quantiles) };
  });
}

async function countForecasts(
  predicted: Tensor,
  { level }: ForecastBatch,
  examples: readonly ForecastExample[],
  intervals: IntervalCalibration,
): Promise<Forecast[]> {
  const { mean, dispersion } = negativeBinomialParameters(predicted); // each [batch, targets * horizon]
  const [means, dispersions] = [await mean.read(), await dispersion.read()];
  const count = predicted.shape[1]!;
  return examples.map(({ targets }, row) => {
    const own = Array.from({ length: count }, (_, at) => {
      const target = Math.floor((at * targets.length) / count);
      const size = level[row * targets.length + target]!;
      return {
        mean: Math.max(LEAST_COUNT, means[row * count + at]! * size),
        dispersion: Math.max(LEAST_COUNT, dispersions[row * count + at]!),
      };
    });
    const steps = own.map(({ mean: center, dispersion: wide }) =>
      negativeBinomialQuantiles(center, wide, COUNT_LEVELS),
    );
    const quantiles = COUNT_LEVELS.map((_, index) => steps.map((step) => step[index]!));
    const counts = { means: own.map((one) => one.mean), dispersions: own.map((one) => one.dispersion) };
    // A count is never below 0, however wide dev wants intervals.
    const calibrated = intervals.apply(quantiles).map((values) => values.map((value) => Math.max(0, value)));
    return { values: quantiles[1]!, quantiles: calibrated, counts };
  });
}

/** Rising, since quantiles that are learned one by one may cross (Chernozhukov et al. 2010). */
function inUnits(outputs: ArrayLike<number>, { base, spread }: ForecastBatch, row: number, scale: Scale): number[] {
  return Array.from(outputs, (output) => unscaled(scale, output * spread[row]! + base[row]!)).sort((a, b) => a - b);
}

async function gaussianQuantiles(predicted: Tensor): Promise<Float64Array> {
  const { mean, variance } = gaussianParameters(predicted); // each [batch, horizon]
  const means = await mean.read();
  const variances = await variance.read();
  const numbers = new Float64Array(3 * means.length);
  for (const [at, middle] of means.entries()) {
    const half = NORMAL_95 * Math.sqrt(variances[at]!);
    numbers.set([middle - half, middle, middle + half], 3 * at);
  }
  return numbers;
}

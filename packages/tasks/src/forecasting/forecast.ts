/** A forecast: the numbers to come in the unit of the data, and between which they probably lie. */
import { evaluationStep, gaussianParameters } from "@cellstate/lstm-core";
import type { Tensor } from "@cellstate/tensor";
import type { Collator, ForecastBatch } from "./batch.ts";
import type { ForecastLoss } from "./config.ts";
import type { IntervalCalibration } from "./intervals.ts";
import { type Forecaster, outputsOf } from "./model.ts";
import { type Scale, unscaled } from "./scale.ts";
import type { ForecastExample } from "./windows.ts";

export interface Forecast {
  /** `[targets * horizon]`: the steps of one target after those of another. */
  readonly values: readonly number[];
  /** `[levels][targets * horizon]`; undefined for forecasts of points. */
  readonly quantiles: readonly (readonly number[])[] | undefined;
}

/** The 95 % point of the standard normal distribution. */
const NORMAL_95 = 1.6448536269514722;

/** The levels of the quantiles that a forecast has. */
export function levelsOf(loss: ForecastLoss): readonly number[] {
  if (loss.kind === "quantile") return loss.levels;
  return loss.kind === "gaussian" ? [0.05, 0.5, 0.95] : [];
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

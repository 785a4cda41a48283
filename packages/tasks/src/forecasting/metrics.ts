/** The scores of forecasts. Each is a quotient of sums over windows, which are made once, so that resampling windows is cheap. */
import { negativeLogDensity } from "@cellstate/lstm-core";
import { scalar } from "@cellstate/tensor";
import type { Scores } from "../task.ts";
import type { ForecastLoss } from "./config.ts";
import { deviationOf, type Forecast, levelsOf } from "./forecast.ts";
import { scaled } from "./scale.ts";
import { type ForecastExample, factsAt, targetsOf } from "./windows.ts";

/** What the errors of a window add to. */
interface ErrorSums {
  /** Targets that are there. */
  count: number;
  loss: number;
  scaledSquares: number;
  scaledErrors: number;
  squares: number;
  errors: number;
  /** Errors as shares of the naive error, and how many have one. */
  masErrors: number;
  masCount: number;
  symmetricErrors: number;
  /** Errors as shares of targets other than 0, and how many there are. */
  relativeErrors: number;
  relativeCount: number;
  targets: number;
  pinball: number;
  covered: number;
}

const FIELDS = [
  "count",
  "loss",
  "scaledSquares",
  "scaledErrors",
  "squares",
  "errors",
  "masErrors",
  "masCount",
  "symmetricErrors",
  "relativeErrors",
  "relativeCount",
  "targets",
  "pinball",
  "covered",
] as const satisfies readonly (keyof ErrorSums)[];

/**
 * Scores forecasts; targets that are missing do not count. A score that is not defined is left out.
 *
 * - `loss`: that of training, of the scaled numbers; `scaledSquaredError` and `scaledAbsoluteError` are those of the scaled numbers, too
 * - `mase`: mean absolute error over that of the seasonal naive forecast within train (Hyndman & Koehler 2006)
 * - `smape`: mean of `2 |target - forecast| / (|target| + |forecast|)`, in 0..2 (Makridakis & Hibon 2000)
 * - `mape`: mean of `|target - forecast| / |target|` of the targets other than 0; `wape`: sum of errors over sum of absolute targets
 * - `quantileLoss`: mean pinball loss of all levels (Koenker & Bassett 1978); of points half their absolute error
 * - `coverage`: share of the targets between the lowest and the highest quantile
 */
export class ForecastScorer {
  readonly #loss: ForecastLoss;
  readonly #horizon: number;
  readonly #levels: readonly number[];
  readonly #sums = new WeakMap<Forecast, ErrorSums>();

  constructor(loss: ForecastLoss, horizon: number) {
    this.#loss = loss;
    this.#horizon = horizon;
    this.#levels = levelsOf(loss);
  }

  /** @throws {RangeError} if there is no target at all */
  score(forecasts: readonly Forecast[], examples: readonly ForecastExample[]): Scores {
    const total = emptySums();
    for (const [index, forecast] of forecasts.entries()) {
      const sums = this.#sumsOf(forecast, examples[index]!);
      for (const field of FIELDS) total[field] += sums[field];
    }
    if (total.count === 0) throw new RangeError("metrics: expected examples with targets, none has one");
    const hasQuantiles = forecasts[0]?.quantiles !== undefined;
    const hasLoss = hasQuantiles || (this.#loss.kind !== "gaussian" && this.#loss.kind !== "negativeBinomial");
    const { count } = total;
    return {
      ...(hasLoss && { loss: total.loss / count }),
      scaledSquaredError: total.scaledSquares / count,
      scaledAbsoluteError: total.scaledErrors / count,
      meanAbsoluteError: total.errors / count,
      rootMeanSquaredError: Math.sqrt(total.squares / count),
      ...(total.masCount > 0 && { mase: total.masErrors / total.masCount }),
      smape: total.symmetricErrors / count,
      ...(total.relativeCount > 0 && { mape: total.relativeErrors / total.relativeCount }),
      ...(total.targets > 0 && { wape: total.errors / total.targets }),
      quantileLoss: total.pinball / count,
      ...(hasQuantiles && { coverage: total.covered / count }),
    };
  }

  #sumsOf(forecast: Forecast, example: ForecastExample): ErrorSums {
    const known = this.#sums.get(forecast);
    if (known !== undefined) return known;
    const sums = emptySums();
    for (const [at, target] of targetsOf(example, this.#horizon).entries()) {
      if (!Number.isNaN(target)) this.#addStep(sums, forecast, example, { at, target });
    }
    this.#sums.set(forecast, sums);
    return sums;
  }

  #addStep(
    sums: ErrorSums,
    forecast: Forecast,
    example: ForecastExample,
    { at, target }: { readonly at: number; readonly target: number },
  ): void {
    const { scale, naiveError } = factsAt(example, at, this.#horizon);
    const value = forecast.values[at]!;
    const error = Math.abs(target - value);
    const scaledError = Math.abs(scaled(scale, target) - scaled(scale, value));
    const size = Math.abs(target) + Math.abs(value);
    const pinball = this.#pinball(forecast, at, target);
    sums.count += 1;
    sums.scaledSquares += scaledError * scaledError;
    sums.scaledErrors += scaledError;
    sums.squares += error * error;
    sums.errors += error;
    if (naiveError > 0) {
      sums.masErrors += error / naiveError;
      sums.masCount += 1;
    }
    sums.symmetricErrors += size === 0 ? 0 : (2 * error) / size;
    if (target !== 0) {
      sums.relativeErrors += error / Math.abs(target);
      sums.relativeCount += 1;
    }
    sums.targets += Math.abs(target);
    sums.pinball += pinball;
    const { quantiles } = forecast;
    if (quantiles !== undefined && target >= quantiles[0]![at]! && target <= quantiles.at(-1)![at]!) sums.covered += 1;
    sums.loss += this.#lossOf({
      forecast,
      at,
      target,
      scaledError,
      pinball: pinball / scale.spread,
      spread: scale.spread,
    });
  }

  /** The mean pinball loss of the levels; a point is the forecast of every level. */
  #pinball({ values, quantiles }: Forecast, at: number, target: number): number {
    if (this.#levels.length === 0) return Math.abs(target - values[at]!) / 2;
    const losses = this.#levels.map((level, index) => {
      const error = target - (quantiles === undefined ? values[at]! : quantiles[index]![at]!);
      return Math.max(level * error, (level - 1) * error);
    });
    return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  }

  #lossOf(step: {
    readonly forecast: Forecast;
    readonly at: number;
    readonly target: number;
    readonly scaledError: number;
    readonly pinball: number;
    readonly spread: number;
  }): number {
    const { forecast, at, target, scaledError, pinball, spread } = step;
    const loss = this.#loss;
    switch (loss.kind) {
      case "squared":
        return scaledError * scaledError;
      case "absolute":
        return scaledError;
      case "huber":
        return scaledError <= loss.delta
          ? (scaledError * scaledError) / 2
          : loss.delta * (scaledError - loss.delta / 2);
      case "quantile":
        return pinball;
      case "gaussian": {
        if (forecast.quantiles === undefined) return 0;
        const deviation = deviationOf(forecast.quantiles, at) / spread;
        const variance = Math.max(deviation * deviation, 1e-6);
        return (scalar.log(variance) + (scaledError * scaledError) / variance) / 2;
      }
      case "negativeBinomial": {
        if (forecast.counts === undefined) return 0;
        const { means, dispersions } = forecast.counts;
        return negativeLogDensity(Math.max(0, target), means[at]!, dispersions[at]!).value;
      }
      default:
        return loss satisfies never;
    }
  }
}

function emptySums(): ErrorSums {
  return Object.fromEntries(FIELDS.map((field) => [field, 0])) as unknown as ErrorSums;
}

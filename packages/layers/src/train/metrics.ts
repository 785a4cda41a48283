/** Keras's metrics by name, summed up batch by batch in float64; masked steps do not count. */
import { scalar } from "@cellstate/tensor";
import type { NumberArray } from "../data/arrays.ts";
import { findByName } from "../names.ts";
import { errorMetrics } from "./error-metrics.ts";
import { eachRow, elementMean, least, meanOf, type Row, type RunningMetric, type Scored } from "./metric-rows.ts";

function argMax(values: ArrayLike<number>, start: number, width: number): number {
  let best = 0;
  for (let at = 1; at < width; at++) if (values[start + at]! > values[start + best]!) best = at;
  return best;
}

/** Whether fewer than `k` classes have a larger prediction. */
function isAmongTop(k: number, { predictions, start, width }: Row, wanted: number): boolean {
  let larger = 0;
  for (let at = 0; at < width; at++) if (predictions[start + at]! > predictions[start + wanted]!) larger++;
  return larger < k;
}

const threshold = 0.5;
const clipped = (share: number) => Math.min(Math.max(share, least), 1 - least);
const categoryOf = ({ targets, targetStart, width }: Row) => argMax(targets, targetStart, width);

const binaryAccuracy = elementMean((prediction, target) => Number(Number(prediction > threshold) === target));
const categoricalAccuracy = meanOf("all", (row) =>
  Number(argMax(row.predictions, row.start, row.width) === categoryOf(row)),
);
const sparseCategoricalAccuracy = meanOf("one", ({ predictions, targets, start, targetStart, width }) =>
  Number(argMax(predictions, start, width) === targets[targetStart]),
);

/** Minus the logarithm of the share that a class has of a row's predictions. */
function surprise({ predictions, start, width }: Row, wanted: number): number {
  let total = 0;
  for (let at = 0; at < width; at++) total += predictions[start + at]!;
  return -scalar.log(clipped(predictions[start + wanted]! / total));
}

/** Which accuracy is meant: by the width of predictions and the number of targets, as in Keras. */
function accuracy(name: string): RunningMetric {
  let chosen: RunningMetric | undefined;
  return {
    add(batch) {
      chosen ??= accuracyFor(batch)(name);
      chosen.add(batch);
    },
    result: () => chosen?.result() ?? 0,
  };
}

function accuracyFor({ predictions, shape, targets }: Scored) {
  const width = shape.length === 1 ? 1 : shape.at(-1)!;
  if (width === 1) return binaryAccuracy;
  return targets.data.length === predictions.length / width ? sparseCategoricalAccuracy : categoricalAccuracy;
}

/** Right among those said to be, or found among those that are. */
function counted(share: (counts: { right: number; said: number; real: number }) => number) {
  return (name: string): RunningMetric => {
    const counts = { right: 0, said: 0, real: 0 };
    return {
      add: (batch) =>
        eachRow(name, batch, "all", ({ predictions, targets, start, targetStart, width }) => {
          for (let at = 0; at < width; at++) {
            const [said, real] = [predictions[start + at]! > threshold, targets[targetStart + at]! !== 0];
            counts.said += Number(said);
            counts.real += Number(real);
            counts.right += Number(said && real);
          }
        }),
      result: () => share(counts),
    };
  };
}

const ratio = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);

/** Thresholds at which the curve is known, as many as in Keras. */
const AUC_THRESHOLDS = 200;

/** Area under the curve of true against false positives, by trapezoids between 200 thresholds (Fawcett 2006). */
function auc(name: string): RunningMetric {
  // How many predictions lie above exactly so many thresholds.
  const positives = new Float64Array(AUC_THRESHOLDS + 1);
  const negatives = new Float64Array(AUC_THRESHOLDS + 1);
  const thresholds = Array.from({ length: AUC_THRESHOLDS }, (_, at) =>
    at === 0 ? -least : at === AUC_THRESHOLDS - 1 ? 1 + least : at / (AUC_THRESHOLDS - 1),
  );
  return {
    add: (batch) =>
      eachRow(name, batch, "all", ({ predictions, targets, start, targetStart, width }) => {
        for (let at = 0; at < width; at++) {
          const above = thresholds.filter((bound) => predictions[start + at]! > bound).length;
          const counts = targets[targetStart + at]! !== 0 ? positives : negatives;
          counts[above]! += 1;
        }
      }),
    result() {
      const [truths, alarms] = [sharesAbove(positives), sharesAbove(negatives)];
      let area = 0;
      for (let at = 0; at + 1 < AUC_THRESHOLDS; at++) {
        area += ((truths[at]! + truths[at + 1]!) / 2) * (alarms[at]! - alarms[at + 1]!);
      }
      return area;
    },
  };
}

/** For each threshold the share of predictions above it. */
function sharesAbove(counts: Float64Array): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return Array.from({ length: AUC_THRESHOLDS }, (_, at) =>
    ratio(
      counts.subarray(at + 1).reduce((sum, count) => sum + count, 0),
      total,
    ),
  );
}

type MetricMaker = (name: string) => RunningMetric;

const metricMakers = {
  accuracy,
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  topKCategoricalAccuracy: meanOf("all", (row) => Number(isAmongTop(5, row, categoryOf(row)))),
  sparseTopKCategoricalAccuracy: meanOf("one", (row) => Number(isAmongTop(5, row, row.targets[row.targetStart]!))),
  precision: counted(({ right, said }) => ratio(right, said)),
  recall: counted(({ right, real }) => ratio(right, real)),
  auc,
  ...errorMetrics,
  binaryCrossentropy: elementMean(
    (prediction, target) =>
      -(target * scalar.log(clipped(prediction)) + (1 - target) * scalar.log(1 - clipped(prediction))),
  ),
  categoricalCrossentropy: meanOf("all", (row) => {
    let sum = 0;
    for (let at = 0; at < row.width; at++) {
      const share = row.targets[row.targetStart + at]!;
      if (share !== 0) sum += share * surprise(row, at);
    }
    return sum;
  }),
  sparseCategoricalCrossentropy: meanOf("one", (row) => surprise(row, row.targets[row.targetStart]!)),
} satisfies Readonly<Record<string, MetricMaker>>;

const aliases: Readonly<Record<string, keyof typeof metricMakers>> = {
  acc: "accuracy",
  mse: "meanSquaredError",
  MSE: "meanSquaredError",
  rmse: "rootMeanSquaredError",
  mae: "meanAbsoluteError",
  MAE: "meanAbsoluteError",
  mape: "meanAbsolutePercentageError",
  MAPE: "meanAbsolutePercentageError",
  msle: "meanSquaredLogarithmicError",
  MSLE: "meanSquaredLogarithmicError",
  logcosh: "logCosh",
  logCoshError: "logCosh",
  kld: "klDivergence",
  kullbackLeiblerDivergence: "klDivergence",
  AUC: "auc",
  Precision: "precision",
  Recall: "recall",
  binaryCrossEntropy: "binaryCrossentropy",
  categoricalCrossEntropy: "categoricalCrossentropy",
};

/** A metric of one's own: one number for each batch, whose mean over examples is reported. */
export interface OwnMetric {
  readonly name: string;
  /** @param predictions `[batch, ...]`  @param targets as they were given */
  compute(predictions: NumberArray, targets: NumberArray): number;
}

export type MetricOption = keyof typeof metricMakers | (string & {}) | OwnMetric;

/** @throws {OptionError} if there is no such metric, naming the nearest */
export function startMetric(option: MetricOption): RunningMetric {
  if (typeof option === "string")
    return findByName<MetricMaker>("compile", "metrics", metricMakers, option, aliases)(option);
  let sum = 0;
  let count = 0;
  return {
    add({ predictions, shape, targets }) {
      const examples = shape[0] ?? 1;
      sum += examples * option.compute({ data: Float32Array.from(predictions), shape }, targets);
      count += examples;
    },
    result: () => ratio(sum, count),
  };
}

/** The name that a metric is reported under: as it was asked for. */
export function metricName(option: MetricOption): string {
  return typeof option === "string" ? option : option.name;
}

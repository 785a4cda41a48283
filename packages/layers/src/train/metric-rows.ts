/** What metrics are made of: rows of predictions that count, and means over them. */
import type { NumberArray } from "../data/arrays.ts";
import { DataError } from "../errors.ts";
import type { Mask } from "../graph/mask.ts";

/** One batch as a metric sees it. */
export interface Scored {
  readonly predictions: ArrayLike<number>;
  /** `[batch, ..., features]` */
  readonly shape: readonly number[];
  readonly targets: NumberArray;
  readonly mask: Mask | undefined;
}

/** A metric under way. */
export interface RunningMetric {
  add(batch: Scored): void;
  /** Over all batches since it began; 0 where nothing counts. */
  result(): number;
}

/** Options of metrics; each metric takes its own. */
export interface MetricOptions {
  /** What it is reported as. Default: its kind. */
  readonly name?: string | undefined;
  /** Of the metrics of top classes: how many. Default 5. */
  readonly k?: number | undefined;
  /** Above which a prediction says yes. Default 0.5; of the F scores see there. */
  readonly threshold?: number | undefined;
  /** Of `huber`: where errors begin to count linearly. Default 1. */
  readonly delta?: number | undefined;
  /** Of `fBetaScore`: how many times as much recall counts. Default 1. */
  readonly beta?: number | undefined;
  /** Of the F scores: the mean over classes (the default), the same by how often they occur, or one score of all together. */
  readonly average?: "macro" | "weighted" | "micro" | undefined;
  /** Of `auc`. Default `ROC`. */
  readonly curve?: "ROC" | "PR" | undefined;
  /** Of curves: at how many thresholds they are known, at least 3. Default 200. */
  readonly numThresholds?: number | undefined;
  /** The least precision, in `[0, 1]`, of `recallAtPrecision`. */
  readonly precision?: number | undefined;
  /** Of `precisionAtRecall`. */
  readonly recall?: number | undefined;
  /** Of `specificityAtSensitivity`. */
  readonly sensitivity?: number | undefined;
  /** Of `sensitivityAtSpecificity`. */
  readonly specificity?: number | undefined;
}

/** A metric of the closed list. */
export interface MetricEntry {
  readonly optionNames: readonly (keyof MetricOptions)[];
  /** The option that it does nothing without. */
  readonly required?: keyof MetricOptions;
  start(name: string, options: MetricOptions): RunningMetric;
}

/** 0 where there is nothing to divide by. */
export const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** One position of a batch: a row of predictions with its targets. */
export interface Row {
  readonly predictions: ArrayLike<number>;
  readonly targets: ArrayLike<number>;
  /** Where the row begins in the predictions, and in the targets. */
  readonly start: number;
  readonly targetStart: number;
  /** Predictions of the row. */
  readonly width: number;
}

/** How many targets there are for each row: one class, or as many as predictions. */
type TargetsPerRow = "one" | "all";

function targetWidth(
  name: string,
  wanted: TargetsPerRow,
  rows: number,
  width: number,
  { data, shape }: NumberArray,
): number {
  const expected = wanted === "one" ? 1 : width;
  if (data.length === rows * expected) return expected;
  const hint = wanted === "all" && data.length === rows ? "; the sparse one of that name takes class numbers" : "";
  throw new DataError(
    `${name}: expected ${rows * expected} targets, got ${data.length}, of shape [${shape.join(", ")}]${hint}`,
  );
}

/** Calls `visit` for each row that counts. */
export function eachRow(name: string, batch: Scored, wanted: TargetsPerRow, visit: (row: Row) => void): void {
  const { predictions, shape, targets, mask } = batch;
  const width = shape.length === 1 ? 1 : shape.at(-1)!;
  const rows = width === 0 ? 0 : predictions.length / width;
  const perRow = targetWidth(name, wanted, rows, width, targets);
  const real = mask?.real.length === rows ? mask.real : undefined;
  for (let row = 0; row < rows; row++) {
    if (real && real[row] === 0) continue;
    visit({ predictions, targets: targets.data, start: row * width, targetStart: row * perRow, width });
  }
}

/** The mean of a number for each row. */
export function meanOf(wanted: TargetsPerRow, numberOf: (row: Row) => number, finish = (mean: number) => mean) {
  return (name: string): RunningMetric => {
    let sum = 0;
    let count = 0;
    return {
      add: (batch) =>
        eachRow(name, batch, wanted, (row) => {
          sum += numberOf(row);
          count += 1;
        }),
      result: () => (count === 0 ? 0 : finish(sum / count)),
    };
  };
}

/** The mean of a number for each prediction. */
export function elementMean(
  numberOf: (prediction: number, target: number) => number,
  finish?: (mean: number) => number,
) {
  return meanOf(
    "all",
    ({ predictions, targets, start, targetStart, width }) => {
      let sum = 0;
      for (let at = 0; at < width; at++) sum += numberOf(predictions[start + at]!, targets[targetStart + at]!);
      return sum / width;
    },
    finish,
  );
}

/** Probabilities and sizes nearer to 0 count as this one, as in Keras. */
export const least = 1e-7;

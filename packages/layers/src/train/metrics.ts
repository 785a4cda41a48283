/** Keras's metrics by name, summed up batch by batch in float64; masked steps do not count. */
import { OptionError, scalar } from "@cellstate/tensor";
import type { NumberArray } from "../data/arrays.ts";
import { findByName } from "../names.ts";
import { areaUnderCurve, confusion, fScore, mostWhere, precisionOf, recallOf } from "./counted-metrics.ts";
import { errorMetrics } from "./error-metrics.ts";
import {
  elementMean,
  least,
  type MetricEntry,
  type MetricOptions,
  meanOf,
  type Row,
  type RunningMetric,
  ratio,
  type Scored,
} from "./metric-rows.ts";
import { concordanceCorrelation, pearsonCorrelation, r2Score } from "./regression-metrics.ts";

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

const HALF = 0.5;
const clipped = (share: number) => Math.min(Math.max(share, least), 1 - least);
const categoryOf = ({ targets, targetStart, width }: Row) => argMax(targets, targetStart, width);

const binaryAccuracy = (threshold: number) =>
  elementMean((prediction, target) => Number(Number(prediction > threshold) === target));
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
  if (width === 1) return binaryAccuracy(HALF);
  return targets.data.length === predictions.length / width ? sparseCategoricalAccuracy : categoricalAccuracy;
}

const topClasses = (wanted: "one" | "all", classOf: (row: Row) => number): MetricEntry => ({
  optionNames: ["k"],
  start: (name, { k = 5 }) => meanOf(wanted, (row) => Number(isAmongTop(k, row, classOf(row))))(name),
});

/** Those without options stand as what starts them. */
const metricEntries = {
  accuracy,
  binaryAccuracy: {
    optionNames: ["threshold"],
    start: (name, { threshold = HALF }) => binaryAccuracy(threshold)(name),
  },
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  topKCategoricalAccuracy: topClasses("all", categoryOf),
  sparseTopKCategoricalAccuracy: topClasses("one", (row) => row.targets[row.targetStart]!),
  precision: confusion(precisionOf),
  recall: confusion(recallOf),
  truePositives: confusion(({ truePositives }) => truePositives),
  trueNegatives: confusion(({ trueNegatives }) => trueNegatives),
  falsePositives: confusion(({ falsePositives }) => falsePositives),
  falseNegatives: confusion(({ falseNegatives }) => falseNegatives),
  f1Score: { optionNames: ["threshold", "average"], start: fScore },
  fBetaScore: { optionNames: ["beta", "threshold", "average"], start: fScore },
  auc: areaUnderCurve,
  precisionAtRecall: mostWhere(
    "recall",
    ({ recall }) => recall,
    ({ precision }) => precision,
  ),
  recallAtPrecision: mostWhere(
    "precision",
    ({ precision }) => precision,
    ({ recall }) => recall,
  ),
  sensitivityAtSpecificity: mostWhere(
    "specificity",
    ({ specificity }) => specificity,
    ({ recall }) => recall,
  ),
  specificityAtSensitivity: mostWhere(
    "sensitivity",
    ({ recall }) => recall,
    ({ specificity }) => specificity,
  ),
  ...errorMetrics,
  r2Score,
  pearsonCorrelation,
  concordanceCorrelation,
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
} satisfies Readonly<Record<string, MetricEntry | MetricEntry["start"]>>;

const aliases: Readonly<Record<string, keyof typeof metricEntries>> = {
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
  F1Score: "f1Score",
  f1: "f1Score",
  R2Score: "r2Score",
  r2: "r2Score",
  binaryCrossEntropy: "binaryCrossentropy",
  categoricalCrossEntropy: "categoricalCrossentropy",
};

/** A metric of one's own: one number for each batch, whose mean over examples is reported. */
export interface OwnMetric {
  readonly name: string;
  /** @param predictions `[batch, ...]`  @param targets as they were given */
  compute(predictions: NumberArray, targets: NumberArray): number;
}

/** A metric by name, by name with options, or of one's own. */
export type MetricOption =
  | keyof typeof metricEntries
  | (string & {})
  | ({ readonly kind: string } & MetricOptions)
  | OwnMetric;

/** @throws {OptionError} if there is no such metric, naming the nearest, or it has no such option */
export function startMetric(option: MetricOption): RunningMetric {
  if (typeof option === "object" && "compute" in option) return ownMetric(option);
  const { kind, name: given, ...options } = typeof option === "string" ? { kind: option, name: option } : option;
  const found = findByName<MetricEntry | MetricEntry["start"]>("compile", "metrics", metricEntries, kind, aliases);
  const { optionNames, required, start }: MetricEntry =
    typeof found === "function" ? { optionNames: [], start: found } : found;
  const unknown = Object.keys(options).find((name) => !(optionNames as readonly string[]).includes(name));
  if (unknown !== undefined) {
    const known = optionNames.join(", ") || "none";
    throw new OptionError("compile", `options of the metric ${kind}`, `among ${known}`, unknown);
  }
  if (required !== undefined && options[required as keyof typeof options] === undefined) {
    const example = `{ kind: "${kind}", ${required}: 0.9 }`;
    throw new OptionError("compile", `the metric ${kind}`, `with ${required}, as in ${example}`, "none");
  }
  for (const [name, value] of Object.entries(options)) requireOption(kind, name as keyof MetricOptions, value);
  return start(given ?? kind, options);
}

const shares = new Set<keyof MetricOptions>(["precision", "recall", "sensitivity", "specificity"]);

/** @throws {OptionError} if the value of an option lies outside its range */
function requireOption(kind: string, name: keyof MetricOptions, value: unknown): void {
  const refuse = (expected: string) => new OptionError("compile", `${name} of the metric ${kind}`, expected, value);
  const isOneOf = (values: readonly string[]) => values.includes(value as string);
  if (name === "average") {
    if (!isOneOf(["macro", "weighted", "micro"])) throw refuse("macro, weighted or micro");
  } else if (name === "curve") {
    if (!isOneOf(["ROC", "PR"])) throw refuse("ROC or PR");
  } else if (typeof value !== "number" || Number.isNaN(value)) throw refuse("a number");
  else if (name === "k" && !(Number.isInteger(value) && value >= 1)) throw refuse("an integer >= 1");
  else if (name === "numThresholds" && !(Number.isInteger(value) && value >= 3)) throw refuse("an integer >= 3");
  else if ((name === "delta" || name === "beta") && !(value > 0)) throw refuse("above 0");
  else if (shares.has(name) && !(value >= 0 && value <= 1)) throw refuse("in [0, 1]");
}

function ownMetric({ compute }: OwnMetric): RunningMetric {
  let sum = 0;
  let count = 0;
  return {
    add({ predictions, shape, targets }) {
      const examples = shape[0] ?? 1;
      sum += examples * compute({ data: Float32Array.from(predictions), shape }, targets);
      count += examples;
    },
    result: () => ratio(sum, count),
  };
}

/** The name that a metric is reported under: as it was asked for. */
export function metricName(option: MetricOption): string {
  if (typeof option === "string") return option;
  return option.name ?? (option as { readonly kind: string }).kind;
}

/** @internal Names of all metrics. */
export const metricNames: readonly string[] = Object.keys(metricEntries);

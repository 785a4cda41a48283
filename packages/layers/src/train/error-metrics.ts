/** Keras's metrics that are means of an error, of a divergence or of a margin, by name. */
import { scalar } from "@cellstate/tensor";
import { asSides } from "./losses.ts";
import { elementMean, least, type MetricEntry, meanOf, type Row, type RunningMetric } from "./metric-rows.ts";

const logOfMore = (value: number) => scalar.log(Math.max(value, least) + 1);
const share = (value: number) => Math.min(Math.max(value, least), 1);
const shortfall = (prediction: number, side: number) => Math.max(0, 1 - side * prediction);

/** The metric over labels that are -1 and 1 where they are given as 0 and 1. */
function onSides(metric: (name: string) => RunningMetric): (name: string) => RunningMetric {
  return (name) => {
    const running = metric(name);
    return {
      add: (batch) =>
        running.add({ ...batch, targets: { ...batch.targets, data: Float32Array.from(asSides(batch.targets.data)) } }),
      result: () => running.result(),
    };
  };
}

/** The sum over a row's predictions. */
function rowSum(
  { predictions, targets, start, targetStart, width }: Row,
  term: (p: number, t: number) => number,
): number {
  let sum = 0;
  for (let at = 0; at < width; at++) sum += term(predictions[start + at]!, targets[targetStart + at]!);
  return sum;
}

/** By how much a wrong class comes near the right one (Crammer & Singer 2001, as Keras has it). */
function classShortfall(row: Row): number {
  let wrong = Number.NEGATIVE_INFINITY;
  const right = rowSum(row, (prediction, target) => {
    wrong = Math.max(wrong, (1 - target) * prediction);
    return target * prediction;
  });
  return Math.max(0, wrong - right + 1);
}

/** Least squared length that is reckoned with, as in Keras. */
const LEAST_SQUARE = 1e-12;

function cosine(row: Row): number {
  let [given, wanted] = [0, 0];
  const product = rowSum(row, (prediction, target) => {
    given += prediction * prediction;
    wanted += target * target;
    return prediction * target;
  });
  return product / Math.sqrt(Math.max(given, LEAST_SQUARE) * Math.max(wanted, LEAST_SQUARE));
}

const huberOf = (delta: number) =>
  elementMean((prediction, target) => {
    const error = Math.abs(prediction - target);
    return error <= delta ? (error * error) / 2 : delta * error - (delta * delta) / 2;
  });

export const errorMetrics = {
  meanSquaredError: elementMean((prediction, target) => (prediction - target) ** 2),
  rootMeanSquaredError: elementMean((prediction, target) => (prediction - target) ** 2, Math.sqrt),
  meanAbsoluteError: elementMean((prediction, target) => Math.abs(prediction - target)),
  meanAbsolutePercentageError: elementMean(
    (prediction, target) => (100 * Math.abs(prediction - target)) / Math.max(Math.abs(target), least),
  ),
  meanSquaredLogarithmicError: elementMean((prediction, target) => (logOfMore(prediction) - logOfMore(target)) ** 2),
  logCosh: elementMean((prediction, target) => {
    const error = Math.abs(prediction - target);
    return error + scalar.log(1 + scalar.exp(-2 * error)) - Math.LN2;
  }),
  huber: { optionNames: ["delta"], start: (name, { delta = 1 }) => huberOf(delta)(name) },
  poisson: elementMean((prediction, target) => prediction - target * scalar.log(prediction + least)),
  klDivergence: meanOf("all", (row) =>
    rowSum(row, (prediction, target) => share(target) * scalar.log(share(target) / share(prediction))),
  ),
  hinge: onSides(elementMean(shortfall)),
  squaredHinge: onSides(elementMean((prediction, side) => shortfall(prediction, side) ** 2)),
  categoricalHinge: meanOf("all", classShortfall),
  cosineSimilarity: meanOf("all", cosine),
} satisfies Readonly<Record<string, MetricEntry | MetricEntry["start"]>>;

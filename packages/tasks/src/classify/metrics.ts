/** The scores of a classifier. */
import { type Confusion, classificationMetrics, confusionMatrix, meanLoss } from "@cellstate/training";
import type { Scores } from "../task.ts";
import type { ClassifyConfig } from "./config.ts";
import type { TextExample } from "./data.ts";
import type { LabelPrediction } from "./predict.ts";

type ClassifierMetric = (typeof classificationMetrics)[number];

/**
 * What a classifier is scored by, besides its loss: what the config reports, and what it selects by.
 *
 * @param own  metrics besides those that come along. Default: none
 */
export function metricsOf(
  { report, select }: ClassifyConfig["metrics"],
  own: readonly ClassifierMetric[] = [],
): readonly ClassifierMetric[] {
  return [...classificationMetrics, ...own].filter(({ info: { name } }) => report.includes(name) || name === select);
}

/**
 * `loss` (mean of -log p(true label) in nats, without smoothing or class weights) and the scores of the confusion matrix.
 *
 * @throws {RangeError} unless every example has a label and a prediction, and there is at least one
 */
export function scoreLabels(
  predictions: readonly LabelPrediction[],
  examples: readonly TextExample[],
  numClasses: number,
  metrics: readonly ClassifierMetric[],
): Scores {
  const targets = targetsOf(predictions, examples);
  const confusion = confusionOf(predictions, targets, numClasses);
  const losses = targets.map((target, index) => -predictions[index]!.logProbs[target]!);
  return {
    loss: meanLoss(losses),
    ...Object.fromEntries(metrics.map((metric) => [metric.info.name, metric(confusion)])),
  };
}

/** How often each class was taken for each other one. */
export function confusionOf(
  predictions: readonly LabelPrediction[],
  targets: readonly number[],
  numClasses: number,
): Confusion {
  return confusionMatrix(
    targets,
    predictions.map(({ label }) => label),
    numClasses,
  );
}

/** The class numbers of examples that must have one. @throws {RangeError} otherwise */
export function targetsOf(
  predictions: readonly LabelPrediction[],
  examples: readonly TextExample[],
): readonly number[] {
  if (examples.length === 0 || predictions.length !== examples.length) {
    throw new RangeError(
      `metrics: expected a prediction for each of at least one example, got ${predictions.length} for ${examples.length}`,
    );
  }
  return examples.map(({ index, label }) => {
    if (label === undefined) throw new RangeError(`metrics: expected examples with labels, example ${index} has none`);
    return label;
  });
}

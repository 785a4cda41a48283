/** The scores of a classifier. */
import { accuracy, confusionMatrix, macroF1 } from "@cellstate/training";
import type { Metrics } from "../task.ts";
import type { TextExample } from "./data.ts";
import type { LabelPrediction } from "./predict.ts";

/**
 * `loss` (mean of -log p(true label) in nats, without smoothing or class weights), `accuracy`, `macroF1`, and `confusion`,
 * whose rows are true labels and whose columns are predicted ones.
 *
 * @throws {RangeError} unless every example has a label and a prediction, and there is at least one
 */
export function classifierMetrics(
  predictions: readonly LabelPrediction[],
  examples: readonly TextExample[],
  numClasses: number,
): Metrics {
  if (examples.length === 0 || predictions.length !== examples.length) {
    throw new RangeError(
      `metrics: expected a prediction for each of at least one example, got ${predictions.length} for ${examples.length}`,
    );
  }
  const targets = examples.map(({ index, label }) => {
    if (label === undefined) throw new RangeError(`metrics: expected examples with labels, example ${index} has none`);
    return label;
  });
  const confusion = confusionMatrix(
    targets,
    predictions.map(({ label }) => label),
    numClasses,
  );
  const lossSum = targets.reduce((sum, target, index) => sum - predictions[index]!.logProbs[target]!, 0);
  return {
    loss: lossSum / targets.length,
    accuracy: accuracy(confusion),
    macroF1: macroF1(confusion),
    confusion,
  };
}

/** Outputs that say which of several classes a text has. */
import type { DataRecord } from "@cellstate/data";
import { scalar } from "@cellstate/tensor";
import { meanLoss } from "@cellstate/training";
import { type ClassifierFields, classifierFields, labelNumbers } from "../../classify/data.ts";
import { detailLabels } from "../../classify/details.ts";
import { metricsOf, scoreLabels } from "../../classify/metrics.ts";
import { type LabelPrediction, predictionOf } from "../../classify/predict.ts";
import { labelLine } from "../../classify/prediction-line.ts";
import { reportLabels } from "../../classify/report.ts";
import type { ImportedConfig, ImportedOutputConfig } from "../config.ts";
import type { Answers, Outputs } from "./answers.ts";

const OF_MODEL = ["is none of the model's, which are", "mend it, or import the model with these --labels"] as const;

type ClassOutputs = Extract<ImportedOutputConfig, { kind: "classes" }>;

export function classAnswers({ labels, scores }: ClassOutputs, config: ImportedConfig["metrics"]): Answers {
  const metrics = metricsOf(config);
  const numberOf = labelNumbers(labels, OF_MODEL);
  const predictionsOf = (outputs: readonly Outputs[]) => outputs.map((values) => labelPrediction(values, scores));
  return {
    fields: classifierFields,
    metrics: [meanLoss, ...metrics].map(({ info }) => info),
    loss: meanLoss.info,
    select: config.select,
    targetsOf: (record) => ({ label: numberOf(record as DataRecord<ClassifierFields>) }),
    line: (outputs, example) => labelLine(labelPrediction(outputs, scores), example, labels),
    score: (outputs, examples) => scoreLabels(predictionsOf(outputs), examples, labels.length, metrics),
    details: (outputs, examples) => detailLabels(predictionsOf(outputs), examples, labels),
    report: (outputs, examples, split) => reportLabels(predictionsOf(outputs), examples, labels, split),
  };
}

/** As small as Keras's cross-entropy takes a probability to be: a float32 can be 0, whose logarithm is not finite. */
const LEAST = 1e-7;

/**
 * One output stands for the second of two labels.
 *
 * Probabilities stay as the network gives them: those of several sigmoids need not sum to 1.
 */
function labelPrediction(values: Outputs, scores: ClassOutputs["scores"]): LabelPrediction {
  const [only] = values as [number];
  if (scores === "logits") return predictionOf(values.length === 1 ? [0, only] : values);
  const probs = values.length === 1 ? [1 - only, only] : values;
  return { label: probs.indexOf(Math.max(...probs)), logProbs: probs.map((prob) => scalar.log(Math.max(prob, LEAST))) };
}

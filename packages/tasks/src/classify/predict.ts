/** From texts to probabilities of labels. */
import { evaluationStep } from "@cellstate/lstm-core";
import { scalar } from "@cellstate/tensor";
import { collateTexts, type TextExample } from "./data.ts";
import type { TextClassifier } from "./model.ts";

/** A classifier's answer for one text. */
export interface LabelPrediction {
  /** The likeliest class; among equals the first. */
  readonly label: number;
  /** Natural logarithm of each class's probability. */
  readonly logProbs: readonly number[];
  /** What each part of the model says alone, where it is joined of two. */
  readonly parts?: LabelParts | undefined;
}

/** The answers of the parts of a joined model. */
interface LabelParts {
  readonly linear: LabelPrediction;
  readonly network: LabelPrediction;
}

/** The answers to a batch. */
export async function predictLabels(
  model: TextClassifier,
  examples: readonly TextExample[],
): Promise<LabelPrediction[]> {
  const logits = model.forward(collateTexts(examples, model.padId).ids, evaluationStep); // [batch, numClasses]
  const values = await logits.read();
  const classes = logits.shape[1]!;
  return examples.map((_, row) => predictionOf([...values.subarray(row * classes, (row + 1) * classes)]));
}

/** The likeliest class and all log probabilities (float64) from scores that may lack a common constant. */
export function predictionOf(scores: readonly number[]): LabelPrediction {
  return { label: scores.indexOf(Math.max(...scores)), logProbs: scalar.logSoftmax(scores) };
}

/** The probabilities of a prediction (float64). */
export function probabilitiesOf({ logProbs }: LabelPrediction): number[] {
  return logProbs.map(scalar.exp);
}

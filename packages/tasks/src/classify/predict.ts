/** From texts to probabilities of labels. */
import { evaluationStep } from "@cellstate/lstm-core";
import { type Session, scalar } from "@cellstate/tensor";
import { inLengthOrder } from "../in-length-order.ts";
import { collateTexts, type TextExample } from "./data.ts";
import type { TextClassifier } from "./model.ts";

/** Texts computed together; the answers do not depend on it. */
const BATCH_SIZE = 64;

/** A classifier's answer for one text. */
export interface LabelPrediction {
  /** The likeliest class; among equals the first. */
  readonly label: number;
  /** Natural logarithm of each class's probability. */
  readonly logProbs: readonly number[];
}

export async function predictLabels(
  model: TextClassifier,
  examples: readonly TextExample[],
  session: Session,
): Promise<LabelPrediction[]> {
  const lengths = examples.map(({ ids }) => ids.length);
  return inLengthOrder(lengths, BATCH_SIZE, async (indices) => {
    using _ = session.noGrad();
    using _scope = session.scope();
    const batch = indices.map((index) => examples[index]!);
    const logits = model.forward(collateTexts(batch, model.padId).ids, evaluationStep);
    const values = await logits.read();
    const classes = logits.shape[1]!;
    return indices.map((_index, row) => predictionOf([...values.subarray(row * classes, (row + 1) * classes)]));
  });
}

/** The likeliest class and all log probabilities from scores that may lack a common constant. */
export function predictionOf(scores: readonly number[]): LabelPrediction {
  const highest = Math.max(...scores);
  const logSum = highest + scalar.log(scores.reduce((sum, score) => sum + scalar.exp(score - highest), 0));
  return { label: scores.indexOf(highest), logProbs: scores.map((score) => score - logSum) };
}

/** The probabilities of a prediction. */
export function probabilitiesOf({ logProbs }: LabelPrediction): number[] {
  return logProbs.map((logProb) => scalar.exp(logProb));
}

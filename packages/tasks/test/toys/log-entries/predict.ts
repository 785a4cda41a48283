/** How unlikely the model finds texts, each by itself and from a state of zeros. */
import { evaluationStep } from "@cellstate/lstm-core";
import { gather, logSoftmax } from "@cellstate/tensor";
import { collateTexts, type TextExample } from "./data.ts";
import type { LanguageModel } from "./model.ts";

/** The loss of one text. */
export interface TextLoss {
  /** Mean over its characters and the boundary that ends it, nats. */
  readonly mean: number;
  /** What the mean runs over, at least 1. */
  readonly count: number;
}

/** The losses of a batch. */
export async function lossesOf(model: LanguageModel, examples: readonly TextExample[]): Promise<TextLoss[]> {
  const batch = collateTexts(examples);
  const { rows, steps, lengths } = batch;
  const { logits } = model.forward(batch, evaluationStep);
  const ids = batch.next.map((id) => Math.max(id, 0)); // any id will do on padding
  const next = model.session.tensor(ids, [rows, steps, 1], { dtype: "int32" });
  const logProbs = await gather(logSoftmax(logits), 2, next).read(); // [rows, steps, 1]
  return examples.map((_, row) => lossOf([...logProbs.subarray(row * steps, row * steps + lengths[row]!)]));
}

/** @param logProbs  of what comes next at each step, at least one */
export function lossOf(logProbs: readonly number[]): TextLoss {
  return { mean: -logProbs.reduce((sum, logProb) => sum + logProb, 0) / logProbs.length, count: logProbs.length };
}

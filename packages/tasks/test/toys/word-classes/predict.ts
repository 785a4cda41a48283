/** From sentences to the tags of their tokens. */
import { evaluationStep } from "@cellstate/lstm-core";
import { logSoftmax } from "@cellstate/tensor";
import { collateSentences, type TaggedExample } from "./data.ts";
import type { Tagger } from "./model.ts";

/** The answer for one token. */
export interface TokenPrediction {
  /** The likeliest tag; among equals the first. */
  readonly tag: number;
  /** Natural logarithm of each tag's probability. */
  readonly logProbs: readonly number[];
}

/** The answer for one sentence, token by token. */
export type TagPrediction = readonly TokenPrediction[];

/** The answers to a batch. */
export async function predictTags(model: Tagger, examples: readonly TaggedExample[]): Promise<TagPrediction[]> {
  const { ids } = collateSentences(examples);
  const logProbs = logSoftmax(model.forward(ids, evaluationStep)); // [batch, time, tags]
  const values = await logProbs.read();
  const numTags = logProbs.shape[2]!;
  return examples.map(({ tokens }, row) =>
    tokens.map((_, time) => {
      const start = (row * ids.seqLen + time) * numTags;
      return likeliest([...values.subarray(start, start + numTags)]);
    }),
  );
}

/** @param logProbs  at least one */
export function likeliest(logProbs: readonly number[]): TokenPrediction {
  return { tag: logProbs.indexOf(Math.max(...logProbs)), logProbs };
}

/**
 * Occlusion (Zeiler and Fergus 2014; for words Li et al. 2016, arXiv:1612.08220): a word counts as much as the answer's log-probability falls
 * when the text is read without it.
 */
import { evaluationStep, padIds } from "@cellstate/lstm-core";
import type { Session } from "@cellstate/tensor";
import { breather } from "../../prediction.ts";
import type { TextClassifier } from "../model.ts";
import { predictionOf } from "../predict.ts";
import type { TokenWord } from "./words.ts";

/** Texts without a word that are read together; the scores do not depend on it. */
const ROWS = 64;

export interface OcclusionInput {
  readonly ids: readonly number[];
  readonly words: readonly TokenWord[];
  /** The class of the answer, and its log-probability. */
  readonly label: number;
  readonly logProb: number;
  /** What stands in for each token of the word; undefined: nothing does. */
  readonly unkId: number | undefined;
}

/** `[words]`: the log-probability of the text's class less that without the word, in nats (float64). */
export async function occlude(
  session: Session,
  model: TextClassifier,
  { ids, words, label, logProb, unkId }: OcclusionInput,
): Promise<number[]> {
  const scores: number[] = [];
  const breathe = breather();
  for (let from = 0; from < words.length; from += ROWS) {
    await breathe();
    using _ = session.noGrad();
    using _scope = session.scope();
    const rows = words
      .slice(from, from + ROWS)
      .map(({ first, last }) => [
        ...ids.slice(0, first),
        ...(unkId === undefined ? [] : new Array<number>(last - first).fill(unkId)),
        ...ids.slice(last),
      ]);
    const logits = model.forward(padIds(rows, model.padId), evaluationStep); // [rows, numClasses]
    const values = await logits.read();
    const classes = logits.shape[1]!;
    for (const row of rows.keys()) {
      const { logProbs } = predictionOf([...values.subarray(row * classes, (row + 1) * classes)]);
      scores.push(logProb - logProbs[label]!);
    }
  }
  return scores;
}

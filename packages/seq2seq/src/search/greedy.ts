/** Greedy search: the likeliest token at each step; sentences leave the batch as they end. */
import type { PaddedIds } from "@cellstate/lstm-core";
import type { Seq2Seq } from "../seq2seq.ts";
import { complete, emptyHypothesis, extend, type Hypothesis, type LiveHypothesis } from "./hypothesis.ts";
import { ModelScorer } from "./model-scorer.ts";
import { requireCount } from "./options.ts";
import type { Scorer } from "./scorer.ts";

export interface GreedyOptions {
  /** Most tokens of a hypothesis, the end counted: an integer >= 1. */
  readonly maxDecodeLen: number;
}

/**
 * Decodes each row of the source by itself, whatever else is in the batch; one search at a time runs on a session.
 *
 * @returns one hypothesis per row; its score is its log probability
 * @throws {SearchError} if an option lies outside its range
 * @throws {SequenceError} if the source does not fit together or the vocabulary
 */
export async function greedySearch(model: Seq2Seq, source: PaddedIds, options: GreedyOptions): Promise<Hypothesis[]> {
  requireCount("greedySearch", "maxDecodeLen", options.maxDecodeLen);
  if (source.batchSize === 0) return [];
  using scorer = new ModelScorer(model, source);
  return await runGreedy(scorer, options);
}

/** @internal Greedy search on anything that scores next tokens. */
export async function runGreedy<State>(scorer: Scorer<State>, { maxDecodeLen }: GreedyOptions): Promise<Hypothesis[]> {
  const results: Hypothesis[] = [];
  let live = Array.from({ length: scorer.sentences }, (_, sentence) => emptyHypothesis(sentence));
  let state = scorer.start();
  for (let length = 1; live.length > 0; length++) {
    const lastIds = Int32Array.from(live, (hypothesis) => hypothesis.last?.id ?? scorer.bosId);
    const sentences = Int32Array.from(live, (hypothesis) => hypothesis.sentence);
    const next = await scorer.next(state, lastIds, sentences, 1);
    const growing: LiveHypothesis[] = [];
    const rows: number[] = [];
    live.forEach((parent, row) => {
      const child = extend(parent, next.ids[row]!, next.logProbs[row]!, next.attentionWeights[row]!);
      const finished = next.ids[row] === scorer.eosId;
      if (finished || length === maxDecodeLen) results[child.sentence] = complete(child, finished, 1);
      else {
        growing.push(child);
        rows.push(row);
      }
    });
    live = growing;
    state = scorer.pick(next.state, Int32Array.from(rows));
  }
  return results;
}

/** Greedy search: the likeliest token at each step; sentences leave the batch as they end. */
import type { PaddedIds } from "@cellstate/lstm-core";
import type { Seq2Seq } from "../seq2seq.ts";
import type { FloatArray, Hypothesis } from "./hypothesis.ts";
import { ModelScorer } from "./model-scorer.ts";
import { requireCount } from "./options.ts";
import type { GreedyScorer } from "./scorer.ts";

export interface GreedyOptions {
  /** Most tokens of a hypothesis, the end counted: an integer >= 1. */
  readonly maxDecodeLen: number;
}

/** A sentence's hypothesis as it grows. */
interface Growing {
  readonly ids: number[];
  readonly attentionWeights: FloatArray[];
  logProb: number;
  finished: boolean;
}

/** Tokens that are chosen before their log probabilities are asked for: a product with so many rows costs each of them little. */
const SCORED_AT_ONCE = 24;

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

/** @internal Greedy search on anything that chooses next tokens. */
export async function runGreedy<State>(
  scorer: GreedyScorer<State>,
  { maxDecodeLen }: GreedyOptions,
): Promise<Hypothesis[]> {
  const found: Growing[] = Array.from({ length: scorer.sentences }, () => ({
    ids: [],
    attentionWeights: [],
    logProb: 0,
    finished: false,
  }));
  /** Those whose last tokens have no log probability yet, in the order of these tokens. */
  let unscored: Growing[] = [];
  let live = found;
  let lastIds = new Int32Array(found.length).fill(scorer.bosId);
  let sentences = Int32Array.from(found.keys());
  let state = scorer.start();
  for (let length = 1; live.length > 0; length++) {
    const chosen = await scorer.choose(state, lastIds, sentences);
    for (const [row, hypothesis] of live.entries()) {
      hypothesis.attentionWeights.push(chosen.attentionWeights[row]!);
      hypothesis.finished = chosen.ids[row] === scorer.eosId;
      if (!hypothesis.finished) hypothesis.ids.push(chosen.ids[row]!);
    }
    unscored.push(...live);
    const rows = Int32Array.from(live.keys()).filter((row) => length < maxDecodeLen && !live[row]!.finished);
    if (rows.length === 0 || unscored.length >= SCORED_AT_ONCE) {
      const logProbs = scorer.logProbs();
      for (const [place, hypothesis] of unscored.entries()) hypothesis.logProb += logProbs[place]!;
      unscored = [];
    }
    live = Array.from(rows, (row) => live[row]!);
    lastIds = rows.map((row) => chosen.ids[row]!);
    sentences = rows.map((row) => sentences[row]!);
    state = scorer.pick(chosen.state, rows);
  }
  return found.map((hypothesis) => ({ ...hypothesis, score: hypothesis.logProb }));
}

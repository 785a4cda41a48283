/** Batched beam search with length penalty and n-best results (Wu et al. 2016, arXiv:1609.08144, section 7). */

import type { PaddedIds } from "@cellstate/lstm-core";
import { type OptionNames, requireKnownOptions } from "@cellstate/tensor";
import { SearchError } from "../errors.ts";
import type { Seq2Seq } from "../seq2seq.ts";
import { complete, emptyHypothesis, extend, type Hypothesis, type LiveHypothesis } from "./hypothesis.ts";
import { lengthPenalty } from "./length-penalty.ts";
import { ModelScorer } from "./model-scorer.ts";
import { requireCount } from "./options.ts";
import type { NextTokens, Scorer } from "./scorer.ts";

export interface SearchOptions {
  /** Hypotheses kept per sentence, an integer >= 1; 1 is greedy search. */
  readonly beamSize: number;
  /** Exponent alpha >= 0 of the length penalty; 0 leaves scores unscaled. */
  readonly lengthPenalty: number;
  /** Most tokens of a hypothesis, the end counted: an integer >= 1. */
  readonly maxDecodeLen: number;
  /** Hypotheses returned per sentence, in `[1, beamSize]`. Default 1. */
  readonly nBest?: number;
}

const optionNames: OptionNames<SearchOptions> = {
  beamSize: true,
  lengthPenalty: true,
  maxDecodeLen: true,
  nBest: true,
};

/** @internal One token more on one live hypothesis. */
export interface Candidate {
  /** Row of the hypothesis that it extends. */
  readonly row: number;
  /** Place of the token in that row's list. */
  readonly place: number;
  readonly id: number;
  readonly logProb: number;
}

/** @internal A sentence's candidates that go on, and those that end here. */
export interface RankedCandidates {
  readonly growing: readonly Candidate[];
  readonly ended: readonly Candidate[];
}

/**
 * Decodes each row of the source by itself, whatever else is in the batch; one search at a time runs on a session.
 *
 * A sentence is done when `beamSize` of its hypotheses have ended. Hypotheses that are cut at `maxDecodeLen` come after
 * all that ended.
 *
 * @returns per row, at most `nBest` hypotheses, best first
 * @throws {OptionError} if an option is unknown
 * @throws {SearchError} if an option lies outside its range
 * @throws {SequenceError} if the source does not fit together or the vocabulary
 */
export async function beamSearch(model: Seq2Seq, source: PaddedIds, options: SearchOptions): Promise<Hypothesis[][]> {
  checkOptions(options);
  if (source.batchSize === 0) return [];
  using scorer = new ModelScorer(model, source);
  return await runBeam(scorer, options);
}

/** @internal Beam search on anything that scores next tokens. */
export async function runBeam<State>(scorer: Scorer<State>, options: SearchOptions): Promise<Hypothesis[][]> {
  checkOptions(options);
  const retired: Hypothesis[][] = Array.from({ length: scorer.sentences }, () => []);
  let live = retired.map((_, sentence) => emptyHypothesis(sentence));
  let state = scorer.start();
  for (let length = 1; live.length > 0; length++) {
    const lastIds = Int32Array.from(live, (hypothesis) => hypothesis.last?.id ?? scorer.bosId);
    const sentences = Int32Array.from(live, (hypothesis) => hypothesis.sentence);
    // Of the best beamSize that go on, one row can hold all; the end may stand before them.
    const next = await scorer.next(state, lastIds, sentences, options.beamSize + 1);
    const growing: LiveHypothesis[] = [];
    const rows: number[] = [];
    for (const candidates of expandHypotheses(live, next)) {
      const ranked = rankHypotheses(candidates, options.beamSize, scorer.eosId);
      for (const candidate of retireFinished(ranked, live, next, length, retired, options)) {
        growing.push(grow(candidate, live, next));
        rows.push(candidate.row);
      }
    }
    live = growing;
    state = scorer.pick(next.state, Int32Array.from(rows));
  }
  return retired.map((hypotheses) => bestFirst(hypotheses).slice(0, options.nBest ?? 1));
}

/** @internal All listed tokens after all live hypotheses, one list for each live sentence, in the order of rows. */
export function expandHypotheses(
  live: readonly LiveHypothesis[],
  next: Pick<NextTokens<unknown>, "width" | "ids" | "logProbs">,
): Candidate[][] {
  const bySentence = new Map<number, Candidate[]>();
  live.forEach((parent, row) => {
    let candidates = bySentence.get(parent.sentence);
    if (candidates === undefined) {
      candidates = [];
      bySentence.set(parent.sentence, candidates);
    }
    for (let place = 0; place < next.width; place++) {
      const index = row * next.width + place;
      candidates.push({ row, place, id: next.ids[index]!, logProb: parent.logProb + next.logProbs[index]! });
    }
  });
  return [...bySentence.values()];
}

/**
 * @internal The `beamSize` likeliest candidates that go on, and the ends that stand among the `beamSize` likeliest of all. Among
 * equals the earlier row comes first, then the earlier place.
 */
export function rankHypotheses(candidates: readonly Candidate[], beamSize: number, eosId: number): RankedCandidates {
  const ranked = [...candidates].sort((a, b) => b.logProb - a.logProb || a.row - b.row || a.place - b.place);
  return {
    ended: ranked.slice(0, beamSize).filter((candidate) => candidate.id === eosId),
    growing: ranked.filter((candidate) => candidate.id !== eosId).slice(0, beamSize),
  };
}

/** Moves a sentence's ended hypotheses (at the last step: all) to `retired` and returns the candidates that still grow. */
function retireFinished(
  ranked: RankedCandidates,
  live: readonly LiveHypothesis[],
  next: NextTokens<unknown>,
  length: number,
  retired: readonly Hypothesis[][],
  options: SearchOptions,
): readonly Candidate[] {
  const penalty = lengthPenalty(length, options.lengthPenalty);
  const first = ranked.growing[0] ?? ranked.ended[0];
  const done = first === undefined ? [] : retired[live[first.row]!.sentence]!;
  for (const candidate of ranked.ended) {
    if (done.length < options.beamSize) done.push(complete(grow(candidate, live, next), true, penalty));
  }
  if (done.length >= options.beamSize) return [];
  if (length < options.maxDecodeLen) return ranked.growing;
  for (const candidate of ranked.growing) done.push(complete(grow(candidate, live, next), false, penalty));
  return [];
}

function grow(candidate: Candidate, live: readonly LiveHypothesis[], next: NextTokens<unknown>): LiveHypothesis {
  const { row, place, id } = candidate;
  return extend(live[row]!, id, next.logProbs[row * next.width + place]!, next.attentionWeights[row]!);
}

/** Ended ones before those that were cut, then by score; equals stay in the order in which they were found. */
function bestFirst(hypotheses: readonly Hypothesis[]): Hypothesis[] {
  return [...hypotheses].sort((a, b) => Number(b.finished) - Number(a.finished) || b.score - a.score);
}

function checkOptions(options: SearchOptions): void {
  requireKnownOptions("beamSearch", options, optionNames);
  const { beamSize, lengthPenalty: alpha, maxDecodeLen, nBest = 1 } = options;
  requireCount("beamSearch", "beamSize", beamSize);
  requireCount("beamSearch", "maxDecodeLen", maxDecodeLen);
  requireCount("beamSearch", "nBest", nBest);
  if (nBest > beamSize) throw new SearchError("beamSearch", "nBest", `at most beamSize ${beamSize}`, nBest);
  if (!(alpha >= 0 && alpha < Number.POSITIVE_INFINITY)) {
    throw new SearchError("beamSearch", "lengthPenalty", "a number >= 0", alpha);
  }
}

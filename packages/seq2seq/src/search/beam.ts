/**
 * Batched beam search with length penalty and n-best results (Wu et al. 2016, arXiv:1609.08144, section 7), which ends where nothing
 * that still grows can become one of the results (Huang, Zhao & Ma 2017, arXiv:1809.00069).
 */

import type { PaddedIds } from "@cellstate/lstm-core";
import { type OptionNames, requireKnownOptions } from "@cellstate/tensor";
import { SearchError } from "../errors.ts";
import type { Seq2Seq } from "../seq2seq.ts";
import { runGreedy } from "./greedy.ts";
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

/** @internal A sentence's candidates that go on, likeliest first, and those that end here. */
export interface RankedCandidates {
  readonly growing: readonly Candidate[];
  readonly ended: readonly Candidate[];
}

/**
 * Decodes each row of the source by itself, whatever else is in the batch; one search at a time runs on a session.
 *
 * A hypothesis grows as long as it could still be one of the `nBest` best that end: whatever follows, its log probability does
 * not rise, and is divided by the length penalty of `maxDecodeLen` at most. So a search gives what it would give if it never ended
 * early. Hypotheses that are cut at `maxDecodeLen` come after all that ended. A beam of 1 is greedy search, whose only hypothesis is
 * done when it ends.
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
  if (options.beamSize > 1) return await runBeam(scorer, options);
  const found = await runGreedy(scorer, options);
  return found.map((hypothesis) => [penalized(hypothesis, options.lengthPenalty)]);
}

/** What greedy search found, with the score of a beam. */
function penalized(hypothesis: Hypothesis, alpha: number): Hypothesis {
  const { logProb, attentionWeights } = hypothesis;
  return { ...hypothesis, score: logProb / lengthPenalty(attentionWeights.length, alpha) };
}

/** @internal Beam search on anything that scores next tokens. */
export async function runBeam<State>(scorer: Scorer<State>, options: SearchOptions): Promise<Hypothesis[][]> {
  checkOptions(options);
  const best: Hypothesis[][] = Array.from({ length: scorer.sentences }, () => []);
  let live = best.map((_, sentence) => emptyHypothesis(sentence));
  let state = scorer.start();
  for (let length = 1; live.length > 0; length++) {
    const lastIds = Int32Array.from(live, (hypothesis) => hypothesis.last?.id ?? scorer.bosId);
    const sentences = Int32Array.from(live, (hypothesis) => hypothesis.sentence);
    // Of the best beamSize that go on, one row can hold all; the end may stand before them.
    const next = await scorer.next(state, lastIds, sentences, options.beamSize + 1);
    const growing: LiveHypothesis[] = [];
    const rows: number[] = [];
    for (const [sentence, candidates] of expandHypotheses(live, next)) {
      const ranked = rankHypotheses(candidates, options.beamSize, scorer.eosId);
      const grow = (candidate: Candidate) => growOne(candidate, live, next);
      best[sentence] = retireFinished(best[sentence]!, ranked, grow, length, options);
      for (const candidate of stillGrowing(best[sentence], ranked.growing, length, options)) {
        growing.push(grow(candidate));
        rows.push(candidate.row);
      }
    }
    live = growing;
    state = scorer.pick(next.state, Int32Array.from(rows));
  }
  return best;
}

/** @internal All listed tokens after all live hypotheses, in the order of rows, for each live sentence. */
export function expandHypotheses(
  live: readonly LiveHypothesis[],
  next: Pick<NextTokens<unknown>, "width" | "ids" | "logProbs">,
): Map<number, Candidate[]> {
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
  return bySentence;
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

/** The `nBest` best of a sentence's hypotheses that were done before and those that end (at the last step: all) here. */
function retireFinished(
  best: readonly Hypothesis[],
  { ended, growing }: RankedCandidates,
  grow: (candidate: Candidate) => LiveHypothesis,
  length: number,
  options: SearchOptions,
): Hypothesis[] {
  const penalty = lengthPenalty(length, options.lengthPenalty);
  const cut = length === options.maxDecodeLen ? growing : [];
  const done = [
    ...ended.map((candidate) => complete(grow(candidate), true, penalty)),
    ...cut.map((candidate) => complete(grow(candidate), false, penalty)),
  ];
  return bestFirst([...best, ...done]).slice(0, options.nBest ?? 1);
}

/**
 * The candidates that may still become one of the results. One that cannot holds no better one back when it goes: what it would keep
 * out of the beam is less likely than itself.
 */
function stillGrowing(
  best: readonly Hypothesis[],
  growing: readonly Candidate[],
  length: number,
  options: SearchOptions,
): readonly Candidate[] {
  if (length === options.maxDecodeLen) return [];
  if (best.length < (options.nBest ?? 1)) return growing;
  const worst = best.at(-1)!.score;
  const longest = lengthPenalty(options.maxDecodeLen, options.lengthPenalty);
  return growing.filter(({ logProb }) => logProb / longest > worst);
}

function growOne(candidate: Candidate, live: readonly LiveHypothesis[], next: NextTokens<unknown>): LiveHypothesis {
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

/**
 * Expectation-maximization for unigram models: how often each token is expected to be used, over all segmentations by
 * their probability, and the probabilities that fit those counts.
 *
 * @see Kudo 2018, arXiv:1804.10959, section 3.2
 */

import { TokenTrie } from "../../lookup/token-trie.ts";
import { Lattice } from "./lattice.ts";
import { exp, log, logAddExp } from "./portable-math.ts";
import type { ScoredTokens, WordCount } from "./seeds.ts";

/** Tokens expected less often than this are dropped. */
const MIN_EXPECTED_COUNT = 0.5;

/** One round: expected counts, then new scores. Characters stay whatever their count. */
export function improveScores(
  pieces: ScoredTokens,
  words: readonly WordCount[],
  alphabet: ReadonlySet<string>,
): ScoredTokens {
  const counts = expectedCounts(pieces, words);
  const tokens: string[] = [];
  const kept: number[] = [];
  for (const [id, token] of pieces.tokens.entries()) {
    const count = counts[id] ?? 0;
    if (count < MIN_EXPECTED_COUNT && !alphabet.has(token)) continue;
    tokens.push(token);
    kept.push(Math.max(count, MIN_EXPECTED_COUNT));
  }
  // digamma in place of log: the mean-field estimate under a Dirichlet prior, which favours few tokens.
  const total = digamma(kept.reduce((sum, count) => sum + count, 0));
  return { tokens, scores: Float64Array.from(kept, (count) => digamma(count) - total) };
}

function expectedCounts({ tokens, scores }: ScoredTokens, words: readonly WordCount[]): Float64Array {
  const lattice = new Lattice(new TokenTrie(tokens), scores);
  const counts = new Float64Array(tokens.length);
  for (const [word, count] of words) {
    lattice.fill(word);
    addExpectedCounts(lattice, count, counts);
  }
  return counts;
}

/** Forward-backward over one lattice. */
function addExpectedCounts(lattice: Lattice, weight: number, counts: Float64Array): void {
  const { length, edgeCount, starts, ends, ids, scores } = lattice;
  const toStart = new Float64Array(length + 1).fill(Number.NEGATIVE_INFINITY); // log of all ways to each place
  const toEnd = new Float64Array(length + 1).fill(Number.NEGATIVE_INFINITY);
  toStart[0] = 0;
  toEnd[length] = 0;
  for (let edge = 0; edge < edgeCount; edge++) {
    const end = ends[edge] ?? 0;
    toStart[end] = logAddExp(toStart[end] ?? 0, (toStart[starts[edge] ?? 0] ?? 0) + (scores[edge] ?? 0));
  }
  for (let edge = edgeCount - 1; edge >= 0; edge--) {
    const start = starts[edge] ?? 0;
    toEnd[start] = logAddExp(toEnd[start] ?? 0, (toEnd[ends[edge] ?? 0] ?? 0) + (scores[edge] ?? 0));
  }
  const total = toStart[length] ?? 0;
  for (let edge = 0; edge < edgeCount; edge++) {
    const around = (toStart[starts[edge] ?? 0] ?? 0) + (toEnd[ends[edge] ?? 0] ?? 0);
    const id = ids[edge] ?? 0;
    counts[id] = (counts[id] ?? 0) + weight * exp(around + (scores[edge] ?? 0) - total);
  }
}

/**
 * @internal The derivative of the log of the gamma function, for x > 0.
 *
 * @see Abramowitz and Stegun 1964, 6.3.5 (recurrence) and 6.3.18 (asymptotic series)
 */
export function digamma(x: number): number {
  let shifted = x;
  let result = 0;
  for (; shifted < 10; shifted++) result -= 1 / shifted;
  const inverse = 1 / (shifted * shifted);
  const series = inverse * (1 / 12 - inverse * (1 / 120 - inverse * (1 / 252 - inverse * (1 / 240 - inverse / 132))));
  return result + log(shifted) - 0.5 / shifted - series;
}

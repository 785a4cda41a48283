/**
 * Drops the tokens that a unigram model misses least: each token is judged by the likelihood that is lost if the next
 * best segmentation of the token takes its place everywhere.
 *
 * @see Kudo 2018, arXiv:1804.10959, section 3.2, step 2
 */

import { TokenTrie } from "../../lookup/token-trie.ts";
import { Lattice } from "./lattice.ts";
import { log } from "./portable-math.ts";
import type { ScoredTokens, WordCount } from "./seeds.ts";

/**
 * @param size how many tokens to leave; characters, and others that no shorter tokens make up, stay in any case
 * @returns the tokens that stay, in their order
 */
export function pruneTokens(pieces: ScoredTokens, words: readonly WordCount[], size: number): ScoredTokens {
  const lattice = new Lattice(new TokenTrie(pieces.tokens), pieces.scores);
  const counts = bestPathCounts(lattice, pieces.tokens.length, words);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const kept = new Set<number>();
  const losses: { readonly id: number; readonly loss: number }[] = [];
  for (const [id, token] of pieces.tokens.entries()) {
    const alternative = alternativeOf(lattice, token);
    const count = counts[id] ?? 0;
    if (alternative === undefined) kept.add(id);
    else if (count > 0) losses.push({ id, loss: lossWithout(count, alternative, counts, total) });
  }
  losses.sort((left, right) => right.loss - left.loss || left.id - right.id);
  for (const { id } of losses.slice(0, Math.max(0, size - kept.size))) kept.add(id);
  return {
    tokens: pieces.tokens.filter((_, id) => kept.has(id)),
    scores: pieces.scores.filter((_, id) => kept.has(id)),
  };
}

/** How often each token stands in the best segmentations of the words. */
function bestPathCounts(lattice: Lattice, size: number, words: readonly WordCount[]): Float64Array {
  const counts = new Float64Array(size);
  for (const [word, count] of words) {
    lattice.fill(word);
    for (const edge of lattice.bestPath() ?? []) {
      const id = lattice.ids[edge] ?? 0;
      counts[id] = (counts[id] ?? 0) + count;
    }
  }
  return counts;
}

/** The ids of the best segmentation of a token into other tokens, or undefined if there is none. */
function alternativeOf(lattice: Lattice, token: string): number[] | undefined {
  lattice.fill(token);
  const { edgeCount, starts, ends, ids } = lattice;
  let whole = 0;
  while (whole < edgeCount && !(starts[whole] === 0 && ends[whole] === token.length)) whole++;
  return lattice.bestPath(whole)?.map((edge) => ids[edge] ?? 0);
}

/** Loss of log-likelihood if `count` uses of a token become uses of each token of its alternative. */
function lossWithout(count: number, alternative: readonly number[], counts: Float64Array, total: number): number {
  const logTotal = log(total);
  const logTotalAfter = log(total + count * (alternative.length - 1));
  const before = log(count) - logTotal;
  const after = alternative.reduce((sum, id) => sum + log((counts[id] ?? 0) + count) - logTotalAfter, 0);
  return count * (before - after);
}

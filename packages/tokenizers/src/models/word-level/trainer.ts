/** Chooses the vocabulary of a WordLevel model: the most frequent pieces, behind the special tokens. */
import { TrainingError } from "../../errors.ts";
import { Vocabulary } from "../../lookup/vocabulary.ts";
import { compareCodePoints } from "../../text/unicode.ts";
import { WordLevelModel } from "./model.ts";

export interface WordLevelTrainerOptions {
  /** Tokens that get the first ids, in this order. */
  readonly specialTokens: readonly string[];
  /** Stands for rarer pieces; one of the special tokens. */
  readonly unkToken?: string | undefined;
  /** Pieces seen less often are left out, integer >= 1. */
  readonly minFrequency: number;
  /** Size of the whole vocabulary, special tokens included; no limit where it is missing. */
  readonly maxSize?: number | undefined;
}

/**
 * @param counts how often each piece was seen
 * @returns a model whose vocabulary is ordered by falling count, then by code point: the same for any order of the text
 * @throws {TrainingError} if `maxSize` leaves no room for the special tokens
 */
export function trainWordLevel(counts: ReadonlyMap<string, number>, options: WordLevelTrainerOptions): WordLevelModel {
  const { specialTokens, unkToken, minFrequency, maxSize = Number.POSITIVE_INFINITY } = options;
  if (maxSize < specialTokens.length) {
    throw new TrainingError(
      `trainTokenizer: expected maxSize of at least ${specialTokens.length}, the number of special tokens, got ${maxSize}`,
    );
  }
  const special = new Set(specialTokens);
  const words = [...counts]
    .filter(([word, count]) => count >= minFrequency && !special.has(word))
    .sort(([wordA, countA], [wordB, countB]) => countB - countA || compareCodePoints(wordA, wordB))
    .slice(0, maxSize - specialTokens.length)
    .map(([word]) => word);
  return new WordLevelModel(Vocabulary.fromTokens([...specialTokens, ...words]), unkToken);
}

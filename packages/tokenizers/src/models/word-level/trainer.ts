/** Chooses the vocabulary of a WordLevel model: the special tokens, then the most frequent pieces. */
import { TrainingError } from "../../errors.ts";
import { Vocabulary } from "../../lookup/vocabulary.ts";
import { compareCodePoints } from "../../text/unicode.ts";
import { WordLevelModel } from "./model.ts";

export interface WordLevelTrainerOptions {
  /** Tokens with the first ids, in this order. */
  readonly specialTokens: readonly string[];
  /** The token for all other pieces; one of the special tokens. Default none. */
  readonly unkToken?: string | undefined;
  /** Pieces that occur less often are left out; integer >= 1. */
  readonly minFrequency: number;
  /** Largest size of the vocabulary, including special tokens. Default: no limit. */
  readonly maxSize?: number | undefined;
}

/**
 * @param counts how often each piece occurs
 * @returns a model whose vocabulary is ordered by falling count, then by code point, so that the order of the texts
 *   does not matter
 * @throws {TrainingError} if `maxSize` leaves no room for the special tokens
 */
export function trainWordLevel(counts: ReadonlyMap<string, number>, options: WordLevelTrainerOptions): WordLevelModel {
  const { specialTokens, unkToken, minFrequency, maxSize = Number.POSITIVE_INFINITY } = options;
  if (!(maxSize >= specialTokens.length)) {
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

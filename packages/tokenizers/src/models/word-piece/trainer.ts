/** Learns a WordPiece vocabulary by byte-pair merges of marked characters, as Hugging Face's WordPieceTrainer does. */
import { Vocabulary } from "../../lookup/vocabulary.ts";
import { learnMerges, type MergeTrainerOptions } from "../bpe/trainer.ts";
import { WordPieceModel } from "./model.ts";

export interface WordPieceTrainerOptions extends MergeTrainerOptions {
  /** Prefix of the tokens that continue a word. Default `##`. */
  readonly continuingSubwordPrefix?: string | undefined;
  /** The token for words that the vocabulary cannot build; one of the special tokens. Default `[UNK]`. */
  readonly unkToken?: string | undefined;
  /** Passed on to the model. Default 100. */
  readonly maxInputCharsPerWord?: number | undefined;
}

/**
 * @param counts how often each word occurs
 * @returns a model with ids in this order: special tokens, characters by code point, their forms inside a word by code
 *   point, merged tokens as they were learned. The model takes the longest match, so merges are not kept, and tokens
 *   with `endOfWordSuffix` are never found, as in Hugging Face's library
 * @throws {TrainingError} if `vocabSize` leaves no room for the special tokens
 */
export function trainWordPiece(counts: ReadonlyMap<string, number>, options: WordPieceTrainerOptions): WordPieceModel {
  const { continuingSubwordPrefix = "##", unkToken = "[UNK]", maxInputCharsPerWord = 100 } = options;
  const { tokens } = learnMerges(counts, { ...options, continuingSubwordPrefix });
  const vocabulary = Vocabulary.fromTokens(tokens);
  return new WordPieceModel({ vocabulary, unkToken, continuingSubwordPrefix, maxInputCharsPerWord });
}

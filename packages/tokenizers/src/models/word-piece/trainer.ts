/** Learns a WordPiece vocabulary by byte-pair merges of marked characters, as Hugging Face's WordPieceTrainer does. */
import { Vocabulary } from "../../lookup/vocabulary.ts";
import { learnMerges, type MergeTrainerOptions } from "../bpe/trainer.ts";
import { WordPieceModel } from "./model.ts";

export interface WordPieceTrainerOptions extends MergeTrainerOptions {
  /** Put before each token that does not begin a word. Default `##`. */
  readonly continuingSubwordPrefix?: string | undefined;
  /** Stands for words that the vocabulary cannot build; one of the special tokens. Default `[UNK]`. */
  readonly unkToken?: string | undefined;
  /** As the model's; training only hands it on. Default 100. */
  readonly maxInputCharsPerWord?: number | undefined;
}

/**
 * @param counts how often each word was seen
 * @returns ids: special tokens, characters by code point, their forms inside a word by code point, then merged tokens
 *   as they were learned. A trained model splits by the longest match, so that merges themselves are not kept, and
 *   finds no tokens with `endOfWordSuffix`, as in Hugging Face's library
 * @throws {TrainingError} if `vocabSize` leaves no room for the special tokens
 */
export function trainWordPiece(counts: ReadonlyMap<string, number>, options: WordPieceTrainerOptions): WordPieceModel {
  const { continuingSubwordPrefix = "##", unkToken = "[UNK]", maxInputCharsPerWord = 100 } = options;
  const { tokens } = learnMerges(counts, { ...options, continuingSubwordPrefix });
  const vocabulary = Vocabulary.fromTokens(tokens);
  return new WordPieceModel({ vocabulary, unkToken, continuingSubwordPrefix, maxInputCharsPerWord });
}

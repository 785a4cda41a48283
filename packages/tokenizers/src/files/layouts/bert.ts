/**
 * The tokenizer of BERT's vocab.txt, a file that does not name the other stages.
 *
 * @see Devlin et al. 2019, arXiv:1810.04805
 */
import { specialToken } from "../../added-tokens/added-tokens.ts";
import { WordPieceDecoder } from "../../decoders/word-piece.ts";
import { VocabularyFileError } from "../../errors.ts";
import type { Vocabulary } from "../../lookup/vocabulary.ts";
import { WordPieceModel } from "../../models/word-piece/model.ts";
import { readVocabTxt } from "../../models/word-piece/vocab-txt.ts";
import { BertNormalizer } from "../../normalizers/bert.ts";
import { BertProcessor } from "../../post-processors/bert.ts";
import { BertPreTokenizer } from "../../pre-tokenizers/whitespace.ts";
import { Tokenizer } from "../../tokenizer.ts";

const SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

export interface BertTokenizerOptions {
  /** Lowercase the text. Default: true if no token but the special ones has a capital letter. */
  readonly lowercase?: boolean | undefined;
}

/**
 * Builds the tokenizer of a vocab.txt.
 *
 * @param vocabTxt the text of the file
 * @throws {VocabularyFileError} if a line repeats another, or `[UNK]`, `[CLS]` or `[SEP]` is missing
 */
export function bertTokenizer(vocabTxt: string, { lowercase }: BertTokenizerOptions = {}): Tokenizer {
  const vocabulary = readVocabTxt(vocabTxt);
  idOf(vocabulary, "[UNK]");
  return new Tokenizer({
    normalizer: new BertNormalizer({ lowercase: lowercase ?? !hasCapitals(vocabulary) }),
    preTokenizer: new BertPreTokenizer(),
    model: new WordPieceModel({ vocabulary }),
    postProcessor: new BertProcessor({
      sep: { token: "[SEP]", id: idOf(vocabulary, "[SEP]") },
      cls: { token: "[CLS]", id: idOf(vocabulary, "[CLS]") },
    }),
    decoder: new WordPieceDecoder(),
    addedTokens: SPECIAL.flatMap((token) => {
      const id = vocabulary.tokenToId(token);
      return id === undefined ? [] : [specialToken(id, token)];
    }),
  });
}

function idOf(vocabulary: Vocabulary, token: string): number {
  const id = vocabulary.tokenToId(token);
  if (id === undefined) {
    throw new VocabularyFileError("vocab.txt", vocabulary.size, `a line ${token} up to here`, "none");
  }
  return id;
}

function hasCapitals({ tokens }: Vocabulary): boolean {
  return tokens.some((token) => !/^\[.*\]$/u.test(token) && /\p{Lu}/u.test(token));
}

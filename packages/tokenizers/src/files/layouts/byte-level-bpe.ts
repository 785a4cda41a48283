/**
 * The tokenizer of GPT-2's vocab.json and merges.txt, files that do not name the other stages.
 *
 * @see Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", section 2.2
 */
import { specialToken } from "../../added-tokens/added-tokens.ts";
import { ByteLevelDecoder } from "../../decoders/byte-level.ts";
import { parseJson } from "../../json.ts";
import { Vocabulary } from "../../lookup/vocabulary.ts";
import { readMergesTxt } from "../../models/bpe/merges-txt.ts";
import { BpeModel } from "../../models/bpe/model.ts";
import { ByteLevelProcessor } from "../../post-processors/byte-level.ts";
import { ByteLevelPreTokenizer } from "../../pre-tokenizers/byte-level.ts";
import { Tokenizer } from "../../tokenizer.ts";

/** Special tokens of the models that use these files: GPT-2, RoBERTa, BART. */
const SPECIAL = ["<|endoftext|>", "<s>", "<pad>", "</s>", "<unk>", "<mask>"];

export interface ByteLevelBpeFiles {
  /** The text of a vocab.json: an object of tokens and ids. */
  readonly vocab: string;
  /** The text of a merges.txt. */
  readonly merges: string;
}

/**
 * Builds the tokenizer of both files.
 *
 * @throws {TokenizerFormatError} if the vocabulary is malformed, or lacks a token that a merge needs
 * @throws {VocabularyFileError} naming the line of merges that is malformed
 */
export function byteLevelBpeTokenizer({ vocab, merges }: ByteLevelBpeFiles): Tokenizer {
  const vocabulary = Vocabulary.fromJson(parseJson(vocab), "");
  return new Tokenizer({
    preTokenizer: new ByteLevelPreTokenizer({ addPrefixSpace: false }),
    model: new BpeModel({ vocabulary, merges: readMergesTxt(merges) }),
    postProcessor: new ByteLevelProcessor({ trimOffsets: false }),
    decoder: new ByteLevelDecoder(),
    addedTokens: SPECIAL.flatMap((token) => {
      const id = vocabulary.tokenToId(token);
      return id === undefined ? [] : [specialToken(id, token)];
    }),
  });
}

/** The WordPiece model as it stands in tokenizer.json. */
import { asId, asString, child, type JsonFields, type JsonObject, optional } from "../../json.ts";
import { Vocabulary } from "../../lookup/vocabulary.ts";
import type { WordPieceOptions } from "./model.ts";

/** @throws {TokenizerFormatError} naming the key path of what is malformed */
export function readWordPieceOptions(fields: JsonFields, path: string): WordPieceOptions {
  return {
    vocabulary: Vocabulary.fromJson(fields.get("vocab"), child(path, "vocab")),
    unkToken: optional(fields, "unk_token", path, asString, "[UNK]"),
    continuingSubwordPrefix: optional(fields, "continuing_subword_prefix", path, asString, "##"),
    maxInputCharsPerWord: optional(fields, "max_input_chars_per_word", path, asId, 100),
  };
}

export function wordPieceToJson(options: Required<WordPieceOptions>): JsonObject {
  return {
    type: "WordPiece",
    unk_token: options.unkToken,
    continuing_subword_prefix: options.continuingSubwordPrefix,
    max_input_chars_per_word: options.maxInputCharsPerWord,
    vocab: options.vocabulary.toJson(),
  };
}

/** The closed list of models, read from the `model` value of tokenizer.json. */
import { asChoice, asFields, child, type JsonFields } from "../json.ts";
import { BpeModel } from "./bpe/model.ts";
import { readBpeOptions } from "./bpe/serialization.ts";
import type { Model } from "./model.ts";
import { SentencePieceModel } from "./sentencepiece/model.ts";
import { readSentencePieceOptions } from "./sentencepiece/serialization.ts";
import { UnigramModel } from "./unigram/model.ts";
import { readUnigramOptions } from "./unigram/serialization.ts";
import { WordLevelModel } from "./word-level/model.ts";
import { readWordLevelFields } from "./word-level/serialization.ts";
import { WordPieceModel } from "./word-piece/model.ts";
import { readWordPieceOptions } from "./word-piece/serialization.ts";

const TYPES = ["WordLevel", "BPE", "Unigram", "WordPiece", "SentencePiece"] as const;
type ModelType = (typeof TYPES)[number];

/**
 * Reads a model, of a file without `type` too, as older ones are.
 *
 * @throws {TokenizerFormatError} naming the key path, for an unknown type or option
 */
export function readModel(value: unknown, path: string): Model {
  const fields = asFields(value, path);
  const type = inferredType(fields) ?? asChoice(fields.get("type"), TYPES, child(path, "type"));
  switch (type) {
    case "WordLevel": {
      const { vocabulary, unkToken, dropsUnknown } = readWordLevelFields(fields, path);
      return new WordLevelModel(vocabulary, unkToken, { dropsUnknown });
    }
    case "BPE":
      return new BpeModel(readBpeOptions(fields, path));
    case "Unigram":
      return new UnigramModel(readUnigramOptions(fields, path));
    case "WordPiece":
      return new WordPieceModel(readWordPieceOptions(fields, path));
    case "SentencePiece":
      return new SentencePieceModel(readSentencePieceOptions(fields, path));
    default:
      return type satisfies never;
  }
}

/** Keys that only BPE has. */
const BPE_KEYS = ["merges", "dropout", "fuse_unk", "end_of_word_suffix", "ignore_merges"];

/**
 * What a model without `type` must be, as Hugging Face's library finds by trying BPE, WordPiece, WordLevel and Unigram in
 * turn; undefined for one that has a type, or no vocabulary. Two differences: BPE with broken merges is not taken for
 * another model, and a vocabulary alone, which that library refuses and its JavaScript reads, is a WordLevel model.
 */
function inferredType(fields: JsonFields): ModelType | undefined {
  if (fields.has("type") || !fields.has("vocab")) return undefined;
  if (Array.isArray(fields.get("vocab"))) return "Unigram";
  if (BPE_KEYS.some((key) => fields.has(key))) return "BPE";
  const isWordPiece =
    typeof fields.get("unk_token") === "string" &&
    typeof fields.get("continuing_subword_prefix") === "string" &&
    typeof fields.get("max_input_chars_per_word") === "number";
  return isWordPiece ? "WordPiece" : "WordLevel";
}

/** The closed list of models, read from the `model` value of tokenizer.json. */
import { asChoice, asFields, child } from "../json.ts";
import { BpeModel } from "./bpe/model.ts";
import { readBpeOptions } from "./bpe/serialization.ts";
import type { Model } from "./model.ts";
import { UnigramModel } from "./unigram/model.ts";
import { readUnigramOptions } from "./unigram/serialization.ts";
import { WordLevelModel } from "./word-level/model.ts";
import { readWordLevelFields } from "./word-level/serialization.ts";
import { WordPieceModel } from "./word-piece/model.ts";
import { readWordPieceOptions } from "./word-piece/serialization.ts";

const TYPES = ["WordLevel", "BPE", "Unigram", "WordPiece"] as const;

/** @throws {TokenizerFormatError} naming the key path, for an unknown type or option */
export function readModel(value: unknown, path: string): Model {
  const fields = asFields(value, path);
  const type = asChoice(fields.get("type"), TYPES, child(path, "type"));
  switch (type) {
    case "WordLevel": {
      const { vocabulary, unkToken } = readWordLevelFields(fields, path);
      return new WordLevelModel(vocabulary, unkToken);
    }
    case "BPE":
      return new BpeModel(readBpeOptions(fields, path));
    case "Unigram":
      return new UnigramModel(readUnigramOptions(fields, path));
    case "WordPiece":
      return new WordPieceModel(readWordPieceOptions(fields, path));
    default:
      return type satisfies never;
  }
}

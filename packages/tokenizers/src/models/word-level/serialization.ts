/** The WordLevel model as it stands in tokenizer.json. */
import { asString, child, type JsonFields, type JsonObject, optional } from "../../json.ts";
import { Vocabulary } from "../../lookup/vocabulary.ts";
import type { Model } from "../model.ts";

/** What a file says of a WordLevel model. */
interface WordLevelFields {
  readonly vocabulary: Vocabulary;
  readonly unkToken: string | undefined;
}

export function readWordLevelFields(fields: JsonFields, path: string): WordLevelFields {
  return {
    vocabulary: Vocabulary.fromJson(fields.get("vocab"), child(path, "vocab")),
    unkToken: optional(fields, "unk_token", path, asString, undefined),
  };
}

/** The format requires a string for `unk_token`; without an unknown token it is one that the vocabulary lacks. */
export function wordLevelToJson({ vocabulary, unkToken }: Pick<Model, "vocabulary" | "unkToken">): JsonObject {
  return { type: "WordLevel", vocab: vocabulary.toJson(), unk_token: unkToken ?? "<unk>" };
}

/** The WordLevel model as it stands in tokenizer.json. */
import { asBoolean, asString, child, type JsonFields, type JsonObject, optional } from "../../json.ts";
import { Vocabulary } from "../../lookup/vocabulary.ts";

/** What a file says of a WordLevel model. */
interface WordLevelFields {
  readonly vocabulary: Vocabulary;
  readonly unkToken: string | undefined;
  readonly dropsUnknown: boolean;
}

export function readWordLevelFields(fields: JsonFields, path: string): WordLevelFields {
  return {
    vocabulary: Vocabulary.fromJson(fields.get("vocab"), child(path, "vocab")),
    unkToken: optional(fields, "unk_token", path, asString, undefined),
    dropsUnknown: optional(fields, "drops_unknown", path, asBoolean, false),
  };
}

/**
 * The format requires a string for `unk_token`; without an unknown token it is one that the vocabulary lacks. It has no
 * `drops_unknown`, which is written only if it is true.
 */
export function wordLevelToJson({ vocabulary, unkToken, dropsUnknown }: WordLevelFields): JsonObject {
  const model = { type: "WordLevel", vocab: vocabulary.toJson(), unk_token: unkToken ?? "<unk>" };
  return dropsUnknown ? { ...model, drops_unknown: true } : model;
}

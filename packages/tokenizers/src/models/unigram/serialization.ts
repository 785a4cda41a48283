/** The Unigram model as it stands in tokenizer.json: `vocab` lists tokens with their natural-log probabilities. */
import { TokenizerFormatError } from "../../errors.ts";
import {
  asArray,
  asBoolean,
  asId,
  asString,
  child,
  describe,
  type JsonFields,
  type JsonObject,
  optional,
} from "../../json.ts";
import { Vocabulary } from "../../lookup/vocabulary.ts";
import type { UnigramOptions } from "./model.ts";

/** @throws {TokenizerFormatError} naming the key path of what is wrong */
export function readUnigramOptions(fields: JsonFields, path: string): UnigramOptions {
  const at = child(path, "vocab");
  const entries = asArray(fields.get("vocab"), at).map((entry, index) => readEntry(entry, child(at, index)));
  return {
    // Hugging Face's trainer lists special tokens again that the texts contain.
    vocabulary: Vocabulary.fromRepeatedTokens(entries.map(([token]) => token)),
    scores: entries.map(([, score]) => score),
    unkId: optional(fields, "unk_id", path, asId, undefined),
    byteFallback: optional(fields, "byte_fallback", path, asBoolean, false),
  };
}

type Entry = readonly [token: string, score: number];

function readEntry(value: unknown, path: string): Entry {
  const entry = asArray(value, path);
  const [token, score] = entry;
  if (entry.length !== 2) throw new TokenizerFormatError(path, "a token and its score", describe(value));
  if (typeof score !== "number") throw new TokenizerFormatError(child(path, 1), "a number", describe(score));
  return [asString(token, child(path, 0)), score];
}

export function unigramToJson({ vocabulary, scores, unkId, byteFallback = false }: UnigramOptions): JsonObject {
  return {
    type: "Unigram",
    unk_id: unkId ?? null,
    vocab: vocabulary.tokens.map((token, id) => [token, scores[id] ?? 0]),
    byte_fallback: byteFallback,
  };
}

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
import { Vocabulary } from "../../vocabulary.ts";
import type { UnigramOptions } from "./model.ts";

/** @throws {TokenizerFormatError} naming the key path of what is wrong */
export function readUnigramOptions(fields: JsonFields, path: string): UnigramOptions {
  const at = child(path, "vocab");
  const entries = asArray(fields.get("vocab"), at).map((entry, index) => readEntry(entry, child(at, index)));
  checkTokensDiffer(entries, at);
  return {
    vocabulary: Vocabulary.fromTokens(entries.map(([token]) => token)),
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

function checkTokensDiffer(entries: readonly Entry[], path: string): void {
  const ids = new Map<string, number>();
  for (const [id, [token]] of entries.entries()) {
    const first = ids.get(token);
    if (first !== undefined) {
      const at = child(child(path, id), 0);
      throw new TokenizerFormatError(at, "tokens that differ", `${describe(token)}, which is token ${first} too`);
    }
    ids.set(token, id);
  }
}

export function unigramToJson({ vocabulary, scores, unkId, byteFallback = false }: UnigramOptions): JsonObject {
  return {
    type: "Unigram",
    unk_id: unkId ?? null,
    vocab: vocabulary.tokens.map((token, id) => [token, scores[id] ?? 0]),
    byte_fallback: byteFallback,
  };
}

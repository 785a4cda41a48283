/** The BPE model as it stands in tokenizer.json. */
import { TokenizerFormatError } from "../../errors.ts";
import {
  asArray,
  asBoolean,
  asString,
  child,
  describe,
  type JsonFields,
  type JsonObject,
  optional,
} from "../../json.ts";
import { Vocabulary } from "../../lookup/vocabulary.ts";
import type { BpeMerge, BpeModel, BpeOptions } from "./model.ts";

/** @throws {TokenizerFormatError} naming the key path of what is malformed */
export function readBpeOptions(fields: JsonFields, path: string): BpeOptions {
  return {
    vocabulary: Vocabulary.fromJson(fields.get("vocab"), child(path, "vocab")),
    merges: readMerges(fields.get("merges"), child(path, "merges")),
    unkToken: optional(fields, "unk_token", path, asString, undefined),
    fuseUnk: optional(fields, "fuse_unk", path, asBoolean, false),
    byteFallback: optional(fields, "byte_fallback", path, asBoolean, false),
    ignoreMerges: optional(fields, "ignore_merges", path, asBoolean, false),
    continuingSubwordPrefix: optional(fields, "continuing_subword_prefix", path, asString, undefined),
    endOfWordSuffix: optional(fields, "end_of_word_suffix", path, asString, undefined),
    dropout: optional(fields, "dropout", path, asProbability, undefined),
  };
}

function readMerges(value: unknown, path: string): BpeMerge[] {
  return asArray(value, path).flatMap((merge, index) =>
    isVersionLine(merge) ? [] : [readMerge(merge, child(path, index))],
  );
}

/** Older files have the lines of merges.txt as strings, its first one among them. */
function isVersionLine(merge: unknown): boolean {
  return typeof merge === "string" && merge.startsWith("#version");
}

/** `["a", "b"]`, or `"a b"` as older files have it. */
function readMerge(value: unknown, path: string): BpeMerge {
  const parts = typeof value === "string" ? value.split(" ") : asArray(value, path);
  const [left, right] = parts;
  if (parts.length !== 2) throw new TokenizerFormatError(path, "two tokens", describe(value));
  return [asString(left, child(path, 0)), asString(right, child(path, 1))];
}

function asProbability(value: unknown, path: string): number {
  if (typeof value !== "number" || !(value >= 0 && value <= 1)) {
    throw new TokenizerFormatError(path, "a number from 0 to 1", describe(value));
  }
  return value;
}

export function bpeToJson(model: Omit<BpeModel, "tokenize" | "toJson">): JsonObject {
  return {
    type: "BPE",
    dropout: model.dropout ?? null,
    unk_token: model.unkToken ?? null,
    continuing_subword_prefix: model.continuingSubwordPrefix ?? null,
    end_of_word_suffix: model.endOfWordSuffix ?? null,
    fuse_unk: model.fuseUnk,
    byte_fallback: model.byteFallback,
    ignore_merges: model.ignoreMerges,
    vocab: model.vocabulary.toJson(),
    merges: model.merges.map(([left, right]) => [left, right]),
  };
}

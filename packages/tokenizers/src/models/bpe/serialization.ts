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
import { MergeBytes } from "./merge-bytes.ts";
import type { BpeMerge, BpeModel, BpeOptions, MergeList } from "./model.ts";

const SPACE = " ".charCodeAt(0);

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

/** Paths are made for what is refused only: files have hundreds of thousands of merges. */
function readMerges(value: unknown, path: string): MergeList {
  if (value instanceof MergeBytes) return value;
  const merges: (BpeMerge | string)[] = [];
  for (const [index, merge] of asArray(value, path).entries()) {
    if (typeof merge === "string" && merge.startsWith("#version")) continue; // older files have all lines of merges.txt
    if (!isMerge(merge) && !isMergeLine(merge)) throw notAMerge(merge, child(path, index));
    merges.push(merge);
  }
  return merges;
}

/** `["a", "b"]`. */
function isMerge(value: unknown): value is BpeMerge {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === "string" && typeof value[1] === "string";
}

/** `"a b"`, as older files have it. */
function isMergeLine(value: unknown): value is string {
  if (typeof value !== "string") return false;
  let spaces = 0;
  for (let at = 0; at < value.length; at++) if (value.charCodeAt(at) === SPACE) spaces++;
  return spaces === 1;
}

function notAMerge(value: unknown, path: string): TokenizerFormatError {
  if (!Array.isArray(value) || value.length !== 2) return new TokenizerFormatError(path, "two tokens", describe(value));
  const place = typeof value[0] === "string" ? 1 : 0;
  return new TokenizerFormatError(child(path, place), "a string", describe(value[place]));
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

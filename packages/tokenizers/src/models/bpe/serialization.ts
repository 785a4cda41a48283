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
  refuseUnless,
} from "../../json.ts";
import { Vocabulary } from "../../vocabulary.ts";
import type { BpeMerge, BpeOptions } from "./model.ts";

/** @throws {TokenizerFormatError} also for options that change results and are not supported, such as byte fallback */
export function readBpeOptions(fields: JsonFields, path: string): BpeOptions {
  refuseUnless(fields, "dropout", path, [null, 0]);
  refuseUnless(fields, "continuing_subword_prefix", path, [null, ""]);
  refuseUnless(fields, "end_of_word_suffix", path, [null, ""]);
  refuseUnless(fields, "byte_fallback", path, [false]);
  const mergesAt = child(path, "merges");
  return {
    vocabulary: Vocabulary.fromJson(fields.get("vocab"), child(path, "vocab")),
    merges: asArray(fields.get("merges"), mergesAt).map((merge, index) => readMerge(merge, child(mergesAt, index))),
    unkToken: optional(fields, "unk_token", path, asString, undefined),
    fuseUnk: optional(fields, "fuse_unk", path, asBoolean, false),
    ignoreMerges: optional(fields, "ignore_merges", path, asBoolean, false),
  };
}

/** `["a", "b"]`, or `"a b"` as older files have it. */
function readMerge(value: unknown, path: string): BpeMerge {
  const parts = typeof value === "string" ? value.split(" ") : asArray(value, path);
  const [left, right] = parts;
  if (parts.length !== 2) throw new TokenizerFormatError(path, "two tokens", describe(value));
  return [asString(left, child(path, 0)), asString(right, child(path, 1))];
}

export function bpeToJson({ vocabulary, merges, unkToken, fuseUnk, ignoreMerges }: Required<BpeOptions>): JsonObject {
  return {
    type: "BPE",
    dropout: null,
    unk_token: unkToken ?? null,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: fuseUnk,
    byte_fallback: false,
    ignore_merges: ignoreMerges,
    vocab: vocabulary.toJson(),
    merges: merges.map(([left, right]) => [left, right]),
  };
}

/** The closed list of normalizers, read from the `normalizer` value of tokenizer.json. */
import { asArray, asBoolean, asFields, asString, asType, child, optional } from "../json.ts";
import { readPattern } from "../patterns/pattern.ts";
import { BertNormalizer } from "./bert.ts";
import { ByteLevelNormalizer } from "./byte-level.ts";
import { LowercaseNormalizer } from "./lowercase.ts";
import { NmtNormalizer } from "./nmt.ts";
import type { Normalizer } from "./normalizer.ts";
import { PrecompiledNormalizer } from "./precompiled.ts";
import { PrependNormalizer } from "./prepend.ts";
import { ReplaceNormalizer } from "./replace.ts";
import { SentencePieceNormalizer } from "./sentencepiece.ts";
import { NormalizerSequence } from "./sequence.ts";
import { StripNormalizer } from "./strip.ts";
import { StripAccentsNormalizer } from "./strip-accents.ts";
import { UNICODE_FORMS, UnicodeNormalizer } from "./unicode-form.ts";

/** @internal What `type` may be in configs and files. */
export const NORMALIZER_TYPES = [
  ...UNICODE_FORMS,
  "Lowercase",
  "Strip",
  "StripAccents",
  "ByteLevel",
  "Precompiled",
  "BertNormalizer",
  "Nmt",
  "Prepend",
  "Replace",
  "Sequence",
] as const;

/** That of a SentencePiece model goes with a model that no config describes. */
const TYPES = [...NORMALIZER_TYPES, "SentencePiece"] as const;

/** Without `type`, as in older files, Hugging Face's library knows these, in this order. */
const SHAPES = [
  ["BertNormalizer", "clean_text", "handle_chinese_chars", "lowercase"],
  ["Strip", "strip_left", "strip_right"],
  ["Sequence", "normalizers"],
  ["Replace", "pattern", "content"],
  ["Prepend", "prepend"],
] as const;

/** @throws {TokenizerFormatError} naming the key path, for an unknown type or option */
export function readNormalizer(value: unknown, path: string): Normalizer {
  const fields = asFields(value, path);
  const type = asType(fields, TYPES, SHAPES, path);
  switch (type) {
    case "NFC":
    case "NFD":
    case "NFKC":
    case "NFKD":
      return new UnicodeNormalizer(type);
    case "Lowercase":
      return new LowercaseNormalizer();
    case "Strip":
      return new StripNormalizer({
        left: optional(fields, "strip_left", path, asBoolean, true),
        right: optional(fields, "strip_right", path, asBoolean, true),
      });
    case "StripAccents":
      return new StripAccentsNormalizer();
    case "ByteLevel":
      return new ByteLevelNormalizer();
    case "Precompiled": {
      const at = child(path, "precompiled_charsmap");
      return PrecompiledNormalizer.fromBase64(asString(fields.get("precompiled_charsmap"), at), at);
    }
    case "BertNormalizer":
      return new BertNormalizer({
        cleanText: optional(fields, "clean_text", path, asBoolean, true),
        handleChineseChars: optional(fields, "handle_chinese_chars", path, asBoolean, true),
        stripAccents: optional(fields, "strip_accents", path, asBoolean, null),
        lowercase: optional(fields, "lowercase", path, asBoolean, true),
      });
    case "Nmt":
      return new NmtNormalizer();
    case "Prepend":
      return new PrependNormalizer(asString(fields.get("prepend"), child(path, "prepend")));
    case "Replace":
      return new ReplaceNormalizer({
        pattern: readPattern(fields.get("pattern"), child(path, "pattern")),
        content: asString(fields.get("content"), child(path, "content")),
      });
    case "Sequence": {
      const at = child(path, "normalizers");
      const items = asArray(fields.get("normalizers"), at);
      return new NormalizerSequence(items.map((item, index) => readNormalizer(item, child(at, index))));
    }
    case "SentencePiece":
      return SentencePieceNormalizer.fromFields(fields, path);
    default:
      return type satisfies never;
  }
}

/** The closed list of pre-tokenizers, read from the `pre_tokenizer` value of tokenizer.json. */
import { TokenizerFormatError } from "../errors.ts";
import {
  asArray,
  asBoolean,
  asCharacter,
  asChoice,
  asFields,
  asId,
  asString,
  child,
  describe,
  type JsonFields,
  optional,
} from "../json.ts";
import { type Pattern, readPattern } from "../patterns/pattern.ts";
import { ByteLevelPreTokenizer, readByteLevelOptions } from "./byte-level.ts";
import { CharDelimiterSplitPreTokenizer } from "./char-delimiter-split.ts";
import { DigitsPreTokenizer } from "./digits.ts";
import { FixedLengthPreTokenizer } from "./fixed-length.ts";
import { type MetaspaceOptions, MetaspacePreTokenizer, PREPEND_SCHEMES } from "./metaspace.ts";
import type { PreTokenizer } from "./pre-tokenizer.ts";
import { PunctuationPreTokenizer } from "./punctuation.ts";
import { SCANNERS } from "./scanners/known-patterns.ts";
import { SegmenterPreTokenizer, type Segmenters } from "./segmenter.ts";
import { PreTokenizerSequence } from "./sequence.ts";
import { ANY_GRAPHEME, SplitPreTokenizer } from "./split.ts";
import { SPLIT_BEHAVIORS, type SplitBehavior } from "./split-by.ts";
import { UnicodeScriptsPreTokenizer } from "./unicode-scripts.ts";
import { BertPreTokenizer, WhitespacePreTokenizer, WhitespaceSplitPreTokenizer } from "./whitespace.ts";

/** @internal What `type` may be. */
export const PRE_TOKENIZER_TYPES = [
  "Whitespace",
  "WhitespaceSplit",
  "BertPreTokenizer",
  "Punctuation",
  "Metaspace",
  "Split",
  "Segmenter",
  "ByteLevel",
  "Digits",
  "CharDelimiterSplit",
  "UnicodeScripts",
  "FixedLength",
  "Sequence",
] as const;

/**
 * @param segmenters that the file may name
 * @throws {TokenizerFormatError} naming the key path, for an unknown type or option, or a segmenter that is not there
 */
export function readPreTokenizer(value: unknown, path: string, segmenters: Segmenters = {}): PreTokenizer {
  const fields = asFields(value, path);
  const type = asChoice(fields.get("type"), PRE_TOKENIZER_TYPES, child(path, "type"));
  switch (type) {
    case "Whitespace":
      return new WhitespacePreTokenizer();
    case "WhitespaceSplit":
      return new WhitespaceSplitPreTokenizer();
    case "BertPreTokenizer":
      return new BertPreTokenizer();
    case "Punctuation":
      return new PunctuationPreTokenizer(optional(fields, "behavior", path, asBehavior, "Isolated"));
    case "Metaspace":
      return new MetaspacePreTokenizer(readMetaspaceOptions(fields, path));
    case "Split":
      return new SplitPreTokenizer({
        pattern: readSplitPattern(fields.get("pattern"), child(path, "pattern")),
        behavior: optional(fields, "behavior", path, asBehavior, "Isolated"),
        invert: optional(fields, "invert", path, asBoolean, false),
      });
    case "Segmenter":
      return readSegmenter(fields, path, segmenters);
    case "ByteLevel":
      return new ByteLevelPreTokenizer(readByteLevelOptions(fields, path));
    case "Digits":
      return new DigitsPreTokenizer(optional(fields, "individual_digits", path, asBoolean, false));
    case "CharDelimiterSplit":
      return new CharDelimiterSplitPreTokenizer(asCharacter(fields.get("delimiter"), child(path, "delimiter")));
    case "UnicodeScripts":
      return new UnicodeScriptsPreTokenizer();
    case "FixedLength":
      return new FixedLengthPreTokenizer(optional(fields, "length", path, asLength, 5));
    case "Sequence": {
      const at = child(path, "pretokenizers");
      const items = asArray(fields.get("pretokenizers"), at);
      return new PreTokenizerSequence(items.map((item, index) => readPreTokenizer(item, child(at, index), segmenters)));
    }
    default:
      return type satisfies never;
  }
}

/** The options of Metaspace, which its decoder shares; `add_prefix_space` is how older files say them. */
export function readMetaspaceOptions(fields: JsonFields, path: string): Required<MetaspaceOptions> {
  const addPrefixSpace = optional(fields, "add_prefix_space", path, asBoolean, true);
  return {
    replacement: optional(fields, "replacement", path, asCharacter, "▁"),
    prependScheme: optional(
      fields,
      "prepend_scheme",
      path,
      (value, at) => asChoice(value, PREPEND_SCHEMES, at),
      addPrefixSpace ? "always" : "never",
    ),
    split: optional(fields, "split", path, asBoolean, true),
  };
}

function asLength(value: unknown, path: string): number {
  const length = asId(value, path);
  if (length === 0) throw new TokenizerFormatError(path, "an integer of at least 1", describe(value));
  return length;
}

function asBehavior(value: unknown, path: string): SplitBehavior {
  return asChoice(value, SPLIT_BEHAVIORS, path);
}

function readSegmenter(fields: JsonFields, path: string, segmenters: Segmenters): SegmenterPreTokenizer {
  const name = optional(fields, "name", path, asString, undefined);
  if (name === undefined) return new SegmenterPreTokenizer(optional(fields, "locale", path, asLocale, "zh"));
  const segment = Object.hasOwn(segmenters, name) ? segmenters[name] : undefined;
  if (segment !== undefined) return new SegmenterPreTokenizer({ name, segment });
  const known = Object.keys(segmenters).map((each) => describe(each));
  const expected = `one of the segmenters that the reader of the file passes in (${known.join(", ") || "none was"})`;
  throw new TokenizerFormatError(child(path, "name"), expected, describe(name));
}

function asLocale(value: unknown, path: string): string {
  const locale = asString(value, path);
  try {
    return Intl.getCanonicalLocales(locale)[0] ?? locale;
  } catch {
    throw new TokenizerFormatError(path, "a BCP 47 locale such as zh", describe(value));
  }
}

/** A pattern; one that is known here, such as the escape for grapheme clusters, needs no translation. */
function readSplitPattern(value: unknown, path: string): Pattern {
  const regex = asFields(value, path).get("Regex");
  const isKnown = typeof regex === "string" && (regex === ANY_GRAPHEME || SCANNERS.has(regex));
  return isKnown ? { Regex: regex } : readPattern(value, path);
}

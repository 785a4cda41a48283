/** The pre-tokenizers that an experiment can name. */
import { z } from "zod";
import { SPLIT_BEHAVIORS } from "../pre-tokenizers/split-by.ts";
import { byteLevelOptions, character, flag, metaspaceOptions, oneOrMore, patternConfig, plainStage } from "./stage.ts";

const behavior = z
  .enum(SPLIT_BEHAVIORS)
  .default("Isolated")
  .describe("what becomes of the matches: dropped, pieces of their own, joined with a neighbour or with each other");

const locale = z.string().refine(isLocale, "must be a BCP 47 locale such as zh, ja or th");

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

/** @internal One stage. */
export const preTokenizerStage = z.discriminatedUnion("type", [
  plainStage("Whitespace", "runs of letters and digits, runs of symbols"),
  plainStage("WhitespaceSplit", "what stands between white space"),
  plainStage("BertPreTokenizer", "words, and each punctuation mark alone"),
  z.strictObject({ type: z.literal("Punctuation"), behavior }).describe("cuts at punctuation"),
  z
    .strictObject({ type: z.literal("Metaspace"), ...metaspaceOptions })
    .describe("makes spaces visible and cuts before them"),
  z
    .strictObject({
      type: z.literal("Split"),
      pattern: patternConfig,
      behavior,
      invert: flag(false, "take what lies between the matches for the matches"),
    })
    .describe("cuts at a pattern"),
  z
    .strictObject({
      type: z.literal("Segmenter"),
      locale: locale.default("zh").describe("language of the text, such as zh, ja or th"),
    })
    .describe("cuts at the word boundaries of Unicode segmentation, by the dictionary of this Node"),
  z.strictObject({ type: z.literal("ByteLevel"), ...byteLevelOptions }).describe("writes pieces as their bytes"),
  z
    .strictObject({
      type: z.literal("Digits"),
      individualDigits: flag(false, "each digit is a piece; otherwise a run of them"),
    })
    .describe("cuts at digits"),
  z
    .strictObject({ type: z.literal("CharDelimiterSplit"), delimiter: character.describe("is dropped") })
    .describe("cuts at a character"),
  plainStage("UnicodeScripts", "cuts where the script changes"),
  z
    .strictObject({
      type: z.literal("FixedLength"),
      length: z.int().min(1).default(5).describe("code points of a piece"),
    })
    .describe("cuts into pieces of equal length"),
]);
/** As a user writes it. */
export type PreTokenizerStage = z.input<typeof preTokenizerStage>;

export const preTokenizerConfig = oneOrMore(preTokenizerStage);

/** Short names of pre-tokenizers that serve well, and what they stand for. */
export const PRE_TOKENIZER_NAMES = ["whitespace", "metaspace", "segmenter", "byteLevel", "bert"] as const;
export type PreTokenizerName = (typeof PRE_TOKENIZER_NAMES)[number];

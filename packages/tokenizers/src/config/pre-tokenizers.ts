/** The pre-tokenizers that an experiment can name. */
import { z } from "zod";
import { SPLIT_BEHAVIORS } from "../pre-tokenizers/split-by.ts";
import { byteLevelOptions, character, flag, metaspaceOptions, oneOrMore, patternConfig, plainStage } from "./stage.ts";

const behavior = z
  .enum(SPLIT_BEHAVIORS)
  .default("Isolated")
  .describe(
    "what happens to a match. Removed: it is dropped; Isolated: it is a piece; MergedWithPrevious, MergedWithNext: it joins that piece; Contiguous: it joins the matches next to it",
  );

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
  plainStage("WhitespaceSplit", "what is between white space"),
  plainStage("BertPreTokenizer", "words, and each punctuation mark alone"),
  z.strictObject({ type: z.literal("Punctuation"), behavior }).describe("cuts at punctuation"),
  z
    .strictObject({ type: z.literal("Metaspace"), ...metaspaceOptions })
    .describe("replaces spaces with a visible character and cuts before them"),
  z
    .strictObject({
      type: z.literal("Split"),
      pattern: patternConfig,
      behavior,
      invert: flag(false, "swap matches and what is between them"),
    })
    .describe("cuts at the matches of a pattern"),
  z
    .strictObject({
      type: z.literal("Segmenter"),
      locale: locale.default("zh").describe("language of the text, such as zh, ja or th"),
    })
    .describe("cuts at the word boundaries of Unicode segmentation, by the dictionary of this version of Node"),
  z.strictObject({ type: z.literal("ByteLevel"), ...byteLevelOptions }).describe("writes pieces as their bytes"),
  z
    .strictObject({
      type: z.literal("Digits"),
      individualDigits: flag(false, "true: each digit is a piece; false: each run of digits"),
    })
    .describe("cuts at digits"),
  z
    .strictObject({
      type: z.literal("CharDelimiterSplit"),
      delimiter: character.describe("the character, which is dropped"),
    })
    .describe("cuts at a character"),
  plainStage("UnicodeScripts", "cuts where the script changes"),
  z
    .strictObject({
      type: z.literal("FixedLength"),
      length: z.int().min(1).max(1_000_000).default(5).describe("code points in a piece"),
    })
    .describe("cuts into pieces of equal length"),
]);
/** As a user writes it. */
export type PreTokenizerStage = z.input<typeof preTokenizerStage>;

type PreTokenizerStages = ReturnType<typeof oneOrMore<typeof preTokenizerStage>>;
/** Named, so that declarations of schemas that have such a key do not repeat all stages. */
export interface PreTokenizerSchema extends PreTokenizerStages {}

export const preTokenizerConfig: PreTokenizerSchema = oneOrMore(preTokenizerStage);

/** Short names of useful pre-tokenizers; `training/build-stages.ts` has their stages. */
export const PRE_TOKENIZER_NAMES = ["whitespace", "metaspace", "segmenter", "byteLevel", "bert"] as const;
export type PreTokenizerName = (typeof PRE_TOKENIZER_NAMES)[number];

/** The decoders that an experiment can name. */
import { z } from "zod";
import { byteLevelOptions, character, flag, metaspaceOptions, oneOrMore, patternConfig, plainStage } from "./stage.ts";

/** @internal One stage. */
export const decoderStage = z.discriminatedUnion("type", [
  plainStage("Fuse", "joins tokens with nothing between them"),
  z.strictObject({ type: z.literal("Metaspace"), ...metaspaceOptions }).describe("turns each ▁ into a space"),
  z.strictObject({ type: z.literal("ByteLevel"), ...byteLevelOptions }).describe("reads tokens as bytes"),
  z
    .strictObject({
      type: z.literal("WordPiece"),
      prefix: z.string().default("##").describe("prefix of the tokens that continue a word"),
      cleanup: flag(true, "remove the spaces before punctuation and English contractions"),
    })
    .describe("joins the parts of words"),
  z
    .strictObject({
      type: z.literal("BPEDecoder"),
      suffix: z.string().default("</w>").describe("suffix of the tokens that end a word"),
    })
    .describe("replaces the suffix of each word with a space"),
  plainStage("ByteFallback", "replaces tokens such as <0xE2> with the characters that their bytes spell"),
  z
    .strictObject({
      type: z.literal("Strip"),
      content: character.describe("the character to remove"),
      start: z
        .int()
        .min(0)
        .max(1_000_000)
        .default(0)
        .describe("how many to remove at the start of each token, at most"),
      stop: z.int().min(0).max(1_000_000).default(0).describe("how many to remove at the end of each token, at most"),
    })
    .describe("removes a character at the ends of tokens"),
  z
    .strictObject({
      type: z.literal("Replace"),
      pattern: patternConfig,
      content: z.string().describe("the replacement"),
    })
    .describe("replaces every match of a pattern in each token"),
  z
    .strictObject({
      type: z.literal("CTC"),
      padToken: z.string().default("<pad>").describe("the blank"),
      wordDelimiterToken: z.string().default("|").describe("the token for the space between words"),
      cleanup: flag(
        true,
        "replace delimiters with spaces, and remove the spaces before punctuation and English contractions",
      ),
    })
    .describe("merges repeated tokens and drops blanks"),
]);

type DecoderStages = ReturnType<typeof oneOrMore<typeof decoderStage>>;
/** Named, so that declarations of schemas that have such a key do not repeat all stages. */
export interface DecoderSchema extends DecoderStages {}

export const decoderConfig: DecoderSchema = oneOrMore(decoderStage);

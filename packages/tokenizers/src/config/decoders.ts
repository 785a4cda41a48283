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
      prefix: z.string().default("##").describe("what tokens begin with that continue a word"),
      cleanup: flag(true, "take out spaces before punctuation and English endings"),
    })
    .describe("joins the parts of words"),
  z
    .strictObject({
      type: z.literal("BPEDecoder"),
      suffix: z.string().default("</w>").describe("what the last token of a word ends with"),
    })
    .describe("turns the suffix of words into spaces"),
  plainStage("ByteFallback", "turns tokens such as <0xE2> into the characters that they spell"),
  z
    .strictObject({
      type: z.literal("Strip"),
      content: character.describe("what to take off"),
      start: z.int().min(0).default(0).describe("how many at the start of each token, at most"),
      stop: z.int().min(0).default(0).describe("how many at the end of each token, at most"),
    })
    .describe("takes a character off the ends of tokens"),
  z
    .strictObject({ type: z.literal("Replace"), pattern: patternConfig, content: z.string() })
    .describe("replaces a pattern in each token"),
  z
    .strictObject({
      type: z.literal("CTC"),
      padToken: z.string().default("<pad>").describe("the blank"),
      wordDelimiterToken: z.string().default("|").describe("stands for the space between words"),
      cleanup: flag(true, "turn delimiters into spaces, and take out spaces before punctuation"),
    })
    .describe("joins repeated tokens and drops blanks"),
]);

export const decoderConfig = oneOrMore(decoderStage);

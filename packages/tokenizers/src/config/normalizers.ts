/** The normalizers that an experiment can name. */
import { z } from "zod";
import { flag, oneOrMore, patternConfig, plainStage } from "./stage.ts";

/** @internal One stage. */
export const normalizerStage = z.discriminatedUnion("type", [
  plainStage("NFC", "composes accents with their letters"),
  plainStage("NFD", "decomposes accented letters"),
  plainStage("NFKC", "composes, and flattens ligatures and full-width forms"),
  plainStage("NFKD", "decomposes, and flattens ligatures and full-width forms"),
  plainStage("Lowercase", "turns the text into lower case"),
  z
    .strictObject({
      type: z.literal("Strip"),
      stripLeft: flag(true, "at the start"),
      stripRight: flag(true, "at the end"),
    })
    .describe("takes white space off the ends"),
  plainStage("StripAccents", "removes combining marks, which NFD or NFKD before it makes of accents"),
  plainStage("ByteLevel", "writes the text as the characters of its bytes"),
  z
    .strictObject({
      type: z.literal("Precompiled"),
      precompiledCharsmap: z.base64().describe("the table of a SentencePiece model, in Base64"),
    })
    .describe("the normalization of a SentencePiece model"),
  z
    .strictObject({
      type: z.literal("BertNormalizer"),
      cleanText: flag(true, "remove control characters and write all white space as spaces"),
      handleChineseChars: flag(true, "put spaces around Chinese characters"),
      stripAccents: z.boolean().nullable().default(null).describe("remove accents; null: if lowercase is set"),
      lowercase: flag(true, "turn the text into lower case"),
    })
    .describe("what BERT does to a text"),
  plainStage("Nmt", "removes control characters and writes invisible ones as spaces"),
  z
    .strictObject({ type: z.literal("Prepend"), prepend: z.string().describe("what to put before the text") })
    .describe("puts something before a text that is not empty"),
  z
    .strictObject({
      type: z.literal("Replace"),
      pattern: patternConfig,
      content: z.string().describe("what to put in its place"),
    })
    .describe("replaces all places of a pattern"),
]);
/** As a user writes it. */
export type NormalizerStage = z.input<typeof normalizerStage>;

export const normalizerConfig = oneOrMore(normalizerStage);

/** The normalizers that an experiment can name. */
import { z } from "zod";
import { flag, oneOrMore, patternConfig, plainStage } from "./stage.ts";

/** @internal One stage. */
export const normalizerStage = z.discriminatedUnion("type", [
  plainStage("NFC", "composes accents with their letters"),
  plainStage("NFD", "decomposes accented letters"),
  plainStage(
    "NFKC",
    "composes accents with their letters, and replaces ligatures and full-width forms with plain characters",
  ),
  plainStage("NFKD", "decomposes accented letters, and replaces ligatures and full-width forms with plain characters"),
  plainStage("Lowercase", "lowercases the text"),
  z
    .strictObject({
      type: z.literal("Strip"),
      stripLeft: flag(true, "remove it at the start"),
      stripRight: flag(true, "remove it at the end"),
    })
    .describe("removes white space at the ends"),
  plainStage(
    "StripAccents",
    "removes combining marks; put NFD or NFKD before it, which make combining marks of accents",
  ),
  plainStage("ByteLevel", "writes the text as the characters of its bytes"),
  z
    .strictObject({
      type: z.literal("Precompiled"),
      precompiledCharsmap: z.base64().describe("the table of a SentencePiece model, in base64"),
    })
    .describe("the normalization of a SentencePiece model"),
  z
    .strictObject({
      type: z.literal("BertNormalizer"),
      cleanText: flag(true, "remove control characters and replace all white space with spaces"),
      handleChineseChars: flag(true, "put spaces around Chinese characters"),
      stripAccents: z.boolean().nullable().default(null).describe("remove accents; null: only if `lowercase` is set"),
      lowercase: flag(true, "lowercase the text"),
    })
    .describe("the normalization of BERT"),
  plainStage("Nmt", "removes control characters and replaces invisible ones with spaces"),
  z
    .strictObject({ type: z.literal("Prepend"), prepend: z.string().describe("the text to add") })
    .describe("adds a text before every text that is not empty"),
  z
    .strictObject({
      type: z.literal("Replace"),
      pattern: patternConfig,
      content: z.string().describe("the replacement"),
    })
    .describe("replaces every match of a pattern"),
]);
/** As a user writes it. */
export type NormalizerStage = z.input<typeof normalizerStage>;

type NormalizerStages = ReturnType<typeof oneOrMore<typeof normalizerStage>>;
/** Named, so that declarations of schemas that have such a key do not repeat all stages. */
export interface NormalizerSchema extends NormalizerStages {}

export const normalizerConfig: NormalizerSchema = oneOrMore(normalizerStage);

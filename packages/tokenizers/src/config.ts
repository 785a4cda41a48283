/** The schema of the `tokenizer` section of an experiment, and the only place where its defaults are. */
import { z } from "zod";
import { SPECIAL_ROLES, SPECIAL_TOKENS, type SpecialRole } from "./special-tokens.ts";

const lowercase = z.boolean().default(false).describe("turn the text into lower case first");

const minFrequency = z.int().min(1).default(1).describe("tokens seen less often in the train split become unknown");

const maxSize = z
  .int()
  .min(5)
  .optional()
  .describe("size of the whole vocabulary, special tokens included; no limit if missing");

const normalizeForm = z.enum(["none", "nfc", "nfkc"]);

const normalize = normalizeForm
  .default("nfc")
  .describe(
    "Unicode form: nfc unites accents with their letters; nfkc also flattens ligatures and full-width forms, Chinese punctuation among them",
  );

const specialName = (role: SpecialRole) => z.string().min(1).default(SPECIAL_TOKENS[role]);

const specialTokens = z
  .strictObject({ pad: specialName("pad"), unk: specialName("unk"), bos: specialName("bos"), eos: specialName("eos") })
  .refine((names) => new Set(Object.values(names)).size === SPECIAL_ROLES.length, "must be four different tokens")
  .prefault({})
  .describe("how the special tokens are written, of which a task takes those that it needs");

const spacedPieces = z.enum(["metaspace", "segmenter"]);

export const wordTokenizerConfig = z.strictObject({
  kind: z.literal("word"),
  specialTokens,
  lowercase,
  normalize,
  preTokenizer: z
    .enum(["whitespace", ...spacedPieces.options])
    .default("whitespace")
    .describe(
      "whitespace: runs of letters, runs of symbols; metaspace: words and punctuation that decode back to natural spacing; segmenter: words of Chinese and other scripts without spaces",
    ),
  minFrequency,
  maxSize,
});

export const charTokenizerConfig = z.strictObject({
  kind: z.literal("char"),
  unit: z
    .enum(["codePoint", "grapheme"])
    .default("codePoint")
    .describe("codePoint: accents may be tokens of their own; grapheme: what a reader takes for one character"),
  specialTokens,
  lowercase,
  normalize: normalizeForm.default("none").describe("Unicode form; none, so that decoding gives back the very text"),
  minFrequency,
  maxSize,
});

const pairFrequency = z.int().min(1).default(2).describe("pairs seen less often in the train split are not merged");

const vocabSize = z.int().min(5).default(8000);

/** Special tokens and one token for each byte. */
const BYTE_LEVEL_SIZE = 260;

export const bpeTokenizerConfig = z
  .strictObject({
    kind: z.literal("bpe"),
    specialTokens,
    lowercase,
    normalize,
    preTokenizer: z
      .enum([...spacedPieces.options, "byteLevel"])
      .default("metaspace")
      .describe(
        "metaspace: merges stay inside words; segmenter: inside words of Unicode segmentation; byteLevel: inside words as bytes, so that no text is unknown",
      ),
    minFrequency: pairFrequency,
    vocabSize: vocabSize.describe("size of the whole vocabulary: special tokens, characters or bytes, merges"),
  })
  .refine(({ preTokenizer, vocabSize }) => preTokenizer !== "byteLevel" || vocabSize >= BYTE_LEVEL_SIZE, {
    path: ["vocabSize"],
    message: `must be at least ${BYTE_LEVEL_SIZE} with byteLevel: 256 bytes and the special tokens`,
  });

export const wordPieceTokenizerConfig = z.strictObject({
  kind: z.literal("wordpiece"),
  specialTokens,
  lowercase,
  normalize,
  minFrequency: pairFrequency,
  vocabSize: vocabSize.describe("size of the whole vocabulary: special tokens, characters, parts of words"),
});

export const unigramTokenizerConfig = z.strictObject({
  kind: z.literal("unigram"),
  specialTokens,
  lowercase,
  normalize,
  preTokenizer: spacedPieces
    .default("metaspace")
    .describe("metaspace: tokens stay inside words; segmenter: inside words of Unicode segmentation"),
  vocabSize: vocabSize.describe("size of the whole vocabulary: special tokens, characters, parts of words"),
});

/** How text becomes tokens that are learned from the texts, told apart by `kind`. */
export const tokenizerConfig = z
  .discriminatedUnion("kind", [
    wordTokenizerConfig,
    charTokenizerConfig,
    bpeTokenizerConfig,
    wordPieceTokenizerConfig,
    unigramTokenizerConfig,
  ])
  .describe("how text becomes tokens");

const tokenName = z.string().min(1).optional();

/** A tokenizer that is there already. */
export const fileTokenizerConfig = z
  .strictObject({
    kind: z.literal("file").default("file").describe("may be left out"),
    file: z
      .string()
      .min(1)
      .describe(
        "tokenizer.json, SentencePiece .model, BERT's vocab.txt, vocab.json beside merges.txt, or a folder with one of them; relative to this file",
      ),
    specialTokens: z
      .strictObject({ pad: tokenName, unk: tokenName, bos: tokenName, eos: tokenName })
      .prefault({})
      .describe("which tokens pad, stand for the unknown, begin and end; those that the file lacks are added"),
  })
  .describe("a tokenizer from a file, as it is");

/** The `tokenizer` section of an experiment: one to train, or one from a file. */
export const tokenizerSectionConfig = z
  .union([tokenizerConfig, fileTokenizerConfig])
  .describe("how text becomes tokens");

/** The section with its defaults filled in. */
export type TokenizerConfig = z.output<typeof tokenizerConfig>;
export type WordTokenizerConfig = z.output<typeof wordTokenizerConfig>;
export type CharTokenizerConfig = z.output<typeof charTokenizerConfig>;
export type BpeTokenizerConfig = z.output<typeof bpeTokenizerConfig>;
export type WordPieceTokenizerConfig = z.output<typeof wordPieceTokenizerConfig>;
export type FileTokenizerConfig = z.output<typeof fileTokenizerConfig>;
export type TokenizerSection = z.output<typeof tokenizerSectionConfig>;
export type UnigramTokenizerConfig = z.output<typeof unigramTokenizerConfig>;

/** The section as a user writes it. */
export type TokenizerConfigInput = z.input<typeof tokenizerConfig>;

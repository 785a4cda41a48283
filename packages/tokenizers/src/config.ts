/** The schema of the `tokenizer` section of an experiment, and the only place where its defaults are. */
import { z } from "zod";
import { decoderConfig } from "./config/decoders.ts";
import { normalizerConfig } from "./config/normalizers.ts";
import { postProcessorConfig } from "./config/post-processors.ts";
import { PRE_TOKENIZER_NAMES, type PreTokenizerName, preTokenizerConfig } from "./config/pre-tokenizers.ts";
import { addedTokensConfig, fileSpecialTokensConfig, specialTokensConfig } from "./config/special-tokens.ts";
import { flag } from "./config/stage.ts";

/** Largest vocabulary; those of the largest public models have a quarter of a million tokens. */
const MAX_VOCAB_SIZE = 10_000_000;
/** Characters of a token or a word. */
const MAX_TOKEN_LENGTH = 1_000_000;

/** The options of all kinds; `normalize` has another default for characters. */
const shared = {
  specialTokens: specialTokensConfig,
  addedTokens: addedTokensConfig,
  lowercase: flag(false, "lowercase the text"),
  normalizer: normalizerConfig
    .optional()
    .describe("one stage or a list of them, in place of `normalize`. Default: the Unicode form that `normalize` names"),
  decoder: decoderConfig
    .optional()
    .describe("how tokens become text again. Default: the decoder that undoes the other stages"),
  postProcessor: postProcessorConfig
    .optional()
    .describe("what is added around an encoded text. Default: the begin and end tokens, if the task uses them"),
};

const normalizeForm = z.enum(["none", "nfc", "nfkc"]);

const normalize = normalizeForm
  .default("nfc")
  .describe(
    "Unicode form. nfc: compose accents with their letters; nfkc: also replace ligatures and full-width forms, such as Chinese punctuation, with plain characters",
  );

function preTokenizer<const Name extends PreTokenizerName>(
  names: readonly [Name, ...Name[]],
  byDefault: Name,
  description: string,
) {
  return z
    .union([z.enum(names), ...preTokenizerConfig.options])
    .default(() => byDefault)
    .describe(description);
}

const minFrequency = z
  .int()
  .min(1)
  .max(1_000_000_000)
  .default(1)
  .describe("tokens that occur less often in the train split are unknown");

const maxSize = z
  .int()
  .min(5)
  .max(MAX_VOCAB_SIZE)
  .optional()
  .describe("largest size of the vocabulary, special tokens included. Default: no limit");

const wordSchema = z.strictObject({
  kind: z.literal("word"),
  ...shared,
  normalize,
  preTokenizer: preTokenizer(
    PRE_TOKENIZER_NAMES,
    "whitespace",
    "where the text is cut: a name, or stages. whitespace: runs of letters, runs of symbols; metaspace: words and punctuation, and decoding restores the spaces; segmenter: words of Chinese and other scripts without spaces",
  ),
  minFrequency,
  maxSize,
});

const charSchema = z.strictObject({
  kind: z.literal("char"),
  unit: z
    .enum(["codePoint", "grapheme"])
    .default("codePoint")
    .describe("codePoint: an accent may be a token of its own; grapheme: what a reader sees as one character"),
  ...shared,
  normalize: normalizeForm.default("none").describe("Unicode form. none: decoding gives back the exact text"),
  preTokenizer: preTokenizerConfig.optional().describe("stages before the cut into characters. Default: none"),
  minFrequency,
  maxSize,
});

const pairFrequency = z
  .int()
  .min(1)
  .max(1_000_000_000)
  .default(2)
  .describe("pairs that occur less often in the train split are not merged");

const vocabSize = z.int().min(5).max(MAX_VOCAB_SIZE).default(8000);

/** Which characters may become tokens. */
const alphabet = {
  initialAlphabet: z
    .array(z.string().min(1))
    .default([])
    .describe("characters that become tokens even if no text has them"),
  characterCoverage: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe("share of the text that the kept characters cover, the most frequent first; rarer ones are unknown"),
};

/** Unicode has no more code points. */
const limitAlphabet = z
  .int()
  .min(0)
  .max(0x110000)
  .optional()
  .describe("largest number of characters to keep. Default: no limit");

const byteFallback = flag(
  false,
  "spell characters outside the vocabulary by their bytes, for which there are 256 more tokens",
);

/** Special tokens and one token for each byte. */
const BYTES_SIZE = 260;

const bpeSchema = z
  .strictObject({
    kind: z.literal("bpe"),
    ...shared,
    normalize,
    preTokenizer: preTokenizer(
      ["metaspace", "segmenter", "byteLevel"],
      "metaspace",
      "where the text is cut: a name, or stages; merges stay inside the pieces. metaspace: words; segmenter: words by Unicode segmentation; byteLevel: words as bytes, so that no text is unknown",
    ),
    minFrequency: pairFrequency,
    vocabSize: vocabSize.describe("size of the vocabulary: special tokens, characters or bytes, and merges"),
    ...alphabet,
    limitAlphabet,
    maxTokenLength: z
      .int()
      .min(1)
      .max(MAX_TOKEN_LENGTH)
      .optional()
      .describe("longest token in characters. Default: no limit"),
    continuingSubwordPrefix: z
      .string()
      .optional()
      .describe("prefix of the tokens that do not begin a word. Default: none"),
    endOfWordSuffix: z
      .string()
      .optional()
      .describe("suffix of the tokens that end a word, such as </w>. Default: none"),
    byteFallback,
    fuseUnk: flag(false, "encode a run of unknown characters as one unknown token"),
    ignoreMerges: flag(false, "keep a word whole if it is a token, whatever the merges say"),
    dropout: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe(
        "share of merges to skip at random, for other programs that read the saved tokenizer; experiments skip none. Default: none",
      ),
  })
  .superRefine(leaveRoomForBytes);

const wordPieceSchema = z.strictObject({
  kind: z.literal("wordpiece"),
  ...shared,
  normalize,
  preTokenizer: preTokenizer(
    ["bert", "whitespace"],
    "bert",
    "where the text is cut: a name, or stages. bert: words, and each punctuation mark alone; whitespace: runs of letters, runs of symbols",
  ),
  minFrequency: pairFrequency,
  vocabSize: vocabSize.describe("size of the vocabulary: special tokens, characters and parts of words"),
  ...alphabet,
  limitAlphabet,
  continuingSubwordPrefix: z.string().default("##").describe("prefix of the tokens that continue a word"),
  maxInputCharsPerWord: z
    .int()
    .min(0)
    .max(MAX_TOKEN_LENGTH)
    .default(100)
    .describe("words of more characters are unknown"),
  cleanup: flag(true, "remove the spaces before punctuation and English contractions when decoding"),
});

const unigramSchema = z
  .strictObject({
    kind: z.literal("unigram"),
    ...shared,
    normalize,
    preTokenizer: preTokenizer(
      ["metaspace", "segmenter"],
      "metaspace",
      "where the text is cut: a name, or stages; tokens stay inside the pieces. metaspace: words; segmenter: words by Unicode segmentation",
    ),
    vocabSize: vocabSize.describe("size of the vocabulary: special tokens, characters and parts of words"),
    ...alphabet,
    maxPieceLength: z.int().min(1).max(1000).default(16).describe("longest token in characters"),
    shrinkingFactor: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.75)
      .describe("share of the tokens that remain after each pruning"),
    numSubIterations: z
      .int()
      .min(1)
      .max(100)
      .default(2)
      .describe("rounds of expectation-maximization before each pruning"),
    seedSize: z.int().min(1).max(100_000_000).default(1_000_000).describe("largest number of tokens to start from"),
    byteFallback,
  })
  .superRefine(leaveRoomForBytes);

interface SizedConfig {
  readonly vocabSize: number;
  readonly byteFallback: boolean;
  readonly preTokenizer: z.output<typeof preTokenizerConfig> | PreTokenizerName;
}

function leaveRoomForBytes({ vocabSize, byteFallback, preTokenizer }: SizedConfig, context: z.RefinementCtx): void {
  const reason = byteFallback ? "byteFallback" : isByteLevel(preTokenizer) ? "byteLevel" : undefined;
  if (reason === undefined || vocabSize >= BYTES_SIZE) return;
  const message = `must be at least ${BYTES_SIZE} with ${reason}: 256 bytes and the special tokens`;
  context.addIssue({ code: "custom", path: ["vocabSize"], message });
}

function isByteLevel(preTokenizer: SizedConfig["preTokenizer"]): boolean {
  if (typeof preTokenizer === "string") return preTokenizer === "byteLevel";
  return [preTokenizer].flat().some(({ type }) => type === "ByteLevel");
}

// Named, so that declarations of what is made of them do not repeat what they hold.
type WordSchema = typeof wordSchema;
export interface WordTokenizerSchema extends WordSchema {}
export const wordTokenizerConfig: WordTokenizerSchema = wordSchema;
type CharSchema = typeof charSchema;
export interface CharTokenizerSchema extends CharSchema {}
export const charTokenizerConfig: CharTokenizerSchema = charSchema;
type BpeSchema = typeof bpeSchema;
export interface BpeTokenizerSchema extends BpeSchema {}
export const bpeTokenizerConfig: BpeTokenizerSchema = bpeSchema;
type WordPieceSchema = typeof wordPieceSchema;
export interface WordPieceTokenizerSchema extends WordPieceSchema {}
export const wordPieceTokenizerConfig: WordPieceTokenizerSchema = wordPieceSchema;
type UnigramSchema = typeof unigramSchema;
export interface UnigramTokenizerSchema extends UnigramSchema {}
export const unigramTokenizerConfig: UnigramTokenizerSchema = unigramSchema;

/** How text becomes tokens that are learned from the texts, told apart by `kind`. */
export const tokenizerConfig = z
  .discriminatedUnion("kind", [
    wordTokenizerConfig,
    charTokenizerConfig,
    bpeTokenizerConfig,
    wordPieceTokenizerConfig,
    unigramTokenizerConfig,
  ])
  .refine(
    ({ normalizer, normalize, kind }) => normalizer === undefined || normalize === (kind === "char" ? "none" : "nfc"),
    {
      path: ["normalize"],
      message: "must be left out where there is a normalizer; put a stage such as { type: NFKC } into that",
    },
  )
  .describe("how text becomes tokens");

/** A tokenizer that exists already. */
export const fileTokenizerConfig = z
  .strictObject({
    kind: z.literal("file").default("file").describe("may be left out"),
    file: z
      .string()
      .min(1)
      .meta({ format: "path" }) // readers of configs resolve it against the folder of the config
      .describe(
        "a tokenizer.json, a SentencePiece .model, BERT's vocab.txt, vocab.json with merges.txt beside it, or a folder with one of them; relative to this file",
      ),
    specialTokens: fileSpecialTokensConfig,
  })
  .describe("a tokenizer from a file, used as it is");

const tokenizerSection = z.union([tokenizerConfig, fileTokenizerConfig]).describe("how text becomes tokens");

/** The section with its defaults filled in. */
export type TokenizerConfig = z.output<typeof tokenizerConfig>;
export type WordTokenizerConfig = z.output<typeof wordTokenizerConfig>;
export type CharTokenizerConfig = z.output<typeof charTokenizerConfig>;
export type BpeTokenizerConfig = z.output<typeof bpeTokenizerConfig>;
export type WordPieceTokenizerConfig = z.output<typeof wordPieceTokenizerConfig>;
export type UnigramTokenizerConfig = z.output<typeof unigramTokenizerConfig>;
export type FileTokenizerConfig = z.output<typeof fileTokenizerConfig>;
export type TokenizerSection = z.output<typeof tokenizerSection>;

/** A name of its own keeps declarations of all schemas that hold it short. */
export interface TokenizerSectionSchema extends z.ZodType<TokenizerSection, z.input<typeof tokenizerSection>> {}

/** The `tokenizer` section of an experiment: one to train, or one from a file. */
export const tokenizerSectionConfig: TokenizerSectionSchema = tokenizerSection;

/** The section as a user writes it. */
export type TokenizerConfigInput = z.input<typeof tokenizerConfig>;

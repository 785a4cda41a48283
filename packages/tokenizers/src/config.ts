/** The schema of the `tokenizer` section of an experiment, and the only place where its defaults are. */
import { z } from "zod";
import { decoderConfig } from "./config/decoders.ts";
import { normalizerConfig } from "./config/normalizers.ts";
import { postProcessorConfig } from "./config/post-processors.ts";
import { PRE_TOKENIZER_NAMES, type PreTokenizerName, preTokenizerConfig } from "./config/pre-tokenizers.ts";
import { addedTokensConfig, fileSpecialTokensConfig, specialTokensConfig } from "./config/special-tokens.ts";
import { flag } from "./config/stage.ts";

/** What all kinds have, but for the Unicode form, which characters do without. */
const shared = {
  specialTokens: specialTokensConfig,
  addedTokens: addedTokensConfig,
  lowercase: flag(false, "turn the text into lower case first"),
  normalizer: normalizerConfig.optional().describe("stages in place of the Unicode form of `normalize`"),
  decoder: decoderConfig.optional().describe("how tokens become text again; what undoes the other stages if missing"),
  postProcessor: postProcessorConfig
    .optional()
    .describe("what stands around an encoded text; begin and end, where the task has them, if missing"),
};

const normalizeForm = z.enum(["none", "nfc", "nfkc"]);

const normalize = normalizeForm
  .default("nfc")
  .describe(
    "Unicode form: nfc unites accents with their letters; nfkc also flattens ligatures and full-width forms, Chinese punctuation among them",
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

const minFrequency = z.int().min(1).default(1).describe("tokens seen less often in the train split become unknown");

const maxSize = z
  .int()
  .min(5)
  .optional()
  .describe("size of the whole vocabulary, special tokens included; no limit if missing");

export const wordTokenizerConfig = z.strictObject({
  kind: z.literal("word"),
  ...shared,
  normalize,
  preTokenizer: preTokenizer(
    PRE_TOKENIZER_NAMES,
    "whitespace",
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
  ...shared,
  normalize: normalizeForm.default("none").describe("Unicode form; none, so that decoding gives back the very text"),
  preTokenizer: preTokenizerConfig.optional().describe("stages before the cut into characters"),
  minFrequency,
  maxSize,
});

const pairFrequency = z.int().min(1).default(2).describe("pairs seen less often in the train split are not merged");

const vocabSize = z.int().min(5).default(8000);

/** Which characters may become tokens. */
const alphabet = {
  initialAlphabet: z.array(z.string().min(1)).default([]).describe("characters to have even if the text lacks them"),
  characterCoverage: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe("share of the text that the most frequent characters make up, which are kept; rarer ones are unknown"),
};

const limitAlphabet = z.int().min(0).optional().describe("how many characters to keep at most; no limit if missing");

const byteFallback = flag(false, "write characters outside the vocabulary as their bytes, which 256 more tokens spell");

/** Special tokens and one token for each byte. */
const BYTES_SIZE = 260;

export const bpeTokenizerConfig = z
  .strictObject({
    kind: z.literal("bpe"),
    ...shared,
    normalize,
    preTokenizer: preTokenizer(
      ["metaspace", "segmenter", "byteLevel"],
      "metaspace",
      "metaspace: merges stay inside words; segmenter: inside words of Unicode segmentation; byteLevel: inside words as bytes, so that no text is unknown",
    ),
    minFrequency: pairFrequency,
    vocabSize: vocabSize.describe("size of the whole vocabulary: special tokens, characters or bytes, merges"),
    ...alphabet,
    limitAlphabet,
    maxTokenLength: z.int().min(1).optional().describe("longest token in characters; no limit if missing"),
    continuingSubwordPrefix: z.string().optional().describe("what tokens begin with that do not begin a word"),
    endOfWordSuffix: z.string().optional().describe("what tokens end with that end a word, such as </w>"),
    byteFallback,
    fuseUnk: flag(false, "one unknown token for a run of unknown characters"),
    ignoreMerges: flag(false, "take a word that is a token as it is, whatever the merges say"),
    dropout: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe("share of merges that other readers of the file leave out at random; an experiment leaves out none"),
  })
  .superRefine(leaveRoomForBytes);

export const wordPieceTokenizerConfig = z.strictObject({
  kind: z.literal("wordpiece"),
  ...shared,
  normalize,
  preTokenizer: preTokenizer(["bert", "whitespace"], "bert", "bert: words, and each punctuation mark alone"),
  minFrequency: pairFrequency,
  vocabSize: vocabSize.describe("size of the whole vocabulary: special tokens, characters, parts of words"),
  ...alphabet,
  limitAlphabet,
  continuingSubwordPrefix: z.string().default("##").describe("what tokens begin with that continue a word"),
  maxInputCharsPerWord: z.int().min(0).default(100).describe("longer words are unknown, in characters"),
  cleanup: flag(true, "decoding takes out spaces before punctuation and English endings"),
});

export const unigramTokenizerConfig = z
  .strictObject({
    kind: z.literal("unigram"),
    ...shared,
    normalize,
    preTokenizer: preTokenizer(
      ["metaspace", "segmenter"],
      "metaspace",
      "metaspace: tokens stay inside words; segmenter: inside words of Unicode segmentation",
    ),
    vocabSize: vocabSize.describe("size of the whole vocabulary: special tokens, characters, parts of words"),
    ...alphabet,
    maxPieceLength: z.int().min(1).default(16).describe("longest token in characters"),
    shrinkingFactor: z.number().gt(0).lt(1).default(0.75).describe("share of the tokens that each pruning leaves"),
    numSubIterations: z.int().min(1).default(2).describe("rounds of expectation-maximization before each pruning"),
    seedSize: z.int().min(1).default(1_000_000).describe("the most tokens to start from"),
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

/** A tokenizer that is there already. */
export const fileTokenizerConfig = z
  .strictObject({
    kind: z.literal("file").default("file").describe("may be left out"),
    file: z
      .string()
      .min(1)
      .meta({ format: "path" }) // readers of configs resolve it against the folder of the config
      .describe(
        "tokenizer.json, SentencePiece .model, BERT's vocab.txt, vocab.json beside merges.txt, or a folder with one of them; relative to this file",
      ),
    specialTokens: fileSpecialTokensConfig,
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
export type UnigramTokenizerConfig = z.output<typeof unigramTokenizerConfig>;
export type FileTokenizerConfig = z.output<typeof fileTokenizerConfig>;
export type TokenizerSection = z.output<typeof tokenizerSectionConfig>;

/** The section as a user writes it. */
export type TokenizerConfigInput = z.input<typeof tokenizerConfig>;

/** Trains a tokenizer: builds the pipeline that a config describes, counts pieces, and lets the model's trainer choose. */
import { specialToken } from "./added-tokens.ts";
import { AlignedText } from "./aligned-text.ts";
import { BYTE_CHARACTERS } from "./byte-level.ts";
import type { TokenizerConfig } from "./config.ts";
import { ByteLevelDecoder } from "./decoders/byte-level.ts";
import { FuseDecoder } from "./decoders/fuse.ts";
import { MetaspaceDecoder } from "./decoders/metaspace.ts";
import { WordPieceDecoder } from "./decoders/word-piece.ts";
import { TrainingError } from "./errors.ts";
import { trainBpe } from "./models/bpe/trainer.ts";
import type { Model } from "./models/model.ts";
import { trainUnigram } from "./models/unigram/trainer.ts";
import { trainWordLevel } from "./models/word-level/trainer.ts";
import { trainWordPiece } from "./models/word-piece/trainer.ts";
import { LowercaseNormalizer } from "./normalizers/lowercase.ts";
import type { Normalizer } from "./normalizers/normalizer.ts";
import { NormalizerSequence } from "./normalizers/sequence.ts";
import { UnicodeNormalizer } from "./normalizers/unicode-form.ts";
import { PieceCounter } from "./piece-counter.ts";
import { onePiece } from "./pieces.ts";
import { TemplateProcessor } from "./post-processors/template.ts";
import { ByteLevelPreTokenizer } from "./pre-tokenizers/byte-level.ts";
import { MetaspacePreTokenizer } from "./pre-tokenizers/metaspace.ts";
import type { PreTokenizer } from "./pre-tokenizers/pre-tokenizer.ts";
import { PunctuationPreTokenizer } from "./pre-tokenizers/punctuation.ts";
import { SegmenterPreTokenizer } from "./pre-tokenizers/segmenter.ts";
import { PreTokenizerSequence } from "./pre-tokenizers/sequence.ts";
import { ANY_CODE_POINT, ANY_GRAPHEME, SplitPreTokenizer } from "./pre-tokenizers/split.ts";
import { BertPreTokenizer, WhitespacePreTokenizer } from "./pre-tokenizers/whitespace.ts";
import { SPECIAL_ROLES, SPECIAL_TOKENS, type SpecialRole, type SpecialTokenNames } from "./special-tokens.ts";
import { Tokenizer, type TokenizerParts } from "./tokenizer.ts";

/** Options that have no default but that of the schema; what else a config says may be left out. */
type Needed = "kind" | "unit" | "lowercase" | "normalize" | "preTokenizer" | "minFrequency" | "vocabSize";

type WithDefaults<Config> = Config extends unknown
  ? Partial<Config> & Pick<Config, Extract<keyof Config, Needed>>
  : never;

/** What `tokenizerConfig` gives; written by hand, it needs fewer keys. */
export type TrainTokenizerConfig = WithDefaults<TokenizerConfig>;

type ConfigOf<Kind> = Extract<TrainTokenizerConfig, { readonly kind: Kind }>;

export interface TrainTokenizerOptions {
  /** The special tokens to have, in the order of their ids. Default pad, unk, bos, eos: ids 0, 1, 2, 3. */
  readonly specialTokens?: readonly SpecialRole[];
}

/**
 * Trains a tokenizer on texts, which should be those of the train split only.
 *
 * The result depends on how often things occur, not on the order of the texts.
 *
 * @throws {TrainingError} if the vocabulary size leaves no room for the special tokens
 */
export function trainTokenizer(
  config: TrainTokenizerConfig,
  texts: Iterable<string>,
  { specialTokens = SPECIAL_ROLES }: TrainTokenizerOptions = {},
): Tokenizer {
  if (new Set(specialTokens).size !== specialTokens.length) {
    throw new TrainingError(`trainTokenizer: expected special tokens that differ, got ${specialTokens.join(", ")}`);
  }
  const pipeline = { normalizer: normalizerFor(config), ...stagesFor(config) };
  const counts = countPieces(pipeline, texts);
  const names = config.specialTokens ?? SPECIAL_TOKENS;
  const special = specialTokens.map((role) => names[role]);
  const unkToken = specialTokens.includes("unk") ? names.unk : undefined;
  return new Tokenizer({
    ...pipeline,
    model: trainModel(config, counts, special, unkToken),
    addedTokens: special.map((content, id) => specialToken(id, content)),
    postProcessor: templateFor(special, names),
    specialTokens: names,
  });
}

function trainModel(
  config: TrainTokenizerConfig,
  counts: ReadonlyMap<string, number>,
  specialTokens: readonly string[],
  unkToken: string | undefined,
): Model {
  switch (config.kind) {
    case "word":
    case "char": {
      const { minFrequency, maxSize } = config;
      return trainWordLevel(counts, { specialTokens, unkToken, minFrequency, maxSize });
    }
    case "bpe": {
      const { minFrequency, vocabSize, preTokenizer } = config;
      const initialAlphabet = preTokenizer === "byteLevel" ? BYTE_CHARACTERS : [];
      return trainBpe(counts, { specialTokens, unkToken, minFrequency, vocabSize, initialAlphabet });
    }
    case "wordpiece": {
      const { minFrequency, vocabSize } = config;
      return trainWordPiece(counts, { specialTokens, unkToken, minFrequency, vocabSize });
    }
    case "unigram":
      return trainUnigram(counts, { specialTokens, unkToken, vocabSize: config.vocabSize });
    default:
      return config satisfies never;
  }
}

function normalizerFor({ normalize, lowercase }: TrainTokenizerConfig): Normalizer | undefined {
  const normalizers: Normalizer[] = [];
  if (normalize !== "none") normalizers.push(new UnicodeNormalizer(normalize === "nfc" ? "NFC" : "NFKC"));
  if (lowercase) normalizers.push(new LowercaseNormalizer());
  return normalizers.length > 1 ? new NormalizerSequence(normalizers) : normalizers[0];
}

type Stages = Pick<TokenizerParts, "preTokenizer" | "decoder"> & { readonly preTokenizer: PreTokenizer };

function stagesFor(config: TrainTokenizerConfig): Stages {
  switch (config.kind) {
    case "char":
      return charStages(config);
    case "wordpiece":
      return { preTokenizer: new BertPreTokenizer(), decoder: new WordPieceDecoder() };
    default:
      return wordStages(config);
  }
}

function charStages({ unit }: ConfigOf<"char">): Stages {
  const pattern = { Regex: unit === "codePoint" ? ANY_CODE_POINT : ANY_GRAPHEME };
  return { preTokenizer: new SplitPreTokenizer({ pattern }), decoder: new FuseDecoder() };
}

function wordStages({ preTokenizer }: ConfigOf<"word" | "bpe" | "unigram">): Stages {
  switch (preTokenizer) {
    case "byteLevel":
      return { preTokenizer: new ByteLevelPreTokenizer({ addPrefixSpace: false }), decoder: new ByteLevelDecoder() };
    case "whitespace":
      return { preTokenizer: new WhitespacePreTokenizer() };
    case "metaspace":
      return {
        preTokenizer: new PreTokenizerSequence([new MetaspacePreTokenizer(), new PunctuationPreTokenizer()]),
        decoder: new MetaspaceDecoder(),
      };
    case "segmenter": {
      // No space is put before a text: in Chinese it would give the first word of a sentence a second form.
      const metaspace = { prependScheme: "never" } as const;
      return {
        preTokenizer: new PreTokenizerSequence([new MetaspacePreTokenizer(metaspace), new SegmenterPreTokenizer()]),
        decoder: new MetaspaceDecoder(metaspace),
      };
    }
    default:
      return preTokenizer satisfies never;
  }
}

/** `<s> … </s>`, or what of it there is. */
function templateFor(tokens: readonly string[], { bos, eos }: SpecialTokenNames): TemplateProcessor | undefined {
  const withId = (wanted: string | undefined) =>
    tokens.flatMap((token, id) => (token === wanted ? [{ token, id }] : []));
  const before = withId(bos);
  const after = withId(eos);
  return before.length + after.length === 0 ? undefined : TemplateProcessor.around(before, after);
}

function countPieces(
  { normalizer, preTokenizer }: Stages & Pick<TokenizerParts, "normalizer">,
  texts: Iterable<string>,
): Map<string, number> {
  const counter = new PieceCounter();
  for (const text of texts) {
    const source = AlignedText.of(text.toWellFormed());
    counter.add(preTokenizer.cut(onePiece(normalizer?.normalize(source) ?? source)));
  }
  return counter.counts(preTokenizer.rewrite);
}

/** Tokenizers that this package trains, put together by hand or by `trainTokenizer`, for Hugging Face's library to load. */
import {
  AlignedText,
  BertNormalizer,
  BertPreTokenizer,
  BertProcessor,
  BpeDecoder,
  BpeModel,
  BYTE_CHARACTERS,
  ByteFallbackDecoder,
  ByteLevelDecoder,
  ByteLevelPreTokenizer,
  CtcDecoder,
  type Decoder,
  DecoderSequence,
  FuseDecoder,
  LowercaseNormalizer,
  MetaspaceDecoder,
  MetaspacePreTokenizer,
  type Model,
  type Normalizer,
  NormalizerSequence,
  type PostProcessor,
  PrependNormalizer,
  type PreTokenizer,
  PreTokenizerSequence,
  preTokenize,
  ReplaceDecoder,
  ReplaceNormalizer,
  RobertaProcessor,
  SplitPreTokenizer,
  StripAccentsNormalizer,
  StripDecoder,
  specialToken,
  Tokenizer,
  trainBpe,
  trainTokenizer,
  trainUnigram,
  trainWordLevel,
  trainWordPiece,
  UnicodeNormalizer,
  WhitespacePreTokenizer,
  WordPieceDecoder,
} from "@cellstate/tokenizers";
import { tokenizerConfig } from "@cellstate/tokenizers/config";

type Counts = ReadonlyMap<string, number>;

interface Layout {
  readonly normalizer?: Normalizer;
  readonly preTokenizer: PreTokenizer;
  readonly decoder?: Decoder;
  readonly specialTokens: readonly string[];
  readonly train: (counts: Counts, specialTokens: readonly string[]) => Model;
  readonly postProcessor?: PostProcessor;
}

const GPT4_PATTERN =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const BYTE_TOKENS = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);

const bpe = { minFrequency: 1, vocabSize: 3000 };
const trainByteLevel = (counts: Counts, specialTokens: readonly string[]) =>
  trainBpe(counts, { ...bpe, specialTokens, initialAlphabet: BYTE_CHARACTERS });

function trainLlama(counts: Counts, specialTokens: readonly string[]): BpeModel {
  const unkToken = "<unk>";
  const { vocabulary, merges } = trainBpe(counts, { ...bpe, specialTokens, unkToken, limitAlphabet: 500 });
  return new BpeModel({ vocabulary, merges, unkToken, byteFallback: true, fuseUnk: true });
}

const LAYOUTS: Readonly<Record<string, Layout>> = {
  roberta: {
    preTokenizer: new ByteLevelPreTokenizer(),
    decoder: new ByteLevelDecoder(),
    specialTokens: ["<s>", "<pad>", "</s>"],
    train: trainByteLevel,
    postProcessor: new RobertaProcessor({ sep: { token: "</s>", id: 2 }, cls: { token: "<s>", id: 0 } }),
  },
  llama3: {
    preTokenizer: new PreTokenizerSequence([
      new SplitPreTokenizer({ pattern: { Regex: GPT4_PATTERN } }),
      new ByteLevelPreTokenizer({ addPrefixSpace: false, useRegex: false }),
    ]),
    decoder: new ByteLevelDecoder(),
    specialTokens: ["<|endoftext|>"],
    train: trainByteLevel,
  },
  bert: {
    normalizer: new BertNormalizer(),
    preTokenizer: new BertPreTokenizer(),
    decoder: new WordPieceDecoder(),
    specialTokens: ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"],
    train: (counts, specialTokens) => trainWordPiece(counts, { ...bpe, specialTokens }),
    postProcessor: new BertProcessor({ sep: { token: "[SEP]", id: 3 }, cls: { token: "[CLS]", id: 2 } }),
  },
  t5: {
    normalizer: new UnicodeNormalizer("NFKC"),
    preTokenizer: new MetaspacePreTokenizer(),
    decoder: new MetaspaceDecoder(),
    specialTokens: ["<pad>", "</s>", "<unk>"],
    train: (counts, specialTokens) => trainUnigram(counts, { specialTokens, unkToken: "<unk>", vocabSize: 4000 }),
  },
  llama: {
    normalizer: new NormalizerSequence([
      new PrependNormalizer("▁"),
      new ReplaceNormalizer({ pattern: { String: " " }, content: "▁" }),
    ]),
    preTokenizer: new SplitPreTokenizer({ pattern: { String: "▁" }, behavior: "MergedWithNext" }),
    decoder: new DecoderSequence([
      new ReplaceDecoder({ String: "▁" }, " "),
      new ByteFallbackDecoder(),
      new FuseDecoder(),
      new StripDecoder({ content: " ", start: 1, stop: 0 }),
    ]),
    specialTokens: ["<unk>", "<s>", "</s>", ...BYTE_TOKENS],
    train: trainLlama,
  },
  word: {
    normalizer: new NormalizerSequence([
      new UnicodeNormalizer("NFD"),
      new LowercaseNormalizer(),
      new StripAccentsNormalizer(),
    ]),
    preTokenizer: new WhitespacePreTokenizer(),
    specialTokens: ["<unk>"],
    train: (counts, specialTokens) =>
      trainWordLevel(counts, { specialTokens, unkToken: "<unk>", minFrequency: 2, maxSize: 3000 }),
  },
  ctc: {
    normalizer: new ReplaceNormalizer({ pattern: { String: " " }, content: "|" }),
    preTokenizer: new SplitPreTokenizer({ pattern: { String: "" } }),
    decoder: new CtcDecoder(),
    specialTokens: ["<pad>", "<unk>", "|"],
    train: (counts, specialTokens) => trainWordLevel(counts, { specialTokens, unkToken: "<unk>", minFrequency: 1 }),
  },
  "bpe-affixes": {
    normalizer: new LowercaseNormalizer(),
    preTokenizer: new BertPreTokenizer(),
    decoder: new BpeDecoder("</w>"),
    specialTokens: ["<unk>"],
    train: (counts, specialTokens) =>
      trainBpe(counts, {
        ...bpe,
        specialTokens,
        unkToken: "<unk>",
        limitAlphabet: 800,
        endOfWordSuffix: "</w>",
        continuingSubwordPrefix: "@@",
      }),
  },
};

const CONFIGS = {
  "config-word": { kind: "word", preTokenizer: "metaspace", lowercase: true },
  "config-char": { kind: "char" },
  "config-bpe": { kind: "bpe", vocabSize: 8000, normalize: "nfkc" },
  "config-byte-level": { kind: "bpe", preTokenizer: "byteLevel", vocabSize: 2000 },
  "config-wordpiece": { kind: "wordpiece", vocabSize: 8000, lowercase: true },
  "config-unigram": { kind: "unigram", vocabSize: 8000 },
} as const;

/** By name, with functions that train them. */
export function ownLayouts(texts: readonly string[]): ReadonlyMap<string, () => Tokenizer> {
  const byHand = Object.entries(LAYOUTS).map(([name, layout]) => [name, () => trainByHand(layout, texts)] as const);
  const byConfig = Object.entries(CONFIGS).map(
    ([name, config]) => [name, () => trainTokenizer(tokenizerConfig.parse(config), texts)] as const,
  );
  return new Map([...byHand, ...byConfig]);
}

function trainByHand({ train, specialTokens, ...stages }: Layout, texts: readonly string[]): Tokenizer {
  const counts = new Map<string, number>();
  for (const text of texts) {
    const source = AlignedText.of(text);
    for (const piece of preTokenize(stages.preTokenizer, stages.normalizer?.normalize(source) ?? source)) {
      counts.set(piece.text, (counts.get(piece.text) ?? 0) + 1);
    }
  }
  return new Tokenizer({
    ...stages,
    model: train(counts, specialTokens),
    addedTokens: specialTokens.map((content, id) => specialToken(id, content)),
  });
}

/** tokenizer.json files with every model and every stage. */
import { Tokenizer, trainTokenizer } from "@cellstate/tokenizers";
import { tokenizerConfig } from "@cellstate/tokenizers/config";
import { byteMutators } from "../mutate/bytes.ts";
import { bytesOfText, textMutators, textOfBytes } from "../mutate/text.ts";
import { treeMutators } from "../mutate/tree.ts";
import type { Target } from "../target.ts";
import { TRAINING_TEXTS } from "./training-texts.ts";
import { useTokenizer } from "./use-tokenizer.ts";

const [changeTree] = treeMutators();

export const tokenizerJson: Target = {
  name: "tokenizer-json",
  about: "tokenizer.json files with every model and stage",
  extension: "json",
  async open() {
    return {
      seeds: [...trained(), ...withStages()].map(bytesOfText),
      mutators: [...Array.from({ length: 20 }, () => changeTree!), ...textMutators, ...byteMutators.slice(0, 2)],
      check: (input) => useTokenizer(Tokenizer.parse(textOfBytes(input))),
    };
  },
};

function trained(): string[] {
  const configs = [
    { kind: "word", maxSize: 30 },
    { kind: "char", maxSize: 40 },
    { kind: "bpe", vocabSize: 60, lowercase: true },
    { kind: "wordpiece", vocabSize: 60 },
    { kind: "unigram", vocabSize: 60 },
  ];
  return configs.map((config) => trainTokenizer(tokenizerConfig.parse(config), TRAINING_TEXTS).stringify());
}

const WORD_LEVEL = { type: "WordLevel", vocab: { a: 0, the: 1, "12": 2, "<s>": 3, "</s>": 4 }, unk_token: "a" };
const ADDED = {
  id: 3,
  content: "<s>",
  single_word: false,
  lstrip: false,
  rstrip: true,
  normalized: false,
  special: true,
};
const PATTERN = { Regex: "'s|\\p{L}+|\\p{N}{1,3}|\\s+(?!\\S)|[^\\s\\p{L}\\p{N}]+" };

/** Every stage that tokenizer.json knows, in a few files. */
const STAGES: readonly Record<string, unknown>[] = [
  {
    normalizer: {
      type: "Sequence",
      normalizers: [
        { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
        { type: "NFKD" },
        { type: "StripAccents" },
        { type: "Replace", pattern: PATTERN, content: "x" },
        { type: "Prepend", prepend: "▁" },
        { type: "Strip", strip_left: true, strip_right: false },
      ],
    },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
  },
  {
    normalizer: {
      type: "Sequence",
      normalizers: [{ type: "Nmt" }, { type: "NFC" }, { type: "Lowercase" }, { type: "ByteLevel" }],
    },
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    post_processor: { type: "ByteLevel", add_prefix_space: true, trim_offsets: false, use_regex: true },
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
  },
  {
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "Split", pattern: PATTERN, behavior: "Isolated", invert: false },
        { type: "Punctuation", behavior: "MergedWithNext" },
        { type: "Digits", individual_digits: true },
        { type: "CharDelimiterSplit", delimiter: "," },
        { type: "UnicodeScripts" },
        { type: "FixedLength", length: 5 },
      ],
    },
    post_processor: {
      type: "TemplateProcessing",
      single: [{ SpecialToken: { id: "<s>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
      pair: [{ Sequence: { id: "A", type_id: 0 } }, { Sequence: { id: "B", type_id: 1 } }],
      special_tokens: { "<s>": { id: "<s>", ids: [3], tokens: ["<s>"] } },
    },
    decoder: {
      type: "Sequence",
      decoders: [
        { type: "Replace", pattern: { String: "▁" }, content: " " },
        { type: "ByteFallback" },
        { type: "Fuse" },
        { type: "Strip", content: " ", start: 1, stop: 0 },
      ],
    },
  },
  {
    pre_tokenizer: { type: "Metaspace", replacement: "▁", prepend_scheme: "first", split: true },
    post_processor: {
      type: "RobertaProcessing",
      sep: ["</s>", 4],
      cls: ["<s>", 3],
      trim_offsets: true,
      add_prefix_space: true,
    },
    decoder: { type: "CTC", pad_token: "<s>", word_delimiter_token: "|", cleanup: true },
    truncation: { direction: "Right", max_length: 4, strategy: "LongestFirst", stride: 1 },
    padding: {
      strategy: { Fixed: 6 },
      direction: "Left",
      pad_to_multiple_of: 4,
      pad_id: 0,
      pad_type_id: 0,
      pad_token: "a",
    },
  },
  {
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: { type: "BertProcessing", sep: ["</s>", 4], cls: ["<s>", 3] },
    decoder: { type: "BPEDecoder", suffix: "</w>" },
    added_tokens: [ADDED, { ...ADDED, id: 5, content: "new one", normalized: true, special: false, single_word: true }],
  },
];

function withStages(): string[] {
  return STAGES.map((stages) =>
    JSON.stringify({
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: [ADDED],
      ...stages,
      model: WORD_LEVEL,
    }),
  );
}

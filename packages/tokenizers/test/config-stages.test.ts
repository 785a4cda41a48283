/** Each stage and option that a tokenizer.json can have, as an experiment says it. */
import { describe, expect, test } from "vitest";
import { decoderStage } from "../src/config/decoders.ts";
import { normalizerStage } from "../src/config/normalizers.ts";
import { postProcessorStage } from "../src/config/post-processors.ts";
import { preTokenizerStage } from "../src/config/pre-tokenizers.ts";
import { type TokenizerConfigInput, tokenizerConfig } from "../src/config.ts";
import { DECODER_TYPES } from "../src/decoders/read-decoder.ts";
import { Tokenizer, trainTokenizer } from "../src/index.ts";
import { NORMALIZER_TYPES } from "../src/normalizers/read-normalizer.ts";
import { POST_PROCESSOR_TYPES } from "../src/post-processors/read-post-processor.ts";
import { PRE_TOKENIZER_TYPES } from "../src/pre-tokenizers/read-pre-tokenizer.ts";

const TEXTS = ["low lower lowest 12", "new newer newest 你好"];
const train = (config: TokenizerConfigInput) => trainTokenizer(tokenizerConfig.parse(config), TEXTS);
const json = (config: TokenizerConfigInput) => JSON.parse(train(config).stringify());

interface Stages {
  readonly options: readonly { readonly shape: { readonly type: { readonly value: string } } }[];
}
const typesOf = ({ options }: Stages) => options.map(({ shape }) => shape.type.value);

test("every type that is read from a file has a config; a sequence is a list", () => {
  expect([...typesOf(normalizerStage), "Sequence"].sort()).toEqual([...NORMALIZER_TYPES].sort());
  expect([...typesOf(preTokenizerStage), "Sequence"].sort()).toEqual([...PRE_TOKENIZER_TYPES].sort());
  expect([...typesOf(decoderStage), "Sequence"].sort()).toEqual([...DECODER_TYPES].sort());
  expect([...typesOf(postProcessorStage), "Sequence"].sort()).toEqual([...POST_PROCESSOR_TYPES].sort());
});

type Explicit<Key extends keyof TokenizerConfigInput> = Exclude<TokenizerConfigInput[Key], undefined>;

test.each<[Explicit<"normalizer">, unknown]>([
  [{ type: "NFD" }, { type: "NFD" }],
  [
    { type: "Strip", stripLeft: false },
    { type: "Strip", strip_left: false, strip_right: true },
  ],
  [
    { type: "BertNormalizer", stripAccents: false },
    {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: false,
      lowercase: true,
    },
  ],
  [
    [{ type: "Replace", pattern: "w", content: "" }, { type: "Prepend", prepend: "_" }, { type: "Nmt" }],
    {
      type: "Sequence",
      normalizers: [
        { type: "Replace", pattern: { String: "w" }, content: "" },
        { type: "Prepend", prepend: "_" },
        { type: "Nmt" },
      ],
    },
  ],
  [
    { type: "Replace", pattern: { regex: "\\s+" }, content: " " },
    { type: "Replace", pattern: { Regex: "\\s+" }, content: " " },
  ],
])("normalizer %j", (normalizer, expected) => {
  expect(json({ kind: "word", normalizer }).normalizer).toEqual(expected);
});

test("an explicit normalizer takes the place of the Unicode form, and lowercase comes behind it", () => {
  const { normalizer } = json({ kind: "word", normalizer: { type: "StripAccents" }, lowercase: true });
  expect(normalizer.normalizers).toEqual([{ type: "StripAccents" }, { type: "Lowercase" }]);
  expect(json({ kind: "word", normalizer: [] }).normalizer).toBeNull();
});

test.each<[Exclude<Explicit<"preTokenizer">, string>, unknown]>([
  [{ type: "Whitespace" }, { type: "Whitespace" }],
  [
    { type: "Punctuation", behavior: "Removed" },
    { type: "Punctuation", behavior: "Removed" },
  ],
  [
    { type: "Metaspace", prependScheme: "first", split: false },
    { type: "Metaspace", replacement: "▁", prepend_scheme: "first", split: false },
  ],
  [
    [{ type: "WhitespaceSplit" }, { type: "Digits", individualDigits: true }],
    { type: "Sequence", pretokenizers: [{ type: "WhitespaceSplit" }, { type: "Digits", individual_digits: true }] },
  ],
  [
    { type: "Split", pattern: { regex: "\\X" }, behavior: "MergedWithNext", invert: true },
    { type: "Split", pattern: { Regex: "\\X" }, behavior: "MergedWithNext", invert: true },
  ],
  [
    { type: "ByteLevel", useRegex: false },
    { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: false },
  ],
  [
    { type: "Segmenter", locale: "ja" },
    { type: "Segmenter", locale: "ja" },
  ],
  [
    { type: "CharDelimiterSplit", delimiter: "|" },
    { type: "CharDelimiterSplit", delimiter: "|" },
  ],
  [
    { type: "FixedLength", length: 3 },
    { type: "FixedLength", length: 3 },
  ],
])("pre-tokenizer %j", (preTokenizer, expected) => {
  expect(json({ kind: "word", preTokenizer }).pre_tokenizer).toEqual(expected);
});

test("characters are cut last, whatever comes before", () => {
  const { pre_tokenizer } = json({ kind: "char", preTokenizer: { type: "WhitespaceSplit" } });
  expect(pre_tokenizer.pretokenizers.map(({ type }: { type: string }) => type)).toEqual(["WhitespaceSplit", "Split"]);
});

test.each<[Explicit<"decoder">, unknown]>([
  [
    { type: "WordPiece", prefix: "@@" },
    { type: "WordPiece", prefix: "@@", cleanup: true },
  ],
  [{ type: "BPEDecoder" }, { type: "BPEDecoder", suffix: "</w>" }],
  [{ type: "CTC" }, { type: "CTC", pad_token: "<pad>", word_delimiter_token: "|", cleanup: true }],
  [
    [{ type: "ByteFallback" }, { type: "Fuse" }, { type: "Strip", content: " ", start: 1 }],
    {
      type: "Sequence",
      decoders: [{ type: "ByteFallback" }, { type: "Fuse" }, { type: "Strip", content: " ", start: 1, stop: 0 }],
    },
  ],
  [
    { type: "Replace", pattern: "_", content: " " },
    { type: "Replace", pattern: { String: "_" }, content: " " },
  ],
])("decoder %j", (decoder, expected) => {
  expect(json({ kind: "word", decoder }).decoder).toEqual(expected);
});

describe("a decoder that is left out undoes the other stages", () => {
  test.each<[TokenizerConfigInput, string]>([
    [{ kind: "bpe", minFrequency: 1, preTokenizer: [{ type: "Metaspace" }] }, "lower newest"],
    [{ kind: "bpe", minFrequency: 1, preTokenizer: { type: "WhitespaceSplit" }, endOfWordSuffix: "</w>" }, "lower new"],
    [
      { kind: "bpe", minFrequency: 1, vocabSize: 300, preTokenizer: [{ type: "ByteLevel", addPrefixSpace: false }] },
      "low 🎂",
    ],
    [{ kind: "bpe", minFrequency: 1, vocabSize: 300, byteFallback: true }, "low 🎂 ç"],
    [{ kind: "unigram", vocabSize: 300, byteFallback: true }, "low 🎂 ç"],
    [{ kind: "wordpiece", minFrequency: 1, vocabSize: 60, continuingSubwordPrefix: "@@" }, "newew lower"],
    [
      { kind: "bpe", minFrequency: 1, preTokenizer: { type: "WhitespaceSplit" }, continuingSubwordPrefix: "##" },
      "lower ne",
    ],
  ])("with %j", (config, text) => {
    const tokenizer = train(config);
    expect(tokenizer.decode(tokenizer.encode(text, { matchAddedTokens: false }).ids)).toBe(text);
  });
});

describe("post-processors", () => {
  const special = { addSpecialTokens: true };

  test("are templates as people write them", () => {
    const postProcessor = { type: "TemplateProcessing", single: "<s> $A </s>:1", pair: "$B:1 <s> $A" } as const;
    const tokenizer = train({ kind: "word", postProcessor });
    const single = tokenizer.encode("low", special);
    expect(single.tokens).toEqual(["<s>", "low", "</s>"]);
    expect(single.typeIds).toEqual([0, 0, 1]);
    expect(tokenizer.encode("low", { ...special, pair: "new" }).tokens).toEqual(["new", "<s>", "low"]);
  });

  test("find their tokens by name", () => {
    const names = { cls: "<s>", sep: "[SEP]" };
    const stages = [
      { type: "BertProcessing", ...names },
      { type: "RobertaProcessing", ...names },
    ] as const;
    for (const postProcessor of [...stages, [{ type: "ByteLevel" }, stages[0]]] as const) {
      const config: TokenizerConfigInput = {
        kind: "word",
        specialTokens: { eos: "[SEP]" },
        postProcessor: "type" in postProcessor ? postProcessor : [...postProcessor],
      };
      const tokenizer = train(config);
      expect(tokenizer.encode("low", special).tokens).toEqual(["<s>", "low", "[SEP]"]);
      expect(tokenizer.eosId).toBe(3);
      expect(Tokenizer.parse(tokenizer.stringify()).encode("low", special).ids).toEqual(
        tokenizer.encode("low", special).ids,
      );
    }
  });

  test("that name a token which is not there are refused", () => {
    expect(() => train({ kind: "word", postProcessor: { type: "BertProcessing", cls: "[CLS]", sep: "</s>" } })).toThrow(
      'postProcessor: the token "[CLS]" is not in the vocabulary; put it into addedTokens',
    );
  });
});

test("added tokens are recognised and stand behind the vocabulary", () => {
  const tokenizer = train({ kind: "word", addedTokens: ["<user>", { content: "low", special: true }] });
  const { tokens, ids } = tokenizer.encode("new<user>low");
  expect(tokens).toEqual(["new", "<user>", "low"]);
  expect(ids[1]).toBe(tokenizer.vocabSize - 1);
  expect(tokenizer.decode(ids)).toBe("new <user>");
  const ordinary = tokenizer.encode("low<user>low<s>", { matchAddedTokens: "ordinary" });
  expect(ordinary.tokens).toEqual(["low", "<user>", "low", "<unk>", "<unk>", "<unk>"]);
  expect(tokenizer.encode("<user>", { matchAddedTokens: false }).tokens).toEqual(["<unk>", "<unk>", "<unk>"]);
  expect(() => train({ kind: "word", addedTokens: ["<pad>"] })).toThrow('got "<pad>" twice');
});

test("options of models and trainers reach them", () => {
  const bpe = json({
    kind: "bpe",
    minFrequency: 1,
    vocabSize: 400,
    byteFallback: true,
    fuseUnk: true,
    ignoreMerges: true,
    dropout: 0.1,
    maxTokenLength: 3,
    initialAlphabet: ["ß"],
  });
  expect(bpe.model).toMatchObject({ byte_fallback: true, fuse_unk: true, ignore_merges: true, dropout: 0.1 });
  expect(Object.keys(bpe.model.vocab)).toEqual(expect.arrayContaining(["<0x00>", "<0xFF>", "ß"]));
  expect(bpe.model.vocab["<0x00>"]).toBe(4);
  expect(Object.keys(bpe.model.vocab).filter((token) => /^[▁a-z]{4,}$/.test(token))).toEqual([]);
  const pieces = json({
    kind: "wordpiece",
    minFrequency: 1,
    vocabSize: 60,
    limitAlphabet: 3,
    maxInputCharsPerWord: 9,
    cleanup: false,
  });
  expect(pieces.model.max_input_chars_per_word).toBe(9);
  expect(pieces.decoder.cleanup).toBe(false);
  expect(Object.keys(pieces.model.vocab).filter((token) => /^.$/.test(token))).toEqual(["e", "l", "w"]);
  const unigram = json({ kind: "unigram", vocabSize: 300, maxPieceLength: 2, characterCoverage: 0.9 });
  const tokens = unigram.model.vocab.map(([token]: [string]) => token).slice(4);
  expect(tokens.every((token: string) => token.length <= 2)).toBe(true);
  expect(tokens).not.toContain("好");
});

test("a config written by hand may leave out all that has a default elsewhere", () => {
  const kinds = [
    { kind: "word", lowercase: false, normalize: "nfc", preTokenizer: "whitespace", minFrequency: 1 },
    { kind: "char", unit: "codePoint", lowercase: false, normalize: "none", minFrequency: 1 },
    { kind: "bpe", lowercase: false, normalize: "nfc", preTokenizer: "metaspace", minFrequency: 2, vocabSize: 8000 },
    { kind: "wordpiece", lowercase: false, normalize: "nfc", preTokenizer: "bert", minFrequency: 2, vocabSize: 8000 },
    { kind: "unigram", lowercase: false, normalize: "nfc", preTokenizer: "metaspace", vocabSize: 8000 },
  ] as const;
  for (const config of kinds) {
    expect(trainTokenizer(config, TEXTS).stringify()).toBe(train({ kind: config.kind }).stringify());
  }
});

test.each<[unknown, string]>([
  [
    { kind: "word", normalizer: { type: "Replace", pattern: { regex: "(" }, content: "" } },
    "must be a regular expression",
  ],
  [{ kind: "word", preTokenizer: { type: "Segmenter", locale: "no such" } }, "must be a BCP 47 locale"],
  [{ kind: "word", preTokenizer: { type: "CharDelimiterSplit", delimiter: "ab" } }, "must be one character"],
  [{ kind: "word", postProcessor: { type: "TemplateProcessing", single: "<s> A" } }, "must hold $A once"],
  [{ kind: "bpe", byteFallback: true, vocabSize: 200 }, "must be at least 260 with byteFallback"],
  [{ kind: "bpe", preTokenizer: [{ type: "ByteLevel" }], vocabSize: 200 }, "must be at least 260 with byteLevel"],
])("%j is refused", (config, message) => {
  expect(tokenizerConfig.safeParse(config).error?.message).toContain(message);
});

/** Properties of all pipelines that can be put together from all stages, on arbitrary texts. */
import { readFileSync } from "node:fs";
import { Tokenizer } from "@cellstate/tokenizers";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const golden = JSON.parse(readFileSync(new URL("golden/sentencepiece.json", import.meta.url), "utf8"));

/** What a text is made of: words and marks that stages look for, and any code units, lone surrogates among them. */
const PARTS = [
  ...[
    "a",
    "the",
    "The",
    "b",
    "é",
    "e\u0301\u0323",
    "\u0344",
    "İ",
    "ΑΣ",
    "½",
    "ﬁ",
    "ﾞ",
    "가",
    "\u1161",
    "中",
    "日本",
    "ひら",
  ],
  ...[
    " ",
    "  ",
    "\n",
    "\t\r\n",
    "\u00a0",
    "\u3000",
    "\u0085",
    "▁",
    "Ġ",
    "|",
    "-",
    "'s",
    "don't",
    "!",
    "...",
    "¿",
    "1",
    "23",
    "④",
  ],
  ...[
    "<s>",
    "</s>",
    "<new>",
    "<0x41>",
    "##",
    "@@",
    "\0",
    "\u200d",
    "\ufeff",
    "\ufffd",
    "👩‍🚀",
    "🇩🇪",
    "😀",
    "\ud83d",
    "\ude00",
    "\ud800",
  ],
];
const texts = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...PARTS) },
      fc.nat(0xffff).map((unit) => String.fromCharCode(unit)),
    ),
    {
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(""));

const patterns = fc.constantFrom(
  ...[
    { String: " " },
    { String: "" },
    { String: "a" },
    { Regex: "\\s+" },
    { Regex: "[a-z]*" },
    { Regex: "." },
    { Regex: "\\w+|[^\\w\\s]+" },
  ],
);
const behavior = fc.constantFrom("Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous");
const prepend_scheme = fc.constantFrom("always", "first", "never");

const plainNormalizers = ["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt"].map((type) => ({ type }));
const normalizers = fc.oneof(
  fc.constantFrom(...plainNormalizers),
  fc.record({ type: fc.constant("Strip"), strip_left: fc.boolean(), strip_right: fc.boolean() }),
  fc.record({
    type: fc.constant("BertNormalizer"),
    clean_text: fc.boolean(),
    handle_chinese_chars: fc.boolean(),
    strip_accents: fc.constantFrom(null, true, false),
    lowercase: fc.boolean(),
  }),
  fc.record({ type: fc.constant("Prepend"), prepend: fc.constantFrom("▁", "", "😀 ") }),
  fc.record({ type: fc.constant("Replace"), pattern: patterns, content: fc.constantFrom("", "▁", "xyz", "$&") }),
  fc.constant({ type: "Precompiled", precompiled_charsmap: golden.charsmap }),
);

/** Pre-tokenizers whose pieces are parts of the text as it is. */
const cuttingPreTokenizers = fc.oneof(
  fc.constantFrom(...["Whitespace", "WhitespaceSplit", "BertPreTokenizer", "UnicodeScripts"].map((type) => ({ type }))),
  fc.record({ type: fc.constant("Punctuation"), behavior }),
  fc.record({ type: fc.constant("Digits"), individual_digits: fc.boolean() }),
  fc.record({ type: fc.constant("CharDelimiterSplit"), delimiter: fc.constantFrom("-", " ", "😀") }),
  fc.record({ type: fc.constant("FixedLength"), length: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ type: fc.constant("Split"), pattern: patterns, behavior, invert: fc.boolean() }),
  fc.constant({ type: "Segmenter", locale: "zh" }),
);
const metaspaces = fc.record({
  type: fc.constant("Metaspace"),
  replacement: fc.constantFrom("▁", "_", "😀"),
  prepend_scheme,
  split: fc.boolean(),
});
const byteLevels = fc.record({
  type: fc.constant("ByteLevel"),
  add_prefix_space: fc.boolean(),
  trim_offsets: fc.boolean(),
  use_regex: fc.boolean(),
});
const preTokenizers = fc.oneof(cuttingPreTokenizers, metaspaces, byteLevels);

const VOCABULARY = [
  "<unk>",
  "<s>",
  "</s>",
  "a",
  "t",
  "h",
  "e",
  "th",
  "the",
  "▁",
  "▁the",
  "Ġ",
  "##e",
  "!",
  "中",
  "é",
  "s",
  "'",
];
const vocab = Object.fromEntries(VOCABULARY.map((token, id) => [token, id]));
const BYTES = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
const withBytes = Object.fromEntries([...VOCABULARY, ...BYTES].map((token, id) => [token, id]));
const merges = [
  ["t", "h"],
  ["th", "e"],
];
const models = fc.oneof(
  fc.constant({ type: "WordLevel", vocab, unk_token: "<unk>" }),
  fc.record({
    type: fc.constant("WordPiece"),
    vocab: fc.constant(vocab),
    unk_token: fc.constant("<unk>"),
    max_input_chars_per_word: fc.constantFrom(0, 3, 100),
  }),
  fc.record({
    type: fc.constant("BPE"),
    vocab: fc.constantFrom(vocab, withBytes),
    merges: fc.constant(merges),
    unk_token: fc.constant("<unk>"),
    fuse_unk: fc.boolean(),
    byte_fallback: fc.boolean(),
    ignore_merges: fc.boolean(),
  }),
  fc.record({
    type: fc.constant("Unigram"),
    unk_id: fc.constant(0),
    byte_fallback: fc.boolean(),
    vocab: fc
      .constantFrom(vocab, withBytes)
      .map((tokens) => Object.keys(tokens).map((token, id) => [token, -1 - id / 8])),
  }),
);

const decoders = fc.oneof(
  fc.constantFrom(...["Fuse", "ByteLevel", "ByteFallback", "WordPiece", "BPEDecoder", "CTC"].map((type) => ({ type }))),
  metaspaces,
  fc.record({ type: fc.constant("Strip"), content: fc.constantFrom(" ", "▁"), start: fc.nat(3), stop: fc.nat(3) }),
  fc.record({ type: fc.constant("Replace"), pattern: patterns, content: fc.constantFrom("", " ") }),
);

const template = {
  type: "TemplateProcessing",
  single: [{ SpecialToken: { id: "<s>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
  pair: [
    { Sequence: { id: "A", type_id: 0 } },
    { SpecialToken: { id: "</s>", type_id: 0 } },
    { Sequence: { id: "B", type_id: 1 } },
  ],
  special_tokens: {
    "<s>": { id: "<s>", ids: [1], tokens: ["<s>"] },
    "</s>": { id: "</s>", ids: [2], tokens: ["</s>"] },
  },
};
const postProcessors = fc.oneof(
  fc.constantFrom(template, { type: "BertProcessing", sep: ["</s>", 2], cls: ["<s>", 1] }),
  fc.record({
    type: fc.constant("RobertaProcessing"),
    sep: fc.constant(["</s>", 2]),
    cls: fc.constant(["<s>", 1]),
    trim_offsets: fc.boolean(),
    add_prefix_space: fc.boolean(),
  }),
  byteLevels,
);

const flag = fc.boolean();
const addedTokens = fc
  .record({ single_word: flag, lstrip: flag, rstrip: flag, normalized: flag, special: flag })
  .map((options) => [
    { id: 1, content: "<s>", single_word: false, lstrip: false, rstrip: false, normalized: false, special: true },
    { ...options, id: 13, content: "!" },
  ]);

/** One stage or a sequence of some. */
const sequenceOf = <T>(stage: fc.Arbitrary<T>, key: string) =>
  fc.oneof(
    stage,
    fc.array(stage, { maxLength: 3 }).map((stages) => ({ type: "Sequence", [key]: stages })),
  );

const files = fc.record({
  model: models,
  added_tokens: addedTokens,
  normalizer: fc.option(sequenceOf(normalizers, "normalizers")),
  pre_tokenizer: fc.option(sequenceOf(preTokenizers, "pretokenizers")),
  post_processor: fc.option(sequenceOf(postProcessors, "processors")),
  decoder: fc.option(sequenceOf(decoders, "decoders")),
});

const RUNS = { numRuns: 1500 };

describe("whatever the pipeline", () => {
  test("any text is encoded, at ranges of the text that go from left to right", () => {
    fc.assert(
      fc.property(files, texts, (file, text) => {
        const { ids, columns } = Tokenizer.fromJson({ ...file, post_processor: null }).encode(text);
        let last = 0;
        for (const [start, end] of columns.offsets) {
          expect(last <= start && start <= end && end <= text.length, `${start}..${end} after ${last}`).toBe(true);
          last = start;
        }
        for (const column of Object.values(columns)) expect(column).toHaveLength(ids.length);
        expect(columns.wordIds).toEqual(columns.wordIds.toSorted((a, b) => (a ?? 0) - (b ?? 0)));
      }),
      RUNS,
    );
  });

  test("a saved tokenizer is the same when loaded: its file, ids, columns and decoded text", () => {
    fc.assert(
      fc.property(files, texts, texts, (file, text, pair) => {
        const tokenizer = Tokenizer.fromJson(file);
        const loaded = Tokenizer.parse(tokenizer.stringify());
        expect(loaded.stringify()).toBe(tokenizer.stringify());
        const options = { pair, addSpecialTokens: true };
        const [ours, theirs] = [tokenizer.encode(text, options), loaded.encode(text, options)];
        expect({ ids: theirs.ids, ...theirs.columns }).toEqual({ ids: ours.ids, ...ours.columns });
        expect(loaded.decode(theirs.ids)).toBe(tokenizer.decode(ours.ids));
      }),
      RUNS,
    );
  });

  test("a batch is its texts one by one, and a text that was seen before is encoded as at first", () => {
    fc.assert(
      fc.property(files, fc.array(texts, { maxLength: 4 }), (file, batch) => {
        const tokenizer = Tokenizer.fromJson(file);
        const together = tokenizer.encodeBatch(batch).map(({ ids, columns }) => ({ ids, columns }));
        const alone = batch.map((text) => Tokenizer.fromJson(file).encode(text));
        expect(together).toEqual(alone.map(({ ids, columns }) => ({ ids, columns })));
      }),
      { numRuns: 500 },
    );
  });

  test("truncation keeps both ends' tokens in windows that overlap by the stride", () => {
    const direction = fc.constantFrom("left" as const, "right" as const);
    fc.assert(
      fc.property(
        files,
        texts,
        fc.integer({ min: 1, max: 6 }),
        fc.nat(5),
        direction,
        (file, text, maxLength, stride, side) => {
          fc.pre(stride < maxLength);
          const tokenizer = Tokenizer.fromJson({ ...file, post_processor: null });
          const whole = tokenizer.encode(text);
          const cut = tokenizer.encode(text, { truncation: { maxLength, stride, direction: side } });
          const windows = [cut, ...cut.overflowing];
          expect(windows.every(({ length }) => length <= maxLength)).toBe(true);
          const fresh = windows.map(({ ids }, index) => {
            if (index === 0) return ids;
            return side === "right" ? ids.slice(stride) : ids.slice(0, ids.length - stride);
          });
          expect((side === "right" ? fresh : fresh.reverse()).flat()).toEqual(whole.ids);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("padding brings a batch to one length and changes nothing else", () => {
    fc.assert(
      fc.property(
        files,
        fc.array(texts, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 8 }),
        (file, batch, multiple) => {
          const tokenizer = Tokenizer.fromJson(file);
          const padded = tokenizer.encodeBatch(batch, {
            padding: { padId: 2, padToMultipleOf: multiple },
            addSpecialTokens: true,
          });
          const bare = tokenizer.encodeBatch(batch, { addSpecialTokens: true });
          const longest = bare.reduce((most, { length }) => Math.max(most, length), 0);
          for (const [index, { ids, attentionMask }] of padded.entries()) {
            const real = bare[index]?.ids ?? [];
            expect(ids).toHaveLength(Math.ceil(longest / multiple) * multiple);
            expect(ids).toEqual([...real, ...new Array(ids.length - real.length).fill(2)]);
            expect(attentionMask).toEqual(ids.map((_, at) => (at < real.length ? 1 : 0)));
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

test("without normalizer, tokens of subword models are what stands at their ranges", () => {
  const plain = models.filter(({ type }) => type === "BPE" || type === "Unigram");
  fc.assert(
    fc.property(
      plain,
      fc.option(sequenceOf(cuttingPreTokenizers, "pretokenizers")),
      texts,
      (model, preTokenizer, text) => {
        const tokenizer = Tokenizer.fromJson({ model, pre_tokenizer: preTokenizer });
        const { ids, tokens, offsets } = tokenizer.encode(text);
        for (const [index, id] of ids.entries()) {
          if (id === tokenizer.unkId || BYTES.includes(tokens[index] ?? "")) continue;
          expect(text.toWellFormed().slice(...(offsets[index] ?? []))).toBe(tokens[index]);
        }
      },
    ),
    RUNS,
  );
});

describe("decoding gives the text back", () => {
  const characters = Array.from({ length: 256 }, (_, byte) => byte);

  test.each([true, false])("from bytes as characters, with a prefix space: %s", (prefix) => {
    const file = JSON.parse(readFileSync(new URL("golden/hf-byte-level.tokenizer.json", import.meta.url), "utf8"));
    const stage = { type: "ByteLevel", add_prefix_space: prefix, trim_offsets: true, use_regex: true };
    const tokenizer = Tokenizer.fromJson({ ...file, pre_tokenizer: stage, normalizer: null });
    fc.assert(
      fc.property(texts, (text) => {
        const whole = text.toWellFormed();
        const { ids } = tokenizer.encode(text, { matchAddedTokens: false });
        const expected = prefix && whole !== "" && !whole.startsWith(" ") ? ` ${whole}` : whole;
        expect(tokenizer.decode(ids, { skipSpecialTokens: false })).toBe(expected);
      }),
      RUNS,
    );
  });

  test.each(["BPE", "Unigram"])("from byte fallback with spaces written as ▁, by a model %s", (type) => {
    const bytes = characters.map((byte) => BYTES[byte] ?? "");
    const tokens = ["<unk>", "▁", "t", "h", "th", "the", "e", ...bytes];
    const model =
      type === "BPE"
        ? {
            type,
            vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
            merges,
            unk_token: "<unk>",
            byte_fallback: true,
            fuse_unk: true,
          }
        : { type, vocab: tokens.map((token) => [token, -token.length]), unk_id: 0, byte_fallback: true };
    const tokenizer = Tokenizer.fromJson({
      model,
      normalizer: {
        type: "Sequence",
        normalizers: [
          { type: "Prepend", prepend: "▁" },
          { type: "Replace", pattern: { String: " " }, content: "▁" },
        ],
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
    });
    fc.assert(
      fc.property(texts, (text) => {
        const source = text.replaceAll("▁", " ").replace(/<0x..>/g, "");
        expect(tokenizer.decode(tokenizer.encode(source).ids)).toBe(source.toWellFormed());
      }),
      RUNS,
    );
  });
});

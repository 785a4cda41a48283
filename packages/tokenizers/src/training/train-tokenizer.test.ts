import fc from "fast-check";
import { expect, test } from "vitest";
import { type TokenizerConfigInput, tokenizerConfig } from "../config.ts";
import { Tokenizer } from "../tokenizer.ts";
import { trainTokenizer, trainTokenizerAsync } from "./train-tokenizer.ts";
import type { TrainingProgress } from "./training-watch.ts";

const train = (config: TokenizerConfigInput, texts: Iterable<string>) =>
  trainTokenizer(tokenizerConfig.parse(config), texts);

/** Strings of any code units, lone surrogates too, and of the characters that matter here. */
const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom("a", "B", " ", ",", "▁", "é", "e\u0301", "你", "👩‍👧", "\ud800", "\n", "__proto__"),
  }),
);

test.each<TokenizerConfigInput>([
  { kind: "char" },
  { kind: "char", unit: "grapheme" },
  { kind: "bpe", preTokenizer: "byteLevel", normalize: "none", minFrequency: 1, vocabSize: 300 },
])("with %j the decoded text is the text", (config) => {
  fc.assert(
    fc.property(anyText, (text) => {
      const tokenizer = train(config, [text]);
      const { ids, offsets } = tokenizer.encode(text, { matchAddedTokens: false });
      expect(tokenizer.decode(ids)).toBe(text.toWellFormed());
      expect(offsets.map(([start, end]) => text.slice(start, end)).join("")).toBe(text);
    }),
  );
});

test.each<TokenizerConfigInput>([
  { kind: "word", preTokenizer: "metaspace" },
  { kind: "bpe", minFrequency: 1 },
  { kind: "unigram" },
  { kind: "unigram", preTokenizer: "segmenter" },
  { kind: "word", preTokenizer: "segmenter" },
  { kind: "bpe", preTokenizer: "segmenter" },
])("with %j spacing and punctuation come back as they were", (config) => {
  fc.assert(
    fc.property(anyText, (text) => {
      fc.pre(!text.includes("▁") && !text.startsWith(" "));
      const tokenizer = train(config, [text]);
      const { ids } = tokenizer.encode(text, { matchAddedTokens: false });
      expect(tokenizer.decode(ids)).toBe(text.toWellFormed().normalize("NFC"));
    }),
  );
});

test.each<TokenizerConfigInput>([
  { kind: "word", lowercase: true },
  { kind: "word", preTokenizer: "metaspace", normalize: "nfkc" },
  { kind: "char", lowercase: true, maxSize: 6 },
  { kind: "bpe", vocabSize: 12, lowercase: true, normalize: "nfkc" },
  { kind: "bpe", vocabSize: 270, preTokenizer: "byteLevel" },
  { kind: "wordpiece", vocabSize: 20, minFrequency: 1, lowercase: true },
])("with %j ranges rise, lie inside the text and survive saving and loading", (config) => {
  fc.assert(
    fc.property(anyText, anyText, (trainText, text) => {
      const tokenizer = train(config, [trainText, "ab ab"]);
      const encoding = tokenizer.encode(text);
      let last = 0;
      for (const [start, end] of encoding.offsets) {
        expect(start).toBeGreaterThanOrEqual(last);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(text.length);
        last = start;
      }
      expect(encoding.ids.map((id) => tokenizer.idToToken(id))).toEqual(encoding.tokens);
      expect(Tokenizer.parse(tokenizer.stringify()).encode(text)).toEqual(encoding);
    }),
  );
});

test("the order of the texts does not change a byte", () => {
  const texts = ["b a", "a c", "c c b", "d"];
  for (const config of [{ kind: "word" }, { kind: "char" }, { kind: "bpe" }] as const) {
    expect(train(config, texts.toReversed()).stringify()).toBe(train(config, texts).stringify());
  }
});

test("words of Chinese text are found by segmentation, characters without it", () => {
  const texts = ["今天天气很好。", "今天我们去公园。"];
  const words = train({ kind: "word", preTokenizer: "segmenter" }, texts).encode("今天很好。");
  expect(words.tokens[0]).toBe("今天");
  expect(words.ids).not.toContain(1);
  expect(train({ kind: "char" }, texts).encode("今天").tokens).toEqual(["今", "天"]);
});

test("full-width forms are kept by nfc and flattened by nfkc", () => {
  const pieces = (normalize: "nfc" | "nfkc") =>
    train({ kind: "word", normalize }, ["好，ＡＢ"]).encode("好，ＡＢ").tokens;
  expect(pieces("nfc")).toEqual(["好", "，", "ＡＢ"]);
  expect(pieces("nfkc")).toEqual(["好", ",", "AB"]);
});

test("special tokens can be chosen, and the template has those that exist", () => {
  const config = tokenizerConfig.parse({ kind: "word" });
  const classifier = trainTokenizer(config, ["a"], { specialTokens: ["pad", "unk"] });
  expect(classifier.encode("a", { addSpecialTokens: true }).ids).toEqual([2]);
  const target = trainTokenizer(config, ["a"], { specialTokens: ["eos", "unk"] });
  expect(target.encode("a", { addSpecialTokens: true }).ids).toEqual([2, 0]);
  expect([target.eosId, target.unkId]).toEqual([0, 1]);
  const closed = trainTokenizer(config, ["a"], { specialTokens: [] });
  expect(closed.encode("a").ids).toEqual([0]);
  expect(() => closed.encode("b")).toThrow('encode: "b" is not in the vocabulary');
  expect(() => trainTokenizer(config, [], { specialTokens: ["pad", "pad"] })).toThrow(
    "trainTokenizer: expected special tokens that differ, got pad, pad",
  );
});

test("no texts give a tokenizer that knows nothing and still works", () => {
  for (const kind of ["word", "char", "bpe"] as const) {
    const tokenizer = train({ kind }, []);
    expect(tokenizer.vocabSize).toBe(4);
    expect(new Set(tokenizer.encode("a b").ids)).toEqual(new Set([1]));
  }
});

test("byte-level tokens know texts that training never saw, and WordPiece marks what goes on inside a word", () => {
  const texts = ["low lower lowest", "new newer newest"];
  const bytes = train({ kind: "bpe", preTokenizer: "byteLevel", minFrequency: 1, vocabSize: 270 }, texts);
  expect(bytes.decode(bytes.encode("slower 🎂").ids)).toBe("slower 🎂");
  const pieces = train({ kind: "wordpiece", minFrequency: 1, vocabSize: 40 }, texts);
  const { ids, tokens } = pieces.encode("lowewest !");
  expect(tokens.at(-1)).toBe("<unk>");
  expect(tokens.slice(0, -1).map((token) => token.startsWith("##"))).toEqual([
    false,
    ...tokens.slice(2).map(() => true),
  ]);
  expect(tokens.length).toBeGreaterThan(2);
  expect(pieces.decode(ids.slice(0, -1))).toBe("lowewest");
});

test("texts that come in time give the same tokenizer", async () => {
  async function* slowly(texts: readonly string[]) {
    for (const text of texts) yield await Promise.resolve(text);
  }
  const config = tokenizerConfig.parse({ kind: "bpe", minFrequency: 1, vocabSize: 30 });
  const texts = ["low lower lowest", "new newer newest"];
  const whole = trainTokenizer(config, texts).stringify();
  expect((await trainTokenizerAsync(config, slowly(texts))).stringify()).toBe(whole);
  expect((await trainTokenizerAsync(config, texts)).stringify()).toBe(whole);
  const failing = (async function* () {
    yield "low";
    throw new RangeError("the disk is gone");
  })();
  await expect(trainTokenizerAsync(config, failing)).rejects.toThrow("the disk is gone");
});

test.each(["bpe", "wordpiece", "unigram"] as const)("the training of %s reports what it does", (kind) => {
  const seen: TrainingProgress[] = [];
  const words = Array.from({ length: 300 }, (_, index) => `${index * 7919} ${"ab".repeat(index % 9)}`);
  const config = tokenizerConfig.parse({ kind, vocabSize: 60 });
  trainTokenizer(config, words, { onProgress: (progress) => seen.push(progress) });
  const phases = kind === "unigram" ? ["counting", "seeding", "pruning"] : ["counting", "merging"];
  expect([...new Set(seen.map(({ phase }) => phase))]).toEqual(phases);
  for (const phase of phases) {
    const counts = seen.filter((progress) => progress.phase === phase).map(({ done }) => done);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  }
  for (const { done, total } of seen) expect(done).toBeLessThanOrEqual(total ?? done);
});

test("a signal stops training, with its reason", async () => {
  const controller = new AbortController();
  const config = tokenizerConfig.parse({ kind: "bpe" });
  const onProgress = ({ done }: TrainingProgress) => {
    if (done >= 200) controller.abort(new RangeError("enough"));
  };
  const texts = new Array<string>(1000).fill("a b c");
  let read = 0;
  async function* counted() {
    for (const text of texts) {
      read++;
      yield text;
    }
  }
  const watch = { onProgress, signal: controller.signal };
  await expect(trainTokenizerAsync(config, counted(), watch)).rejects.toThrow("enough");
  expect(read).toBe(201);
  expect(() => trainTokenizer(config, texts, watch)).toThrow("enough");
});

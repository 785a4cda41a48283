/** Words of Chinese by a library of the caller's, as the README shows it. */
import { cut } from "jieba-wasm";
import { describe, expect, test } from "vitest";
import {
  type NamedSegmenter,
  PreTokenizerSequence,
  SegmenterPreTokenizer,
  Tokenizer,
  trainTokenizer,
  WhitespacePreTokenizer,
} from "../src/index.ts";

const jieba: NamedSegmenter = { name: "jieba", segment: (text) => cut(text, true) };
const TEXTS = ["我来到北京清华大学。", "他在 北京 大学 读书。"];
const config = {
  kind: "word",
  lowercase: false,
  normalize: "nfc",
  preTokenizer: "segmenter",
  minFrequency: 1,
} as const;

describe("a segmenter that the caller passes in", () => {
  const tokenizer = trainTokenizer(config, TEXTS, { segmenter: jieba });

  test("cuts the words, and decoding gives the text back", () => {
    const { tokens, ids, offsets } = tokenizer.encode("我来到北京 大学。");
    expect(tokens).toEqual(["我", "来到", "北京", "▁大学", "。"]);
    expect(offsets[3]).toEqual([5, 8]);
    expect(tokenizer.decode(ids)).toBe("我来到北京 大学。");
  });

  test("goes by its name in files, and must be there to read them", () => {
    const saved = tokenizer.stringify();
    expect(tokenizer.toJson().pre_tokenizer).toMatchObject({
      pretokenizers: [{ type: "Metaspace" }, { type: "Segmenter", name: "jieba" }],
    });
    const read = Tokenizer.parse(saved, { segmenters: { jieba: jieba.segment } });
    expect(read.encode(TEXTS[0] ?? "")).toEqual(tokenizer.encode(TEXTS[0] ?? ""));
    expect(read.stringify()).toBe(saved);
    expect(() => Tokenizer.parse(saved)).toThrow(
      "pre_tokenizer.pretokenizers[1].name: expected one of the segmenters that the reader of the file passes in (none was)",
    );
    expect(() => Tokenizer.parse(saved, { segmenters: { toString: jieba.segment } })).toThrow('("toString")');
  });
});

test.each([
  [(text: string) => [text, "more"], 'to give the words of the text, here "", got "more"'],
  [() => [], 'here "你好", got no more'],
  [() => ["你", "坏"], 'here "好", got "坏"'],
])("words that do not make up the text are refused", (segment, message) => {
  const tokenizer = () => trainTokenizer(config, ["你好"], { segmenter: { name: "mine", segment } });
  expect(tokenizer).toThrow("Segmenter: expected mine");
  expect(tokenizer).toThrow(message);
});

test("the locale chooses the dictionary of the runtime", () => {
  const thai = new SegmenterPreTokenizer("th");
  expect(thai.toJson()).toEqual({ type: "Segmenter", locale: "th" });
});

test.each([
  ["zh", true],
  [jieba, false],
])("a tokenizer says whether the dictionary of the runtime cuts its words: %j", (segmenter, expected) => {
  const tokenizer = trainTokenizer({ ...config, preTokenizer: "whitespace" }, TEXTS);
  expect(tokenizer.usesSegmenter).toBe(false);
  const preTokenizer = new SegmenterPreTokenizer(segmenter);
  expect(new Tokenizer({ ...tokenizer.parts, preTokenizer }).usesSegmenter).toBe(expected);
  const sequence = new PreTokenizerSequence([new WhitespacePreTokenizer(), preTokenizer]);
  expect(new Tokenizer({ ...tokenizer.parts, preTokenizer: sequence }).usesSegmenter).toBe(expected);
});

test("a tokenizer without a pre-tokenizer uses no dictionary", () => {
  const { model } = trainTokenizer(config, TEXTS).parts;
  expect(new Tokenizer({ model }).usesSegmenter).toBe(false);
});

import { expect, test } from "vitest";
import { AlignedText } from "../text/aligned-text.ts";
import { FixedLengthPreTokenizer } from "./fixed-length.ts";
import { MetaspacePreTokenizer } from "./metaspace.ts";
import { type PreTokenizer, preTokenize } from "./pre-tokenizer.ts";
import { PunctuationPreTokenizer } from "./punctuation.ts";
import { readPreTokenizer } from "./read-pre-tokenizer.ts";
import { SegmenterPreTokenizer } from "./segmenter.ts";
import { PreTokenizerSequence } from "./sequence.ts";
import { ANY_GRAPHEME, SplitPreTokenizer } from "./split.ts";

const cut = (preTokenizer: PreTokenizer, text: string) =>
  preTokenize(preTokenizer, AlignedText.of(text)).map((p) => p.text);

test("words remember the space before them and punctuation stands alone", () => {
  const preTokenizer = new PreTokenizerSequence([new MetaspacePreTokenizer(), new PunctuationPreTokenizer()]);
  expect(cut(preTokenizer, "Ein Mann, der")).toEqual(["▁Ein", "▁Mann", ",", "▁der"]);
});

test("the prepended space shares the place of the first character, surrogate pairs included", () => {
  const [piece] = preTokenize(new MetaspacePreTokenizer(), AlignedText.of("🎂x"));
  expect(piece?.text).toBe("▁🎂x");
  expect(piece?.originalRange(0, 1)).toEqual([0, 2]);
  expect(piece?.originalRange(1, 3)).toEqual([0, 2]);
  expect(piece?.originalRange(3, 4)).toEqual([2, 3]);
});

test("the scheme first prepends to the start of the original only", () => {
  const preTokenizer = new MetaspacePreTokenizer({ prependScheme: "first" });
  expect(preTokenize(preTokenizer, AlignedText.of("a b")).map((p) => p.text)).toEqual(["▁a", "▁b"]);
  expect(preTokenize(preTokenizer, AlignedText.of("a b", 5)).map((p) => p.text)).toEqual(["a", "▁b"]);
});

test("segmentation finds Chinese words and keeps spaces with the word after them", () => {
  const preTokenizer = new PreTokenizerSequence([
    new MetaspacePreTokenizer({ prependScheme: "never" }),
    new SegmenterPreTokenizer(),
  ]);
  const pieces = cut(preTokenizer, "今天我用 Node.js 写程序。");
  expect(pieces.join("")).toBe("今天我用▁Node.js▁写程序。");
  expect(pieces[0]).toBe("今天");
  expect(pieces).toContain("▁Node.js");
  expect(pieces).toContain("程序");
  expect(cut(preTokenizer, "a  ")).toEqual(["a", "▁", "▁"]);
});

test("graphemes keep what a reader sees as one character together", () => {
  const preTokenizer = new SplitPreTokenizer({ pattern: { Regex: ANY_GRAPHEME } });
  expect(cut(preTokenizer, "e\u0301👩‍👩‍👧🇩🇪\r\nन्दी")).toEqual(["e\u0301", "👩‍👩‍👧", "🇩🇪", "\r\n", "न्दी"]);
});

test("empty texts have no pieces", () => {
  for (const type of ["Whitespace", "WhitespaceSplit", "BertPreTokenizer", "Punctuation", "Metaspace", "Segmenter"]) {
    expect(cut(readPreTokenizer({ type }, ""), "")).toEqual([]);
  }
});

test("a piece of no length is refused", () => {
  expect(() => new FixedLengthPreTokenizer(0)).toThrow("FixedLength: expected a length of at least 1, got 0");
});

test("the older spelling of the prepend scheme is understood", () => {
  expect(cut(readPreTokenizer({ type: "Metaspace", add_prefix_space: false }, ""), "a b")).toEqual(["a", "▁b"]);
  expect(cut(readPreTokenizer({ type: "Metaspace", add_prefix_space: true }, ""), "a b")).toEqual(["▁a", "▁b"]);
});

test.each([
  [{ type: "Foreign" }, "pre_tokenizer.type: expected one of Whitespace, WhitespaceSplit"],
  [{ type: "Split", pattern: { Regex: "(" } }, "pre_tokenizer.pattern.Regex: expected a regular expression"],
  [{ type: "Split", pattern: {} }, "pre_tokenizer.pattern.Regex: expected a string, got nothing"],
  [{ type: "Split", pattern: { String: "a" }, behavior: "Gone" }, "pre_tokenizer.behavior: expected one of Removed"],
  [{ type: "Metaspace", replacement: "ab" }, 'pre_tokenizer.replacement: expected one character, got "ab"'],
  [{ type: "Metaspace", prepend_scheme: "last" }, "pre_tokenizer.prepend_scheme: expected one of always, first, never"],
  [{ type: "CharDelimiterSplit" }, "pre_tokenizer.delimiter: expected a string, got nothing"],
  [{ type: "CharDelimiterSplit", delimiter: "--" }, 'pre_tokenizer.delimiter: expected one character, got "--"'],
  [{ type: "FixedLength", length: 0 }, "pre_tokenizer.length: expected an integer of at least 1, got 0"],
  [{ type: "Digits", individual_digits: 1 }, "pre_tokenizer.individual_digits: expected true or false, got 1"],
  [{ type: "Segmenter", locale: "x!" }, "pre_tokenizer.locale: expected a BCP 47 locale"],
  [{ type: "Sequence", pretokenizers: [{ type: 1 }] }, "pre_tokenizer.pretokenizers[0].type: expected one of"],
])("the pre-tokenizer %j is refused with its key path", (json, message) => {
  expect(() => readPreTokenizer(json, "pre_tokenizer")).toThrow(message);
});

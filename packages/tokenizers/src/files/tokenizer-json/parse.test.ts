import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseJson } from "../../json.ts";
import { Vocabulary } from "../../lookup/vocabulary.ts";
import { MergeBytes } from "../../models/bpe/merge-bytes.ts";
import { Tokenizer } from "../../tokenizer.ts";
import { parseTokenizerJson } from "./parse.ts";

/** What reading gives: the tokenizer as JSON, or the message of the error. */
function outcome(read: () => Tokenizer): unknown {
  try {
    return JSON.stringify(read().toJson());
  } catch (error) {
    return (error as Error).message;
  }
}

/** Expects the same of the text and its bytes as of its value. V8 14 now and then reads a key of one escaped character as a backslash. */
function expectSame(text: string, value: unknown = JSON.parse(text)): void {
  const expected = outcome(() => Tokenizer.fromJson(value));
  expect(outcome(() => Tokenizer.parse(text))).toBe(expected);
  expect(outcome(() => Tokenizer.parse(UTF8.encode(text)))).toBe(expected);
}

const UTF8 = new TextEncoder();

const tablesOf = (text: string) => (parseTokenizerJson(text) as { model: { vocab: unknown; merges: unknown } }).model;

const unit = fc.constantFrom(
  "a",
  "b",
  "Ġ",
  "▁",
  '"',
  "\\",
  "\n",
  "é",
  "中",
  "🎂",
  "0",
  "1",
  "__proto__",
  "a longer token",
);
const token = fc.array(unit, { minLength: 1, maxLength: 3 }).map((units) => units.join(""));
const vocabulary = fc.uniqueArray(token, { minLength: 1, maxLength: 12 });

test("a document gives the tokenizer that its value gives", () => {
  let read = 0;
  const indents = fc.constantFrom(0, 1, 2, "\t");
  fc.assert(
    fc.property(
      vocabulary,
      fc.array(fc.tuple(fc.nat(), fc.nat())),
      fc.boolean(),
      indents,
      (characters, pairs, lines, indent) => {
        const pick = (at: number) => characters[at % characters.length] as string;
        const merges = pairs.map(([left, right]) => [pick(left), pick(right)] as const);
        const tokens = [...new Set([...characters, ...merges.map(([left, right]) => left + right)])];
        const vocab = Object.fromEntries(tokens.map((each, id) => [each, id]));
        const model = { type: "BPE", vocab, merges: lines ? merges.map((merge) => merge.join(" ")) : merges };
        const value = { added_tokens: [], model };
        const text = JSON.stringify(value, null, indent);
        if (tablesOf(text).vocab instanceof Vocabulary) read++;
        expectSame(text, value);
      },
    ),
    { numRuns: 500 },
  );
  expect(read).toBeGreaterThan(300); // the others have a merge with spaces in its tokens
});

test("tables that have the usual form are read where they stand", () => {
  const text =
    '{"model": {"type": "BPE", "vocab": {"a": 0, "\\"": 1, "a\\"": 2}, "merges": ["#version: 0.2", "a \\""]}}';
  const { vocab, merges } = tablesOf(text);
  expect([vocab, merges]).toEqual([expect.any(Vocabulary), expect.any(MergeBytes)]);
  expect(Tokenizer.parse(text).encode('a"').ids).toEqual([2]);
});

test("escapes of every kind are read where they stand, and the bytes of the document stay as they are", () => {
  const text = String.raw`{"model": {"type": "BPE",
    "vocab": {"\"": 0, "\\": 1, "\/": 2, "\b": 3, "\f": 4, "\n": 5, "\r": 6, "\t": 7, "\u0120": 8, "\uD83C\uDF82": 9, "x": 10,
      "\n\t": 11, "x\u4e2d\n": 12, "\u4e2D\n": 13, "\u0120x": 14, "🎂x": 15},
    "merges": [["\n", "\t"], ["x", "\u4e2d\n"], ["\u0120", "x"], ["\ud83c\udf82", "x"]]}}`;
  const { vocab, merges } = tablesOf(text);
  expect([vocab, merges]).toEqual([expect.any(Vocabulary), expect.any(MergeBytes)]);
  expectSame(text);
  expectSame(text.replace(/\["([^"]*)", "([^"]*)"\]/g, '"$1 $2"'));
  const bytes = UTF8.encode(text);
  Tokenizer.parse(bytes);
  expect(bytes).toEqual(UTF8.encode(text));
});

test("bytes that are no UTF-8 are read as their text is, wherever they stand", () => {
  const text =
    '{"model": {"type": "BPE", "vocab": {"a?b": 0, "a": 1, "?": 2, "a?": 3}, "merges": ["a ?"], "unk_token": "?"}}';
  for (const wrong of [
    [0x80],
    [0xc3],
    [0xc0, 0xaf],
    [0xe2, 0x96],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xff],
  ]) {
    const document = Uint8Array.from([...UTF8.encode(text)].flatMap((byte) => (byte === 0x3f ? wrong : [byte])));
    const read = new TextDecoder("utf-8", { ignoreBOM: true }).decode(document);
    expect(read).toContain("\ufffd");
    expect(outcome(() => Tokenizer.parse(document))).toBe(outcome(() => Tokenizer.fromJson(JSON.parse(read))));
  }
});

describe("what has another form is read by its value", () => {
  test.each([
    [
      "a token that comes twice",
      '{"model": {"type": "WordLevel", "vocab": {"a": 0, "b": 1, "a": 2}, "unk_token": "b"}}',
    ],
    ["two tokens of one id", '{"model": {"type": "WordLevel", "vocab": {"b": 0, "0": 0}, "unk_token": "b"}}'],
    [
      "a model that comes twice",
      '{"model": {"vocab": {"a": 0}}, "model": {"type": "WordLevel", "vocab": {"b": 0}, "unk_token": "b"}}',
    ],
    [
      "a table that comes twice",
      '{"model": {"vocab": {"a": 0}, "vocab": {"b": 0}, "type": "WordLevel", "unk_token": "b"}}',
    ],
    ["an id that is no integer", '{"model": {"type": "WordLevel", "vocab": {"a": 0.5}, "unk_token": "a"}}'],
    ["an id as text", '{"model": {"type": "WordLevel", "vocab": {"a": "0"}, "unk_token": "a"}}'],
    ["an id with an exponent", '{"model": {"type": "WordLevel", "vocab": {"a": 0e1}, "unk_token": "a"}}'],
    ["an id that is too large", '{"model": {"type": "WordLevel", "vocab": {"a": 99999999999}, "unk_token": "a"}}'],
    ["half a pair of surrogates", '{"model": {"type": "WordLevel", "vocab": {"\\ud83c": 0}, "unk_token": "a"}}'],
    ["an empty vocabulary", '{"model": {"type": "WordLevel", "vocab": {}, "unk_token": "a"}}'],
    ["no merges", '{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}'],
    [
      "a merge with an escaped space",
      '{"model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": ["a b\\u0020a"]}}',
    ],
    ["merges of both forms", '{"model": {"type": "BPE", "vocab": {"a": 0, "aa": 1}, "merges": [["a", "a"], "a a"]}}'],
    ["a merge of three tokens", '{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a a a"]}}'],
    ["a merge of one token", '{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [["a"]]}}'],
    ["a merge of numbers", '{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [[0, 0]]}}'],
    ["a merge without its token", '{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a a"]}}'],
    ["a vocabulary that is a list", '{"model": {"type": "Unigram", "vocab": [["a", 0]], "unk_id": 0}}'],
    ["a byte order mark", '\ufeff{"model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"}}'.slice(1)],
    ["no model", '{"version": "1.0"}'],
    ["an array", "[1, 2]"],
    ["a string", '"a"'],
  ])("%s", (_, text) => expectSame(text));
});

test.each([
  ['{"model": {"vocab": {"a": 0}'],
  ['{"model": {"vocab": {"a": 0}}'],
  ['{"model": {"vocab": {"a": 00}}}'],
  ['{"model": {"vocab": {"a": 0,}}}'],
  ['{"model": {"vocab": {"a" 0}}}'],
  ['{"model": {"vocab": {"a": 0} "merges": []}}'],
  ['{"model": {"vocab": {"a\n": 0}}}'],
  ['{"model": {"vocab": {"\\x": 0}}}'],
  ['{"model": {"vocab": {"a": 0}, "merges": ["a a",]}}'],
  ['{"model": {"vocab": {"a": 0}, "merges": [["a", "a"}]}}'],
  ['{"model": {"vocab": {"a": 0}}, "x": "}'],
  ['{"model": {"vocab": {"a": 0}}} x'],
  ['{"a": ]}'],
  ["{"],
  [""],
])("%j is not JSON", (text) => {
  const message = outcome(() => parseJson(text) as never);
  expect(message).toMatch(/^tokenizer.json: expected JSON, got /);
  expect(() => parseTokenizerJson(text)).toThrow(message as string);
});

import { Tokenizer } from "@cellstate/tokenizers";
import { expect, test } from "vitest";
import { paddingCases, requestsFor, shortRequestsFor, truncationCases } from "./cases.ts";
import { compareRows, describeDifference, writesAlike } from "./compare.ts";
import { nastySample, nastyTexts } from "./nasty-texts.ts";
import { rowsOf } from "./rows.ts";
import { sentencePieceDifferences } from "./sentencepiece-rows.ts";
import { sentencePieceTexts } from "./sentencepiece-texts.ts";

const json = {
  version: "1.0",
  truncation: null,
  padding: null,
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: { type: "WhitespaceSplit" },
  post_processor: null,
  decoder: null,
  model: { type: "WordLevel", vocab: { a: 0, "🎂": 1 }, unk_token: "a" },
};
const tokenizer = Tokenizer.fromJson(json);
const requests = requestsFor(["a", "🎂 a", "b", "a 🎂", "🎂"]);
const options = { batch: 1, truncation: null, show: 1 };

test("texts are the same for a seed, hold every plane and can be written as UTF-8", () => {
  const texts = nastyTexts(50, 1);
  expect(texts).toEqual(nastyTexts(50, 1));
  expect(texts).not.toEqual(nastyTexts(50, 2));
  expect(nastySample(50, 1)).toEqual(texts.slice(0, nastySample(50, 1).length));
  const planes = new Set(
    texts.flatMap((text) => Array.from(text, (character) => (character.codePointAt(0) ?? 0) >> 16)),
  );
  expect(planes.size).toBe(17);
  expect(texts.every((text) => text.isWellFormed())).toBe(true);
});

test("offsets are counted in code points, by the text that a token is of", () => {
  const [row] = rowsOf(tokenizer, [{ text: "🎂 a", pair: "a 🎂 a", special: true }]);
  expect(row).toMatchObject({
    offsets: [
      [0, 1],
      [2, 3],
      [0, 1],
      [2, 3],
      [4, 5],
    ],
  });
});

test("equal rows give no difference, and another field is counted and described", () => {
  const rows = requests.flatMap((request) => rowsOf(tokenizer, [request]));
  expect(compareRows(tokenizer, requests, rows, options)).toMatchObject({ requests: 5, differing: 0, first: [] });
  const changed = rows.map((row, index) => ("error" in row || index !== 1 ? row : { ...row, ids: [1, 7] }));
  const { differing, byField, first } = compareRows(tokenizer, requests, changed, options);
  expect([differing, [...byField]]).toEqual([1, [["ids", 1]]]);
  expect(first.map(describeDifference)).toEqual([
    '  ids of "\\u{1f382} a"\n    ours   2 values, from 1: [0]\n    theirs 2 values, from 1: [7]',
  ]);
});

test("a failure on one side only is a difference", () => {
  const rows = requests.map(() => ({ error: "panic" }));
  expect(compareRows(tokenizer, requests, rows, options).byField).toEqual(new Map([["error", 5]]));
});

test("a file is alike in any order of its keys and up to the last place of a score", () => {
  const unigram = {
    ...json,
    model: { type: "Unigram", unk_id: null, vocab: [["a", -7.2455951181194855]], byte_fallback: false },
  };
  const theirs = { ...unigram, model: { ...unigram.model, vocab: [["a", -7.245595118119485]] } };
  expect(writesAlike(Tokenizer.fromJson(unigram), unigram, theirs)).toBe(true);
  expect(writesAlike(tokenizer, json, { ...json, decoder: { type: "Fuse" } })).toBe(false);
});

test("cases have names of their own, and short requests have short texts", () => {
  const cases = [...truncationCases(), ...paddingCases()];
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  for (const { text } of shortRequestsFor(nastySample(50, 1), 80)) expect([...text].length).toBeLessThanOrEqual(24);
});

test("texts for SentencePiece are the same for a seed, and a model that gives others is found", () => {
  const texts = sentencePieceTexts(20, 1);
  expect(texts).toEqual(sentencePieceTexts(20, 1));
  expect(texts.every((text) => text.isWellFormed())).toBe(true);
  const row = { ids: [1], tokens: ["🎂"], offsets: [[0, 4]] as const, decoded: "🎂" };
  expect(sentencePieceDifferences(tokenizer, "🎂", row)).toEqual([]);
  expect(sentencePieceDifferences(tokenizer, "🎂", { ...row, ids: [0] })).toEqual([
    { field: "ids", line: '  ids of "\\u{1f382}"\n    ours   [1]\n    theirs [0]' },
  ]);
  expect(sentencePieceDifferences(tokenizer, undefined, { ids: [1, 0], decoded: "🎂a" })).toMatchObject([
    { field: "decoded" },
  ]);
});

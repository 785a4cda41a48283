import { expect, test } from "vitest";
import { Vocabulary } from "../../lookup/vocabulary.ts";
import { WordLevelModel } from "./model.ts";
import { trainWordLevel } from "./trainer.ts";

const counts = new Map([
  ["b", 3],
  ["𝔘", 2],
  ["\ufffd", 2],
  ["a", 3],
  ["<unk>", 9],
  ["once", 1],
]);

test("the vocabulary is ordered by falling count, then by code point, behind the special tokens", () => {
  const model = trainWordLevel(counts, { specialTokens: ["<pad>", "<unk>"], unkToken: "<unk>", minFrequency: 1 });
  expect(model.vocabulary.tokens).toEqual(["<pad>", "<unk>", "a", "b", "\ufffd", "𝔘", "once"]);
});

test("rare words and those beyond the size limit are left out", () => {
  const options = { specialTokens: ["<unk>"], unkToken: "<unk>" };
  expect(trainWordLevel(counts, { ...options, minFrequency: 3 }).vocabulary.tokens).toEqual(["<unk>", "a", "b"]);
  expect(trainWordLevel(counts, { ...options, minFrequency: 1, maxSize: 2 }).vocabulary.tokens).toEqual(["<unk>", "a"]);
});

test.each([1, -1, Number.NaN])("the size %d, which cannot hold the special tokens, is refused", (maxSize) => {
  expect(() => trainWordLevel(counts, { specialTokens: ["<pad>", "<unk>"], minFrequency: 1, maxSize })).toThrow(
    `trainTokenizer: expected maxSize of at least 2, the number of special tokens, got ${maxSize}`,
  );
});

test("an unknown piece becomes the unknown token, or an error where there is none", () => {
  const vocabulary = Vocabulary.fromTokens(["<unk>", "a"]);
  expect(new WordLevelModel(vocabulary, "<unk>").tokenize("zz")).toEqual([{ id: 0, token: "<unk>", start: 0, end: 2 }]);
  const message = 'encode: "zz" is not in the vocabulary and the model has no unknown token';
  expect(() => new WordLevelModel(vocabulary).tokenize("zz")).toThrow(message);
  expect(() => new WordLevelModel(vocabulary, "[UNK]").tokenize("zz")).toThrow(message);
});

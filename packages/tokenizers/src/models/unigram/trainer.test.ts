import { expect, test } from "vitest";
import { TrainingError } from "../../errors.ts";
import { digamma } from "./expectation.ts";
import { pruneTokens } from "./pruning.ts";
import { seedTokens, type WordCount } from "./seeds.ts";
import { trainUnigram, type UnigramTrainerOptions } from "./trainer.ts";

const COUNTS = new Map([
  ["lower", 5],
  ["lowest", 4],
  ["newest", 6],
  ["widest", 3],
  ["low", 7],
  ["𝔘𝔫", 2],
]);

const OPTIONS: UnigramTrainerOptions = { specialTokens: ["<pad>", "<unk>"], unkToken: "<unk>", vocabSize: 18 };

test("seeds are the characters and the substrings that cover most, counted by hand", () => {
  const words: WordCount[] = [
    ["abab", 3],
    ["bab", 1],
    ["c", 1],
  ];
  const { tokens, scores } = seedTokens(words, ["a", "b", "c"], {
    maxPieceLength: 16,
    seedSize: 100,
    exclude: new Set(),
  });
  // bab: (3 + 1) * 3; abab: 3 * 4; ab: (2 * 3 + 1) * 2. "ba" is always continued by the same character: no candidate.
  expect(tokens).toEqual(["b", "a", "c", "ab", "abab", "bab"]);
  const total = 8 + 7 + 1 + 14 + 12 + 12;
  expect(scores[3]).toBeCloseTo(Math.log(14 / total), 12);
});

test("seeds are at most as many, and as long, as asked for", () => {
  const options = { maxPieceLength: 3, seedSize: 6, exclude: new Set(["ab"]) };
  const { tokens } = seedTokens([["abab", 3]], ["a", "b"], options);
  expect(tokens).toEqual(["a", "b"]);
  expect(seedTokens([["ababab", 3]], ["a", "b"], options).tokens.every((token) => token.length <= 3)).toBe(true);
});

test("pruning keeps characters and drops what the text misses least", () => {
  const tokens = ["a", "b", "ab", "ba"];
  const pieces = { tokens, scores: Float64Array.of(-2, -2, -1.5, -3.5) };
  const words: WordCount[] = [
    ["ab", 10],
    ["ba", 1],
  ];
  expect(pruneTokens(pieces, words, 3).tokens).toEqual(["a", "b", "ab"]);
  expect(pruneTokens(pieces, words, 0).tokens).toEqual(["a", "b"]);
});

test("digamma has its known values", () => {
  expect(digamma(1)).toBeCloseTo(-0.5772156649015329, 12);
  expect(digamma(0.5)).toBeCloseTo(-1.9635100260214235, 12);
  expect(digamma(100)).toBeCloseTo(4.600161852738087, 12);
});

test("learns the stems that words share, and uses them in a word that it has not seen", () => {
  const stems = ["low", "new", "wid", "tall", "fast", "kind", "bright", "dark", "strong", "weak"];
  const endings = ["", "er", "est", "ly", "ness"];
  const counts = new Map(stems.flatMap((stem) => endings.map((ending) => [stem + ending, 20] as const)));
  counts.delete("fastest");
  const model = trainUnigram(counts, { ...OPTIONS, vocabSize: 30 });
  expect(model.vocabulary.size).toBe(30);
  expect(model.vocabulary.tokens.slice(0, 2)).toEqual(["<pad>", "<unk>"]);
  expect(model.vocabulary.tokens).toEqual(expect.arrayContaining(stems));
  expect(model.unkToken).toBe("<unk>");
  expect(model.tokenize("fastest")[0]?.token).toBe("fast");
});

test("scores fall from id to id behind the special tokens", () => {
  const scores = trainUnigram(COUNTS, OPTIONS).scores.slice(2);
  expect(scores).toEqual(scores.toSorted((a, b) => b - a));
});

test("a text that has no more tokens to give makes a smaller vocabulary", () => {
  const model = trainUnigram(new Map([["ab", 3]]), { ...OPTIONS, vocabSize: 100 });
  expect(model.vocabulary.tokens).toEqual(["<pad>", "<unk>", "ab", "a", "b"]);
});

test("depends on counts, not on the order of the words", () => {
  const reversed = new Map([...COUNTS].reverse());
  expect(trainUnigram(reversed, OPTIONS).toJson()).toEqual(trainUnigram(COUNTS, OPTIONS).toJson());
});

test("the initial alphabet is kept though the text lacks it, and rare characters give way", () => {
  const model = trainUnigram(COUNTS, { ...OPTIONS, vocabSize: 8, initialAlphabet: ["é", "ü"] });
  expect(new Set(model.vocabulary.tokens)).toEqual(new Set(["<pad>", "<unk>", "é", "ü", "e", "w", "l", "o"]));
  expect(model.tokenize("low𝔘").map(({ id }) => id)).toContain(1);
});

test.each([
  [{ vocabSize: 1 }, "expected vocabSize at least 2, the special tokens and alphabet, got 1"],
  [{ unkToken: "[UNK]" }, "expected unkToken one of the special tokens <pad>, <unk>, got [UNK]"],
  [{ shrinkingFactor: 1 }, "expected shrinkingFactor between 0 and 1, got 1"],
  [{ numSubIterations: 0 }, "expected numSubIterations from 1, got 0"],
  [{ maxPieceLength: 1.5 }, "expected maxPieceLength from 1, got 1.5"],
])("refuses %j", (wrong, message) => {
  const train = () => trainUnigram(COUNTS, { ...OPTIONS, ...wrong });
  expect(train).toThrow(TrainingError);
  expect(train).toThrow(message);
});

import { expect, test } from "vitest";
import type { Dataset, TextRecord } from "./dataset.ts";
import { holdOut, sample } from "./splits.ts";
import { dataStats } from "./stats.ts";

const record = (text: string, label: string): TextRecord => ({ text, label, file: "a.tsv", line: 1 });

test("statistics count labels, characters and repeated texts", () => {
  const dataset: Dataset = {
    name: "tiny",
    splits: {
      train: [record("ab", "b"), record("abcd", "a"), record("ab", "a")],
      test: [record("ab", "a"), record("𝄞é", "b")],
    },
    hashes: {},
    columns: { text: "text", label: "label" },
  };
  expect(dataStats(dataset)).toEqual({
    train: {
      examples: 3,
      labels: { a: 2, b: 1 },
      characters: { text: { min: 2, mean: 8 / 3, max: 4 } },
      duplicates: 1,
      alsoInTrain: 0,
    },
    test: {
      examples: 2,
      labels: { a: 1, b: 1 },
      characters: { text: { min: 2, mean: 2, max: 2 } },
      duplicates: 0,
      alsoInTrain: 1,
    },
  });
});

test("pairs have lengths of both sides and no labels", () => {
  const pair = { source: "ab", target: "abc", file: "a.tsv", line: 1 };
  const stats = dataStats({ name: "p", splits: { train: [pair] }, hashes: {}, columns: { source: "s", target: "t" } });
  expect(stats.train).toEqual({
    examples: 1,
    characters: { source: { min: 2, mean: 2, max: 2 }, target: { min: 3, mean: 3, max: 3 } },
    duplicates: 0,
    alsoInTrain: 0,
  });
});

test("held-out parts keep at least one item on each side", () => {
  expect(holdOut([1, 2], 0.01, { from: "end", seed: 0 })).toEqual({ rest: [1], heldOut: [2] });
  expect(holdOut([1, 2], 0.99, { from: "end", seed: 0 })).toEqual({ rest: [1], heldOut: [2] });
  expect(() => holdOut([1], 0.5, { from: "random", seed: 0 })).toThrow("expected at least two items to split, got 1");
  expect(sample([1, 2, 3], undefined, 0)).toEqual([1, 2, 3]);
  expect(sample([1, 2, 3], 9, 0)).toEqual([1, 2, 3]);
  expect(sample([1, 2, 3], 2, 0).length).toBe(2);
});

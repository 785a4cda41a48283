import { expect, test } from "vitest";
import { dataStats } from "./stats.ts";

const labelled = { text: { kind: "text" }, label: { kind: "category", target: true } } as const;
const pairs = { source: { kind: "text" }, target: { kind: "text", target: true } } as const;
const record = <Values>(values: Values) => ({ values, file: "a.tsv", line: 1 });
const review = (text: string, label: string) => record({ text, label });

test("statistics count names, characters and repeated inputs", async () => {
  const splits = {
    train: [review("ab", "b"), review("abcd", "a"), review("ab", "a")],
    test: [review("ab", "a"), review("𝄞é", "b")],
  };
  expect(await dataStats(splits, labelled)).toEqual({
    train: {
      examples: 3,
      categories: { label: { a: 2, b: 1 } },
      lengths: { text: { min: 2, mean: 8 / 3, max: 4 } },
      duplicates: 1,
      alsoInTrain: 0,
    },
    test: {
      examples: 2,
      categories: { label: { a: 1, b: 1 } },
      lengths: { text: { min: 2, mean: 2, max: 2 } },
      duplicates: 0,
      alsoInTrain: 1,
    },
  });
});

test("pairs have lengths of both sides, and numbers their range", async () => {
  const stats = await dataStats({ train: [record({ source: "ab", target: "abc" })] }, pairs);
  expect(stats.train).toEqual({
    examples: 1,
    categories: {},
    lengths: { source: { min: 2, mean: 2, max: 2 }, target: { min: 3, mean: 3, max: 3 } },
    duplicates: 0,
    alsoInTrain: 0,
  });
  const series = [record({ past: [1, 2, 3], next: -4 }), record({ past: [1, 2, 3], next: 2 })];
  const fields = { past: { kind: "numbers" }, next: { kind: "number", target: true } } as const;
  expect((await dataStats({ train: series }, fields)).train).toMatchObject({
    lengths: { past: { min: 3, mean: 3, max: 3 }, next: { min: -4, mean: -1, max: 2 } },
    duplicates: 1,
  });
});

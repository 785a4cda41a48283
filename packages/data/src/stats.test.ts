import { expect, test } from "vitest";
import { divide, samplePlaces } from "./splits.ts";
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

test("held-out parts keep at least one item on each side", () => {
  expect([...divide(2, [0.01], { by: "end" })]).toEqual([0, 1]);
  expect([...divide(2, [0.99], { by: "end" })]).toEqual([0, 1]);
  expect([...divide(3, [0.9, 0.9], { by: "end" })]).toEqual([0, 1, 2]);
  expect(() => divide(1, [0.5], { by: "random", seed: 0 })).toThrow("expected at least 2 items to split, got 1");
});

test("by time the latest items are held out, whatever their order in the file", () => {
  const keys = ["2026-03-01", "2026-01-01", "2026-02-01", "2025-12-31", "2026-01-15"];
  expect([...divide(5, [0.2, 0.2], { by: "time", keys })]).toEqual([2, 0, 1, 0, 0]);
  expect([...divide(4, [0.25], { by: "time", keys: ["9", "10", "-1", "8.5"] })]).toEqual([0, 1, 0, 0]);
});

test("by group whole groups are held out, and one at least stays", () => {
  const keys = Array.from({ length: 60 }, (_, i) => `speaker ${i % 7}`);
  const parts = divide(60, [0.2, 0.2], { by: "group", keys, seed: 3 });
  const partsOf = new Map<string, Set<number>>();
  for (const [i, key] of keys.entries()) partsOf.set(key, (partsOf.get(key) ?? new Set()).add(parts[i]!));
  expect([...partsOf.values()].every((found) => found.size === 1)).toBe(true);
  expect(new Set(parts)).toEqual(new Set([0, 1, 2]));
  expect(divide(60, [0.2, 0.2], { by: "group", keys, seed: 3 })).toEqual(parts);
  expect(divide(60, [0.2, 0.2], { by: "group", keys, seed: 4 })).not.toEqual(parts);
  expect(new Set(divide(4, [0.9, 0.9], { by: "group", keys: ["a", "b", "c", "a"], seed: 0 }))).toEqual(
    new Set([0, 1, 2]),
  );
  expect(() => divide(4, [0.2], { by: "group", keys: ["a", "a", "a", "a"], seed: 0 })).toThrow(
    "expected at least 2 groups to split, got 1",
  );
});

test("samples are drawn by seed and stay in order", () => {
  expect(samplePlaces(3, undefined, 0)).toBeUndefined();
  expect(samplePlaces(3, 9, 0)).toBeUndefined();
  const places = [...samplePlaces(50, 7, 1)!];
  expect(places).toHaveLength(7);
  expect(places).toEqual([...places].sort((a, b) => a - b));
});

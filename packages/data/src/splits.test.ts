import { expect, test } from "vitest";
import { divide, samplePlaces } from "./splits.ts";

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

test.each([0, 1, 2, 3, 4])("by group a group larger than what is to be held out stays (seed %i)", (seed) => {
  const keys = Array.from({ length: 100 }, (_, i) => (i < 90 ? "large" : `small ${i}`));
  const parts = divide(100, [0.05, 0.03], { by: "group", keys, seed });
  expect([...parts.subarray(0, 90)].every((part) => part === 0)).toBe(true);
  expect([1, 2].map((part) => parts.filter((one) => one === part).length)).toEqual([5, 3]);
});

test("samples are drawn by seed and stay in order", () => {
  expect(samplePlaces(3, undefined, 0)).toBeUndefined();
  expect(samplePlaces(3, 9, 0)).toBeUndefined();
  const places = [...samplePlaces(50, 7, 1)!];
  expect(places).toHaveLength(7);
  expect(places).toEqual([...places].sort((a, b) => a - b));
});

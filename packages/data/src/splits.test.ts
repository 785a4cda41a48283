import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { divide, samplePlaces } from "./splits.ts";

test("held-out parts keep at least one item on each side", () => {
  expect([...divide(2, [0.01], { by: "end" })]).toEqual([0, 1]);
  expect([...divide(2, [0.99], { by: "end" })]).toEqual([0, 1]);
  expect([...divide(3, [0.9, 0.9], { by: "end" })]).toEqual([0, 1, 2]);
  expect(() => divide(1, [0.5], { by: "random", seed: 0 })).toThrow("expected at least 2 items to split, got 1");
});

test("by the end with sizes, a part begins with the first item that lies in its share as a whole", () => {
  const sizes = [30, 20, 10, 25, 5, 10]; // 100 together
  expect([...divide(6, [0.1, 0.1], { by: "end", sizes })]).toEqual([0, 0, 0, 0, 1, 2]);
  expect([...divide(6, [0.3, 0.15], { by: "end", sizes })]).toEqual([0, 0, 0, 1, 2, 2]);
  expect([...divide(3, [0.01, 0.01], { by: "end", sizes: [1, 50, 50] })]).toEqual([0, 1, 2]);
  expect([...divide(3, [0.5, 0.45], { by: "end", sizes: [1, 1, 1] })]).toEqual([0, 1, 2]);
});

describe("by classes", () => {
  /** How many items of each class are in each part. */
  const shares = (keys: readonly (string | number)[], fractions: readonly number[], seed = 0) => {
    const parts = divide(keys.length, fractions, { by: "random", seed, keys });
    return [0, ...fractions.map((_, part) => part + 1)].map((part) => {
      const counts: Record<string, number> = {};
      for (const [item, key] of keys.entries()) if (parts[item] === part) counts[key] = (counts[key] ?? 0) + 1;
      return counts;
    });
  };
  const classes = (sizes: Readonly<Record<string, number>>) =>
    Object.entries(sizes).flatMap(([key, size]) => Array.from({ length: size }, () => key));

  test.each([0, 1, 2, 3, 4, 5])("every part has each class in proportion (seed %i)", (seed) => {
    expect(shares(classes({ yes: 40, no: 40 }), [0.1], seed)).toEqual([
      { yes: 36, no: 36 },
      { yes: 4, no: 4 },
    ]);
    expect(shares(classes({ a: 700, b: 200, c: 100 }), [0.1, 0.2], seed)).toEqual([
      { a: 490, b: 140, c: 70 },
      { a: 70, b: 20, c: 10 },
      { a: 140, b: 40, c: 20 },
    ]);
    // 2.7 and 0.3 of 3: the larger remainder takes the third
    expect(shares(classes({ many: 27, few: 3 }), [0.1], seed)[1]).toEqual({ many: 3 });
  });

  test("one of each class stays in train, and the sizes of the parts are those without classes", () => {
    expect(shares(classes({ many: 8, once: 1, twice: 2 }), [0.3, 0.3])).toEqual([
      { many: 3, once: 1, twice: 1 },
      { many: 2, twice: 1 },
      { many: 3 },
    ]);
  });

  test("where no class has two, chance alone decides, and so it does where there is one class", () => {
    for (const keys of [Array.from({ length: 30 }, (_, i) => i), new Array<number>(30).fill(7)]) {
      for (const seed of [0, 1, 2]) {
        const plain = divide(30, [0.2, 0.1], { by: "random", seed });
        expect(divide(30, [0.2, 0.1], { by: "random", seed, keys })).toEqual(plain);
      }
    }
  });

  test("any classes give parts of the right sizes, each class within one of its share while it has enough", () => {
    const keys = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 3, maxLength: 200 });
    fc.assert(
      fc.property(
        keys,
        fc.double({ min: 0.01, max: 0.45 }),
        fc.double({ min: 0.01, max: 0.45 }),
        fc.nat(),
        (list, a, b, seed) => {
          const plain = divide(list.length, [a, b], { by: "random", seed });
          const parts = divide(list.length, [a, b], { by: "random", seed, keys: list });
          for (const part of [0, 1, 2]) {
            expect(parts.filter((one) => one === part).length).toBe(plain.filter((one) => one === part).length);
          }
          const first = parts.filter((one) => one === 1).length;
          for (const key of new Set(list)) {
            const share = (first * list.filter((one) => one === key).length) / list.length;
            const taken = list.filter((one, item) => one === key && parts[item] === 1).length;
            if (
              Math.min(...[...new Set(list)].map((one) => list.filter((other) => other === one).length)) >
              2 * first
            ) {
              expect(Math.abs(taken - share)).toBeLessThan(1);
            }
          }
        },
      ),
    );
  });
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

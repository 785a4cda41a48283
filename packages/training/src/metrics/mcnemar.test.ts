import { expect, test } from "vitest";
import { mcNemar } from "./mcnemar.ts";

// By scipy 1.17.1: scipy.stats.binomtest(min(b, c), b + c, 0.5).pvalue
const golden = [
  [0, 1, 1.0],
  [1, 8, 0.0390625],
  [10, 25, 0.016673847800120715],
  [3, 40, 3.0213413992896676e-9],
  [120, 180, 0.0006342200069283566],
  [480, 560, 0.014259079095385853],
  [5000, 5300, 0.003215819673645259],
  [2, 900, 2.4090136751258183e-266],
  [40000, 40900, 0.0015736622591117785],
] as const;
test("agrees with the exact binomial test", () => {
  for (const [first, second, pValue] of golden) {
    expect(mcNemar(first, second) / pValue).toBeCloseTo(1, 9);
    expect(mcNemar(second, first)).toBe(mcNemar(first, second));
  }
});

test("is 1 where nothing speaks for either, and refuses what is no count", () => {
  expect([mcNemar(0, 0), mcNemar(5, 5), mcNemar(4, 5)]).toEqual([1, 1, 1]);
  expect(() => mcNemar(-1, 2)).toThrow("mcNemar: expected two integers >= 0, got -1 and 2");
  expect(() => mcNemar(1.5, 2)).toThrow(RangeError);
});

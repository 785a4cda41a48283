import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkSpace, gridValues, type Range, sizeOf, valueAt, valuesOf } from "./space.ts";

const share = fc.double({ min: 0, max: 1 - 2 ** -53, noNaN: true });

describe("a range", () => {
  test("on a log scale gives each factor the same share, with four digits", () => {
    const rates: Range = { min: 1e-4, max: 1e-2, scale: "log" };
    expect([0, 0.25, 0.5, 0.75].map((at) => valueAt(rates, at))).toEqual([1e-4, 3.162e-4, 1e-3, 3.162e-3]);
  });

  test("of whole numbers gives each of them the same share, ends included", () => {
    const layers: Range = { min: 1, max: 4, integer: true };
    expect([0, 0.24, 0.25, 0.5, 0.99].map((at) => valueAt(layers, at))).toEqual([1, 1, 2, 3, 4]);
  });

  test("never leaves its ends, however narrow it is", () => {
    const ends = fc.tuple(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.double({ min: 1e-9, max: 1e6, noNaN: true }),
    );
    fc.assert(
      fc.property(ends, share, ([min, width], at) => {
        const max = min + width;
        fc.pre(max > min);
        const value = valueAt({ min, max }, at) as number;
        expect(value).toBeGreaterThanOrEqual(min);
        expect(value).toBeLessThanOrEqual(max);
      }),
    );
  });

  test("gives a grid its ends and what lies evenly between", () => {
    expect(gridValues("rate", { min: 1e-4, max: 1e-2, scale: "log", count: 3 })).toEqual([1e-4, 1e-3, 1e-2]);
    expect(gridValues("size", { min: 16, max: 256, scale: "log", integer: true, count: 5 })).toEqual([
      16, 32, 64, 128, 256,
    ]);
    expect(gridValues("layers", { min: 1, max: 3, integer: true })).toEqual([1, 2, 3]);
    expect(() => gridValues("rate", { min: 0, max: 1 })).toThrow("rate: a grid takes some values of a range");
  });
});

test("choices may be any data, each with the same share", () => {
  const space = { "model.pooling": ["max", { kind: "attention" }, null] };
  expect([0.1, 0.5, 0.9].map((at) => valuesOf(space, { "model.pooling": at }))).toEqual([
    { "model.pooling": "max" },
    { "model.pooling": { kind: "attention" } },
    { "model.pooling": null },
  ]);
});

test("the size counts points, and fractions are without end", () => {
  expect(sizeOf({ a: [1, 2, 3], b: { min: 1, max: 4, integer: true } })).toBe(12);
  expect(sizeOf({ a: [1, 2], b: { min: 0, max: 1 } })).toBe(Number.POSITIVE_INFINITY);
});

test.each([
  [{}, "a search space needs a parameter"],
  [{ a: [] }, "a: expected at least one choice"],
  [{ a: { min: 2, max: 1 } }, "a: expected min below max, got 2 and 1"],
  [{ a: { min: 0, max: 1, scale: "log" as const } }, "a: expected min above 0 on a log scale, got 0"],
  [{ a: { min: 0.5, max: 3, integer: true } }, "a: expected whole numbers as min and max, got 0.5 and 3"],
  [{ a: { min: Number.NaN, max: 3 } }, "a: expected numbers as min and max"],
  [{ a: { min: 0, max: 3, count: 1 } }, "a: expected count to be a whole number from 2, got 1"],
])("%j is refused", (space, message) => {
  expect(() => checkSpace(space)).toThrow(message);
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editDistance, nearest } from "./nearest.ts";

describe("nearest", () => {
  test.each([
    ["trainng", "training"],
    ["epoch", "epochs"],
    ["learning_rate", "learningRate"],
    ["bathcSize", "batchSize"],
    ["hiddensize", "hiddenSize"],
  ])("takes %s for %s", (typo, meant) => {
    expect(nearest(typo, ["training", "epochs", "learningRate", "batchSize", "hiddenSize", "name"])).toBe(meant);
  });

  test("has no answer where nothing is near", () => {
    expect(nearest("xylophone", ["training", "name"])).toBeUndefined();
  });
});

describe("editDistance", () => {
  test("is a distance: zero only between equals, and symmetric", () => {
    const word = fc.string({ maxLength: 8 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});

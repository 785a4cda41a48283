import { expect, test } from "vitest";
import { corpusLoss, textScores } from "./metrics.ts";

const example = (reference: string | undefined) => ({
  index: 0,
  source: "",
  sourceIds: [],
  reference,
  targetIds: undefined,
});

test("lowercase lets scores ignore case", () => {
  const score = (lowercase: boolean) => textScores([" a b c d"], [example("A B C D")], { lowercase });
  expect(score(false)).toMatchObject({ exactMatch: 0, bleu: 0 });
  expect(score(true)).toMatchObject({ exactMatch: 1, bleu: 100, bleuSignature: expect.stringContaining("case:lc") });
});

test("the loss of a corpus weighs each reference by its tokens", () => {
  expect(
    corpusLoss([
      { mean: 1, count: 1 },
      { mean: 2, count: 3 },
    ]),
  ).toBe(7 / 4);
});

test("a missing reference and a missing text are refused", () => {
  expect(() => textScores(["a"], [example(undefined)], { lowercase: false })).toThrow(
    "metrics: expected references, example 0 has none",
  );
  expect(() => textScores([], [], { lowercase: false })).toThrow(
    "metrics: expected a translation for each of at least one example, got 0 for 0",
  );
});

import { expect, test } from "vitest";
import { scoreTranslations } from "./metrics.ts";
import type { ReferenceLoss } from "./reference-loss.ts";

const example = (reference: string | undefined) => ({
  index: 0,
  source: "",
  sourceIds: [],
  reference,
  targetIds: undefined,
});
const translation = (text: string, referenceLoss?: ReferenceLoss) => ({ text, referenceLoss });
const mixed = { lowercase: false, tokenize: "13a" } as const;

test("lowercase lets scores ignore case", () => {
  const score = (lowercase: boolean) =>
    scoreTranslations([translation(" a b c d")], [example("A B C D")], { ...mixed, lowercase });
  expect(score(false)).toMatchObject({ exactMatch: 0, bleu: 0 });
  expect(score(true)).toMatchObject({ exactMatch: 1, bleu: 100, bleuSignature: expect.stringContaining("case:lc") });
});

test("the loss of a corpus weighs each reference by its tokens", () => {
  const translations = [translation("a", { mean: 1, count: 1 }), translation("b", { mean: 2, count: 3 })];
  expect(scoreTranslations(translations, [example("a"), example("b")], mixed).loss).toBe(7 / 4);
  expect(scoreTranslations([translation("a")], [example("a")], mixed)).not.toHaveProperty("loss");
});

test("a missing reference and a missing text are refused", () => {
  expect(() => scoreTranslations([translation("a")], [example(undefined)], mixed)).toThrow(
    "metrics: expected references, example 0 has none",
  );
  expect(() => scoreTranslations([], [], mixed)).toThrow(
    "metrics: expected a translation for each of at least one example, got 0 for 0",
  );
});

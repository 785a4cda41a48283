import { expect, test } from "vitest";
import { SelectionError } from "./errors.ts";
import { isBetter, selectedScore } from "./selection.ts";

const byBleu = {
  name: "bleu",
  direction: "max",
  tieBreaker: { name: "loss", direction: "min" },
} as const;
const score = (bleu: number, loss: number) => selectedScore({ bleu, loss }, byBleu);

test.each([
  ["a higher score beats a lower loss", score(2, 9), score(1, 1), true],
  ["a lower score does not, whatever its loss", score(1, 1), score(2, 9), false],
  ["of equal scores the lower loss is better", score(0, 1), score(0, 2), true],
  ["equal in both is no improvement", score(0, 1), score(0, 1), false],
  ["a loss that is no number breaks no tie", score(0, NaN), score(0, 2), false],
  ["a score that is no number never wins", score(NaN, 0), score(0, 2), false],
  ["an infinite score never wins", score(Infinity, 0), score(0, 2), false],
])("%s", (_, candidate, best, better) => {
  expect(isBetter(candidate, best, byBleu)).toBe(better);
});

test("without a tie-breaker the earlier of two equal scores stays", () => {
  const selection = { name: "loss", direction: "min" } as const;
  expect(isBetter({ value: 1 }, { value: 1 }, selection)).toBe(false);
  expect(isBetter({ value: 0.5 }, { value: 1 }, selection)).toBe(true);
  expect(isBetter({ value: 1 }, null, selection)).toBe(true);
});

test("a missing metric is named, the tie-breaker's as well", () => {
  expect(() => selectedScore({ bleu: 1 }, byBleu)).toThrow(SelectionError);
  expect(() => selectedScore({ bleu: 1 }, byBleu)).toThrow(
    'expected evaluate() to give a number called "loss", got bleu',
  );
});

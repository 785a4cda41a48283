import { expect, test } from "vitest";
import { NonFiniteResultError } from "./errors.ts";
import { finiteLine, finiteScores, holdsNonFinite } from "./finite.ts";

test("finite results are handed on as they are", () => {
  const line = { index: 0, text: "NaN", probs: { a: 0.25, b: 0.75 }, values: [1, -2e300], nothing: null };
  expect(finiteLine(line)).toBe(line);
  const scores = { loss: 0, signature: "nrefs:1" };
  expect(finiteScores(scores)).toBe(scores);
});

test("a number that is not finite is named, with the input it is the answer to", () => {
  const line = { index: 4, prediction: { next: [1, Number.NEGATIVE_INFINITY] } };
  expect(() => finiteLine(line)).toThrow(NonFiniteResultError);
  expect(() => finiteLine(line)).toThrow("prediction.next.1 of input 5 is -Infinity, expected a finite number; ");
  expect(() => finiteScores({ loss: Number.NaN })).toThrow("the score loss is NaN, expected a finite number; ");
});

test("numbers are found in lists of floats, too", () => {
  expect(holdsNonFinite({ logits: Float32Array.of(1, Number.NaN) })).toBe(true);
  expect(holdsNonFinite({ logits: Float32Array.of(1, 2), label: 3 })).toBe(false);
});

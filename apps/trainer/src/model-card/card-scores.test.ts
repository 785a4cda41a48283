import { expect, test } from "vitest";
import { cardScores } from "./card-scores.ts";

const result = (split: string, value: number) => ({
  task: { type: "text-classification", name: "sentiment" },
  dataset: { type: "reviews", name: "Reviews: ten topics", split },
  metrics: [{ type: "accuracy", name: "accuracy", value }],
});
const card = (value: unknown) => `---\ntags: ["x"]\nmodel-index: ${JSON.stringify(value)}\n---\n# A name\n`;

test("the first scores of a card are read back", () => {
  const scores = { dataset: "Reviews: ten topics", split: "test", values: { accuracy: 0.75 } };
  expect(cardScores(card([{ name: "a", results: [result("test", 0.75), result("contrast", 0.5)] }]))).toEqual(scores);
  expect(cardScores(card([{ name: "a", results: [result("test", 0.75)] }]))).toEqual(scores);
});

test("a card without scores, or written by hand, has none", () => {
  for (const text of ["# mine", card([{ name: "a", results: [] }]), card({}), "model-index: [{"]) {
    expect(cardScores(text)).toBeUndefined();
  }
});

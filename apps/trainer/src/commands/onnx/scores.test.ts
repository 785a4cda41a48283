import { expect, test } from "vitest";
import { kindOfScores, probabilitiesOf } from "./scores.ts";

test.each([
  [[0.2, 0.8], "probabilities"],
  [[0.3], "probabilities"],
  [[-2.5], "logits"],
  [[Math.log(0.25), Math.log(0.75)], "logProbs"],
  [[-1, -2], "logits"],
  [[0.5, 0.9], "logits"],
] as const)("%j are taken as %s", (values, kind) => {
  expect(kindOfScores(values)).toBe(kind);
});

test("one score stands for the second of two classes", () => {
  expect(probabilitiesOf([0.25], "probabilities")).toEqual([0.75, 0.25]);
  expect(probabilitiesOf([0], "logits")).toEqual([0.5, 0.5]);
  expect(probabilitiesOf([Math.log(0.25), Math.log(0.75)], "logProbs").map((prob) => Math.round(100 * prob))).toEqual([
    25, 75,
  ]);
});

import { expect, test } from "vitest";
import { areProbabilities } from "./scores.ts";

test.each([
  [[0.2, 0.8], true],
  [[0.3], true],
  [[-2.5], false],
  [[Math.log(0.25), Math.log(0.75)], false],
  [[0.5, 0.9], false],
])("%j: probabilities %s", (values, expected) => {
  expect(areProbabilities(values)).toBe(expected);
});

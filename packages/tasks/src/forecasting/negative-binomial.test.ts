import { negativeLogDensity } from "@cellstate/lstm-core";
import { expect, test } from "vitest";
import { negativeBinomialQuantiles } from "./negative-binomial.ts";

const levels = [
  { level: 0.05, normal: -1.6448536269514722 },
  { level: 0.5, normal: 0 },
  { level: 0.95, normal: 1.6448536269514722 },
];

// The geometric distribution is the one with dispersion 1: with mean 4 more than k counts have the probability 0.8^(k + 1).
test("quantiles of the geometric distribution are those of its closed form", () => {
  expect(negativeBinomialQuantiles(4, 1, levels)).toEqual([0, 3, 13]);
});

test("quantiles of large means hold their shares of the distribution, too", () => {
  const found = negativeBinomialQuantiles(600, 0.02, levels);
  let sum = 0;
  const below = Array.from({ length: 2000 }, (_, count) => {
    sum += Math.exp(-negativeLogDensity(count, 600, 0.02).value);
    return sum;
  });
  for (const [index, { level }] of levels.entries()) expect(below[found[index]!]).toBeCloseTo(level, 2);
});

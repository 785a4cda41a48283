import { describe, expect, test } from "vitest";
import { bootstrapIntervals, pairedBootstrap } from "./intervals.ts";

/** Which of 200 examples are right: 150 of them. */
const right = Array.from({ length: 200 }, (_, index) => index % 4 !== 0);
const accuracy = (drawn: readonly number[]) => ({
  accuracy: drawn.filter((index) => right[index]).length / drawn.length,
  signature: "text",
});

test("95 % of the draws lie within the interval, which is as wide as the normal one", async () => {
  const { accuracy: interval } = await bootstrapIntervals(200, { resamples: 2000 }, accuracy);
  const halfWidth = 1.96 * Math.sqrt((0.75 * 0.25) / 200);
  expect(interval![0]).toBeCloseTo(0.75 - halfWidth, 1.7);
  expect(interval![1]).toBeCloseTo(0.75 + halfWidth, 1.7);
});

test("the same seed draws the same examples, another seed others; texts have no interval", async () => {
  const of = (seed: number) => bootstrapIntervals(200, { resamples: 50, seed }, accuracy);
  expect(await of(1)).toEqual(await of(1));
  expect(await of(1)).not.toEqual(await of(2));
  expect(Object.keys(await of(1))).toEqual(["accuracy"]);
});

test("a single draw is its own interval, and examples that are all right have one of no width", async () => {
  const [low, high] = (await bootstrapIntervals(200, { resamples: 1 }, accuracy)).accuracy!;
  expect(low).toBe(high);
  expect(await bootstrapIntervals(5, { resamples: 20 }, () => ({ accuracy: 1 }))).toEqual({ accuracy: [1, 1] });
});

describe("the paired bootstrap", () => {
  /** The share of `right`, and of a model that is wrong where `isWorse` says so. */
  const paired = (isWorse: (index: number) => boolean, resamples = 2000) =>
    pairedBootstrap(200, { resamples }, accuracy, (drawn) => ({
      accuracy: drawn.filter((index) => right[index] && !isWorse(index)).length / drawn.length,
    }));

  test("is as sure of a difference as the normal approximation of paired differences", async () => {
    const { accuracy: found } = await paired((index) => index % 20 === 1); // 10 of 200 are lost, none is won
    expect(found!.difference).toBeCloseTo(-0.05, 12);
    const halfWidth = 1.96 * Math.sqrt((0.05 * 0.95) / 200);
    expect(found!.interval[0]).toBeCloseTo(-0.05 - halfWidth, 1.7);
    expect(found!.interval[1]).toBeCloseTo(-0.05 + halfWidth, 1.7);
    expect(found!.pValue).toBeLessThan(0.01);
  });

  test("finds no difference between equal answers, and never a p-value of 0", async () => {
    const { accuracy: same } = await paired(() => false, 100);
    expect(same).toEqual({ difference: 0, interval: [0, 0], pValue: 1 });
    const { accuracy: worst } = await paired(() => true, 99);
    expect(worst!.pValue).toBe(0.01);
  });

  test("leaves out what only one of them scores, and what is not finite", async () => {
    const found = await pairedBootstrap(
      3,
      { resamples: 5 },
      () => ({ a: 1, b: 2, c: Number.POSITIVE_INFINITY }),
      () => ({ a: 3, c: 1, d: 4 }),
    );
    expect(found).toEqual({ a: { difference: 2, interval: [2, 2], pValue: 1 / 6 } });
  });
});

import { expect, test } from "vitest";
import { bootstrapIntervals } from "./intervals.ts";

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

import { expect, test } from "vitest";
import { summarize } from "./summarize.ts";

test("the interval of a few values is the one of Student's t", () => {
  // scipy.stats.t.interval(0.95, 4, loc=mean, scale=sem) of the same values: 0.78191, 0.87809
  const { mean, deviation, interval } = summarize([0.8, 0.82, 0.88, 0.79, 0.86]);
  expect(mean).toBeCloseTo(0.83, 12);
  expect(deviation).toBeCloseTo(0.0387298, 6);
  expect(interval[0]).toBeCloseTo(0.78191, 4);
  expect(interval[1]).toBeCloseTo(0.87809, 4);
});

test("of one value there is no deviation", () => {
  expect(summarize([0.5])).toEqual({ mean: 0.5, deviation: 0, interval: [0.5, 0.5] });
});

test("the mean of equal values is that value to the last bit", () => {
  expect(summarize([0.1, 0.1, 0.1])).toEqual({ mean: 0.1, deviation: 0, interval: [0.1, 0.1] });
});

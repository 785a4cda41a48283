import { expect, test } from "vitest";
import { fitSmoothing, smooth } from "./exponential-smoothing.ts";
import { drift, meanForecast, persistence, seasonalNaive } from "./naive.ts";
import { fitLinear, linearForecast } from "./nlinear.ts";

const past = Float64Array.of(1, 4, 2, 5);

test("the naive forecasts repeat the past as their definitions say", () => {
  expect(persistence(past, 2)).toEqual([5, 5]);
  expect(seasonalNaive(past, 3, 2)).toEqual([2, 5, 2]);
  expect(meanForecast(past, 2)).toEqual([3, 3]);
  expect(drift(past, 2)).toEqual([5 + 4 / 3, 5 + 8 / 3]);
});

// By hand: the level is 1, then (4 + 1) / 2, (2 + 2.5) / 2, (5 + 2.25) / 2.
test("smoothing without trend and season is the weighted mean of Brown", () => {
  const factors = { level: 0.5, trend: 0, season: null };
  expect(smooth(past, 2, { season: 1, factors })).toEqual([3.625, 3.625]);
});

test("smoothing follows a season that repeats", () => {
  const season = Float64Array.from({ length: 12 }, (_, at) => [10, 20, 30][at % 3]!);
  const windows = [{ past: season, targets: Float64Array.of(10, 20, 30) }];
  const forecast = smooth(season, 3, { season: 3, factors: fitSmoothing(windows, 3) });
  for (const [at, value] of forecast.entries()) expect(value).toBeCloseTo([10, 20, 30][at]!, 6);
});

test("smoothing has no season where that is the better forecast", () => {
  const walk = Float64Array.from({ length: 13 }, (_, at) => [0, 1, 5, 2, -3, -2, 0, 4, 9, 7, 8, 6, 6][at]!);
  const windows = Array.from({ length: 3 }, (_, at) => ({
    past: walk.slice(0, 8 + at),
    targets: walk.slice(8 + at, 9 + at),
  }));
  expect(fitSmoothing(windows, 4).season).toBeNull();
});

test("NLinear finds weights that made the numbers, wherever the level is", () => {
  // Each number is the one before, plus half of the last change.
  const windowFrom = (first: number, change: number) => {
    const values = [first, first + change];
    while (values.length < 6) values.push(values.at(-1)! + (values.at(-1)! - values.at(-2)!) / 2);
    return { past: Float64Array.from(values.slice(0, 3)), targets: Float64Array.from(values.slice(3)) };
  };
  const windows = Array.from({ length: 40 }, (_, index) => windowFrom(100 * index, (index % 7) - 3));
  const weights = fitLinear(windows)!;
  const { past: unseen, targets } = windowFrom(-5000, 8);
  for (const [at, value] of linearForecast(unseen, weights).entries()) expect(value).toBeCloseTo(targets[at]!, 2);
  expect(fitLinear(windows.slice(0, 4))).toBeUndefined();
});

import { expect, test } from "vitest";
import { logLogSlope, median, percentile } from "./statistics.ts";

test("the median is the middle value, whatever the order", () => {
  expect(median([5, 1, 9])).toBe(5);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([])).toBeNaN();
});

test("nine of ten values lie below the ninetieth percentile", () => {
  const values = Array.from({ length: 10 }, (_, index) => index);
  expect(percentile(values, 0.9)).toBe(9);
  expect(percentile(values, 0)).toBe(0);
});

test("the slope is the exponent of a power law", () => {
  const xs = [1, 2, 4, 8];
  expect(
    logLogSlope(
      xs,
      xs.map((x) => 3 * x ** 1.5),
    ),
  ).toBeCloseTo(1.5, 12);
  expect(logLogSlope(xs, [7, 7, 7, 7])).toBeCloseTo(0, 12);
});

test("a slope needs two different sizes", () => {
  expect(() => logLogSlope([2, 2], [1, 3])).toThrow("expected two different xs and a y for each, got 2 and 2");
  expect(() => logLogSlope([2, 3], [1])).toThrow("got 2 and 1");
});

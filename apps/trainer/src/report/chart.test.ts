import fc from "fast-check";
import { expect, test } from "vitest";
import { lineChart, niceTicks, thin } from "./chart.ts";

test("ticks are round and reach around the values", () => {
  expect(niceTicks(0, 500, 5)).toEqual([0, 100, 200, 300, 400, 500]);
  const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(value, value, (a, b) => {
      const [low, high] = a < b ? [a, b] : [b, a];
      const ticks = niceTicks(low, high, 5);
      const slack = (ticks[1]! - ticks[0]!) * 1e-6;
      expect(ticks[0]!).toBeLessThanOrEqual(low + slack);
      expect(ticks.at(-1)!).toBeGreaterThanOrEqual(high - slack);
      expect(ticks.length).toBeLessThan(12);
    }),
  );
});

test("thinning keeps the mean and takes as many points as asked", () => {
  const points = Array.from({ length: 1000 }, (_, x) => ({ x, y: x % 2 }));
  const few = thin(points, 100);
  expect(few).toHaveLength(100);
  expect(few.reduce((sum, { y }) => sum + y, 0) / 100).toBeCloseTo(0.5);
});

test("a chart draws every series and an empty one is left out", () => {
  const chart = lineChart("Loss <1>", "steps", [
    {
      name: "train",
      color: "a",
      points: [
        { x: 1, y: 2 },
        { x: 2, y: 1 },
      ],
    },
    { name: "dev", color: "b", points: [] },
  ]);
  expect(chart?.text).toContain("Loss &lt;1&gt;");
  expect(chart?.text.match(/<polyline/g)).toHaveLength(1);
  expect(lineChart("Loss", "steps", [])).toBeUndefined();
});

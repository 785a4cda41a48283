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

test("a logarithmic axis has powers of ten at equal distances", () => {
  const points = [1e-5, 1e-3, 0.5].map((x, y) => ({ x, y }));
  const { text } = lineChart("Loss", "rate", [{ name: "a", color: "a", points }], { xScale: "log" })!;
  const labels = [...text.matchAll(/x="([\d.]+)" y="244"[^>]*>([^<]*)</g)].map(([, x, label]) => [label, Number(x)]);
  expect(labels.map(([label]) => label)).toEqual(["1e-5", "1e-4", "0.001", "0.01", "0.1", "1"]);
  const places = labels.map(([, x]) => x as number);
  places.slice(2).forEach((place, i) => void expect(place - places[i + 1]!).toBeCloseTo(places[1]! - places[0]!, 0));
  expect(text).toContain(`points="${places[0]!.toFixed(1)},`);
});

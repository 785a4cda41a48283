import { expect, test } from "vitest";
import { choiceAxis, numberAxis, parallelCoordinates } from "./parallel-coordinates.ts";

test("numbers lie along their scale, choices evenly apart", () => {
  const rates = numberAxis("rate", [1e-4, 1e-2], { isLog: true });
  expect(rates.heightOf(1e-3)).toBeCloseTo(0.5, 12);
  expect(rates.axis.ticks.map(({ text }) => text)).toEqual(["1e-4", "0.01"]);
  expect(numberAxis("rate", [3]).heightOf(3)).toBe(0.5);
  const poolings = choiceAxis("pooling", ["max", "mean", "last"]);
  expect(["max", "mean", "last"].map(poolings.heightOf)).toEqual([0, 0.5, 1]);
});

test("the best line is drawn above the others, and no text is taken for markup", () => {
  const { axis } = choiceAxis("<b>", ["a & b"]);
  const line = (title: string, isBest: boolean) => ({ title, heights: [0, 1], isBest });
  const { text } = parallelCoordinates("points", [axis, axis], [line("best", true), line("other", false)]);
  expect(text.indexOf("<title>other</title>")).toBeLessThan(text.indexOf("<title>best</title>"));
  expect(text).toContain('d="M0,1000L1000,0"');
  expect(text).toContain("&lt;b&gt;");
  expect(text).toContain("a &amp; b");
});

import { expect, test } from "vitest";
import { plotText } from "./plot.ts";

test("a curve has its extremes at the side, its ends below, and a mark under its column", () => {
  const points = [
    { x: 1e-3, y: 4 },
    { x: 1e-2, y: 3 },
    { x: 1e-1, y: 1 },
    { x: 1, y: 3 },
  ];
  const text = plotText(points, { xLabel: "rate", mark: { x: 1e-2, label: "here" }, width: 22, height: 4 });
  expect(text).toBe(
    [
      "4.000 |*",
      "      |       *             *",
      "      |",
      "1.000 |              *",
      "      +----------------------",
      "              ^ here",
      "       1.0e-3   rate   1.0e+0",
      "",
    ].join("\n"),
  );
});

test("a flat curve and a single point are drawn too", () => {
  expect(plotText([{ x: 1, y: 2 }], { xLabel: "x" }).split("\n")[0]).toBe("2.000 |*");
  expect(
    plotText(
      [1, 10].map((x) => ({ x, y: 0 })),
      { xLabel: "x", width: 3, height: 1 },
    ),
  ).toContain("0.000 |* *\n");
});

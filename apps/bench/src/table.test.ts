import { expect, test } from "vitest";
import { comparedCells, formatGflops, formatNumber, formatRatio, formatShare, toMarkdown } from "./table.ts";

test("a table is Markdown with its notes below", () => {
  const table = { header: ["shape", "ms"], rows: [["a", "1.00"]], notes: ["First.", "Second."] };
  expect(toMarkdown(table)).toBe("| shape | ms |\n| --- | ---: |\n| a | 1.00 |\n\nFirst.\n\nSecond.");
});

test("numbers have about three digits", () => {
  expect([0.01234, 1.234, 12.34, 123.4, 1234567].map(formatNumber)).toEqual([
    "0.012",
    "1.23",
    "12.3",
    "123",
    "1,234,567",
  ]);
  expect(formatNumber(-12.34)).toBe("-12.3");
});

test("ratios, shares and rates say what they are", () => {
  expect(formatRatio(3, 2)).toBe("1.50x");
  expect(formatShare(3, 4)).toBe("75 %");
  expect(formatGflops(75e9)).toBe("75.0");
  expect(formatGflops(75e9, 100e9)).toBe("75.0 (75 %)");
});

test("contenders are compared with the first", () => {
  expect(comparedCells([2, 3, undefined])).toEqual(["2.00", "3.00 (1.50x)", "-"]);
  expect(comparedCells([undefined, 3])).toEqual(["-", "3.00"]);
});

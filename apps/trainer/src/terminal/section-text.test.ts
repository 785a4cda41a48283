import { expect, test } from "vitest";
import { sectionAsText } from "./section-text.ts";

test("a table has a line for each row, and says how many were left out", () => {
  const section = {
    kind: "table",
    title: "Scores",
    note: "Of each label.",
    columns: [{ title: "label" }, { title: "F1", isNumber: true }],
    rows: Array.from({ length: 53 }, (_, index) => [`l${index}`, 0.5]),
  } as const;
  const lines = sectionAsText(section).split("\n");
  expect(lines.slice(0, 4)).toEqual(["Scores", "Of each label.", "label   F1", "l0     0.5"]);
  expect(lines.at(-2)).toBe("... and 3 more rows");
});

test("a small confusion is a matrix", () => {
  const text = sectionAsText({
    kind: "confusion",
    title: "Confusion",
    names: ["a", "b"],
    counts: [
      [3, 1],
      [0, 1234],
    ],
  });
  expect(text).toBe(
    "Confusion\nlabel \\ predicted  a      b\na                  3      1\nb                  0  1,234\n",
  );
});

test("of a large confusion the most frequent pairs are listed", () => {
  const names = Array.from({ length: 30 }, (_, index) => `l${index}`);
  const counts = names.map((_, row) =>
    names.map((__, column) => (row === column ? 50 : row === 7 && column === 9 ? 5 : 1)),
  );
  const lines = sectionAsText({ kind: "confusion", title: "Confusion", names, counts }).split("\n");
  expect(lines.slice(1, 3)).toEqual(["label  predicted  examples", "l7            l9         5"]);
  expect(lines.at(-2)).toBe("... and 850 more pairs");
});

test("what a terminal cannot show is named", () => {
  expect(sectionAsText({ kind: "heatMaps", title: "Attention", maps: [] })).toBe("Attention\n");
  expect(sectionAsText({ kind: "texts", title: "Samples", texts: ["a", "b"] })).toBe("Samples\na\nb\n");
});

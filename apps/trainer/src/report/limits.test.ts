/** A report stays a page that opens at once, whatever the data are. */
import type { ReportSection } from "@cellstate/tasks";
import { expect, test } from "vitest";
import { confusionCsv } from "./confusion.ts";
import { cutText } from "./limits.ts";
import { drawSections } from "./sections.ts";

const size = (sections: readonly ReportSection[]) =>
  drawSections(sections.map((section) => ({ section }))).reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);

/** Each label is taken for the next one as often as its number says, and for itself ten times. */
function confusion(labels: number): Extract<ReportSection, { kind: "confusion" }> {
  const counts = Array.from({ length: labels }, (_, row) => {
    const values = new Array<number>(labels).fill(0);
    values[row] = 10;
    values[(row + 1) % labels]! += row % 100;
    return values;
  });
  return { kind: "confusion", title: "Confusion", names: counts.map((_, label) => `label ${label}`), counts };
}

test.each([1000, 5000])(
  "the confusion of %i labels shows the most confused pairs and says where the rest is",
  (labels) => {
    const [drawn] = drawSections([{ section: confusion(labels), file: "predictions/test.confusion.csv" }]);
    expect(Buffer.byteLength(drawn!.text)).toBeLessThan(50_000);
    expect(drawn!.text).toContain(`${labels} labels are too many for a matrix`);
    expect(drawn!.text).toContain("<code>predictions/test.confusion.csv</code>");
    // The first of the most frequent pairs: 99 of 109.
    expect(drawn!.text).toContain(
      '<tr><td>label 99</td><td>label 100</td><td class="number">99</td><td class="number">0.908</td></tr>',
    );
  },
);

test("a confusion of few labels is a matrix with every count", () => {
  const [drawn] = drawSections([{ section: confusion(40) }]);
  expect(drawn!.text.match(/<td class="number (right|wrong)"/g)).toHaveLength(1600);
});

test("the file has each count that is not 0, and quotes what needs it", () => {
  const names = ['a "b"', "c,d"];
  expect(
    [
      ...confusionCsv({
        kind: "confusion",
        title: "",
        names,
        counts: [
          [3, 0],
          [1, 2],
        ],
      }),
    ].join(""),
  ).toBe('label,predicted,count\n"a ""b""","a ""b""",3\n"c,d","a ""b""",1\n"c,d","c,d",2\n');
});

test("long names, texts, tables, maps and curves are cut, and what is left out is said", () => {
  const long = "&😀".repeat(500_000);
  const points = Array.from({ length: 100_000 }, (_, x) => ({ x, y: x }));
  const sections: ReportSection[] = [
    { kind: "table", title: "t", columns: [{ title: "text" }], rows: Array.from({ length: 10_000 }, () => [long]) },
    {
      kind: "confusion",
      title: "c",
      names: [long, long],
      counts: [
        [1, 0],
        [0, 1],
      ],
    },
    {
      kind: "heatMaps",
      title: "h",
      maps: [
        {
          columns: new Array(500).fill(long),
          rows: new Array(500).fill(long),
          values: new Array(500).fill(new Array(500).fill(0.5)),
        },
      ],
    },
    { kind: "curves", title: "v", xLabel: "steps", series: [{ name: "a", points, isMarked: true }] },
    { kind: "texts", title: "x", texts: new Array(1000).fill(long) },
  ];
  expect(size(sections)).toBeLessThan(1_400_000);
  const text = drawSections(sections.map((section) => ({ section })))
    .map((one) => one.text)
    .join("");
  expect(text).toContain("9800 more rows are left out.");
  expect(text).toContain("The first 48 of 500 columns and 48 of 500 rows.");
  expect(text).toContain("(1500000 characters in all)");
});

test("sections beyond what a page can hold are named and left out", () => {
  const table: ReportSection = {
    kind: "table",
    title: "many",
    columns: [{ title: "a" }],
    rows: new Array(200).fill(["x".repeat(400)]),
  };
  const sections = new Array<ReportSection>(100).fill(table);
  expect(size(sections)).toBeLessThan(1_400_000);
  expect(drawSections(sections.map((section) => ({ section }))).at(-1)!.text).toContain(
    "Left out: the page would be too large.",
  );
});

test("a text is cut between characters", () => {
  expect(cutText("ab😀cd", 3)).toBe("ab … (6 characters in all)");
  expect(cutText("ab😀cd", 4)).toBe("ab😀 … (6 characters in all)");
  expect(cutText("abc", 3)).toBe("abc");
});

import { expect, test } from "vitest";
import type { TextExample } from "./data.ts";
import { predictionOf } from "./predict.ts";
import { reportLabels } from "./report.ts";

const labels = ["negative", "positive"];
const example = (index: number, label: number | undefined): TextExample => ({
  index,
  text: `text ${index}`,
  ids: [],
  label,
});
const certain = (label: number, certainty: number) =>
  predictionOf([0, 1].map((one) => Math.log(one === label ? certainty : 1 - certainty)));

test("a confusion matrix has a row for each true label and a column for each predicted one", () => {
  const examples = [0, 0, 0, 1].map((label, index) => example(index, label));
  const predictions = [0, 1, 1, 1].map((label) => certain(label, 0.9));
  expect(reportLabels(predictions, examples, labels, "test")[0]).toEqual({
    kind: "confusion",
    title: "Confusion on test",
    names: labels,
    counts: [
      [1, 2],
      [0, 1],
    ],
  });
});

test("wrong predictions are shown with the most certain ones first, 25 at most", () => {
  const examples = Array.from({ length: 40 }, (_, index) => example(index, 0));
  const predictions = examples.map((_, index) => (index < 30 ? certain(1, 0.6 + index / 100) : certain(0, 0.99)));
  const [, table] = reportLabels(predictions, examples, labels, "dev");
  if (table?.kind !== "table") throw new Error("expected a table");
  expect(table.title).toBe("Wrong predictions on dev");
  expect(table.note).toBe("30 of 40 are wrong; the most certain ones first.");
  expect(table.rows).toHaveLength(25);
  expect(table.rows[0]).toEqual([29, "text 29", "negative", "positive", "0.890"]);
  expect(table.rows.map(([index]) => index)).toEqual(Array.from({ length: 25 }, (_, row) => 29 - row));
});

test("a split without a wrong prediction says so", () => {
  const [, table] = reportLabels([certain(1, 0.9)], [example(0, 1)], labels, "test");
  expect(table).toMatchObject({ note: "None: every prediction is right.", rows: [] });
});

test("a reliability diagram has a point for each bin of probabilities, and the calibration error in words", () => {
  const examples = [0, 0, 0, 1].map((label, index) => example(index, label));
  const predictions = [certain(0, 0.9), certain(0, 0.9), certain(1, 0.9), certain(1, 0.6)];
  const section = reportLabels(predictions, examples, labels, "test")[2];
  if (section?.kind !== "curves") throw new Error("expected curves");
  expect(section.title).toBe("Calibration on test");
  // (3 * |2/3 - 0.9| + |1 - 0.6|) / 4
  expect(section.note).toMatch(/^Expected calibration error 0\.2750, /);
  const [right] = section.series;
  expect(right?.points.map(({ x, y }) => [x.toFixed(6), y.toFixed(6)])).toEqual([
    ["0.600000", "1.000000"],
    ["0.900000", "0.666667"],
  ]);
});

test("a split without labels is refused", () => {
  expect(() => reportLabels([certain(1, 0.9)], [example(3, undefined)], labels, "test")).toThrow(
    "metrics: expected examples with labels, example 3 has none",
  );
});

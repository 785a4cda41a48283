import { expect, test } from "vitest";
import { DataConfigError, DataFileError } from "./errors.ts";
import type { Fields } from "./fields.ts";
import { type Input, inputFields, inputRecord, onlyInput } from "./input-record.ts";

const place = { file: "input", line: 3 };
const labelled = { text: { kind: "text" }, label: { kind: "category", target: true } } as const satisfies Fields;
const series = {
  past: { kind: "numbers" },
  weekday: { kind: "category", optional: true },
  next: { kind: "number", target: true },
} as const satisfies Fields;
const question = { question: { kind: "text" }, passage: { kind: "text" } } as const satisfies Fields;

test("inputs are the fields that are no targets, and a bare text is the only one that must be there", () => {
  expect(Object.keys(inputFields(series))).toEqual(["past", "weekday"]);
  expect(onlyInput(series)).toBe("past");
});

test("a text is a record without its target, and may be empty", () => {
  expect(inputRecord(labelled, "not bad", place)).toEqual({ values: { text: "not bad" }, ...place });
  expect(inputRecord(labelled, "", place).values).toEqual({ text: "" });
  expect(inputRecord(series, "1 2, 3", place).values).toEqual({ past: [1, 2, 3] });
});

test("values by role are a record, with targets and optional ones where they are given", () => {
  const values = { past: [1, 2], weekday: " Monday " };
  expect(inputRecord(series, values, place)).toEqual({ values: { past: [1, 2], weekday: "Monday" }, ...place });
  expect(inputRecord(series, { ...values, weekday: undefined, next: 3 }, place).values).toEqual({
    past: [1, 2],
    next: 3,
  });
  expect(inputRecord(series, { past: "1 2", next: null }, place).values).toEqual({ past: [1, 2] });
});

test("a text for several inputs is refused", () => {
  expect(() => inputRecord(question, "why?", place)).toThrow(
    new DataConfigError(
      "data.columns",
      "this model reads question and passage, which one text cannot say; give a file with a column for each",
    ),
  );
});

test.each<{ fields: Fields; input: Input; problem: string }>([
  { fields: labelled, input: { text: 12 }, problem: "text: expected a text, got a number" },
  { fields: series, input: "1 two", problem: 'past: expected a finite number, got "two"' },
  { fields: series, input: { past: [1], next: "soon" }, problem: 'next: expected a finite number, got "soon"' },
  { fields: labelled, input: {}, problem: "no value for text; this model reads text" },
  {
    fields: question,
    input: { question: "why?" },
    problem: "no value for passage; this model reads question and passage",
  },
  { fields: labelled, input: { txt: "a" }, problem: 'unknown role "txt"; this model reads text' },
  { fields: labelled, input: { toString: "a" }, problem: 'unknown role "toString"; this model reads text' },
])("a wrong input is refused with its place: $input", ({ fields, input, problem }) => {
  expect(() => inputRecord(fields, input, place)).toThrow(new DataFileError("input", 3, problem));
});

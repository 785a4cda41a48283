import { expect, test } from "vitest";
import { DataConfigError, DataFileError } from "./errors.ts";
import { inputRecord, onlyInput, recordOfValues } from "./input-record.ts";

const place = { file: "input", line: 3 };
const series = { past: { kind: "numbers" }, next: { kind: "numbers", target: true } } as const;

test("a bare text is the value of the only input", () => {
  expect(inputRecord(series, "1 2.5", place)).toEqual({ values: { past: [1, 2.5] }, ...place });
  expect(() => inputRecord(series, "1 two", place)).toThrow(DataFileError);
  expect(() => inputRecord(series, "1 two", place)).toThrow('input:3: past: expected a finite number, got "two"');
});

test("a bare text is refused where several inputs are read", () => {
  const both = { question: { kind: "text" }, answer: { kind: "text" } } as const;
  expect(() => onlyInput(both)).toThrow(DataConfigError);
  expect(() => onlyInput(both)).toThrow("this model reads question and answer, which one text cannot say");
});

test("values by role are taken as they are, or as a file would hold them; targets may be missing", () => {
  const record = (values: Record<string, unknown>) => recordOfValues(series, values, place).values;
  expect(record({ past: [1, 2.5] })).toEqual({ past: [1, 2.5] });
  expect(record({ past: Float32Array.of(1, 2.5), next: "3, 4", other: true })).toEqual({
    past: [1, 2.5],
    next: [3, 4],
  });
  expect(recordOfValues({ picture: { kind: "bytes" } }, { picture: Uint8Array.of(7) }, place).values.picture).toEqual(
    Uint8Array.of(7),
  );
});

test("values by role that are missing or of another kind are refused by role and place", () => {
  const record = (values: Record<string, unknown>) => () => recordOfValues(series, values, place);
  expect(record({ next: [1] })).toThrow(DataFileError);
  expect(record({ next: [1] })).toThrow("input:3: no value for past; this model reads past, got next");
  expect(record({ past: null })).toThrow("input:3: no value for past");
  expect(record({ past: [1, Number.NaN] })).toThrow('input:3: past: expected a finite number, got "NaN"');
  expect(record({ past: true })).toThrow("input:3: past: expected a value of the kind numbers, got a boolean");
  expect(record({ past: [[1]] })).toThrow(
    "input:3: past: expected a value of the kind numbers, got a list of other things",
  );
});

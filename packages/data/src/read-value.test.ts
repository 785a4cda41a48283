import { describe, expect, test } from "vitest";
import type { FieldKind } from "./fields.ts";
import { type Cell, checkValue, isBlank, readValue, ValueFault } from "./read-value.ts";

const read = (kind: FieldKind, cell: Cell) => readValue({ kind }, cell);
const check = (kind: FieldKind, value: unknown) => checkValue({ kind }, value);

describe("a cell of a file", () => {
  test.each<{ kind: FieldKind; cell: Cell; value: unknown }>([
    { kind: "text", cell: " not bad ", value: " not bad " },
    { kind: "text", cell: "", value: "" },
    { kind: "category", cell: " positive ", value: "positive" },
    { kind: "tokens", cell: "O  B-PER\tO ", value: ["O", "B-PER", "O"] },
    { kind: "tokens", cell: ["New York", "is", 3], value: ["New York", "is", "3"] },
    { kind: "number", cell: " -1.5e3 ", value: -1500 },
    { kind: "numbers", cell: "1 2.5,-3; 4e-1", value: [1, 2.5, -3, 0.4] },
    { kind: "numbers", cell: [1, "2", -0.5], value: [1, 2, -0.5] },
    { kind: "numbers", cell: "", value: [] },
    { kind: "bytes", cell: " AAH/ ", value: Uint8Array.of(0, 1, 255) },
  ])("is read as its field says: $kind $cell", ({ kind, cell, value }) => {
    expect(read(kind, cell)).toEqual(value);
  });

  test.each<{ kind: FieldKind; cell: Cell; problem: string }>([
    { kind: "text", cell: ["a"], problem: "expected a text, got a list" },
    { kind: "category", cell: ["a"], problem: "expected a name, got a list" },
    { kind: "number", cell: [1], problem: "expected one number, got a list" },
    { kind: "number", cell: "twelve", problem: 'expected a finite number, got "twelve"' },
    { kind: "number", cell: " ", problem: 'expected a finite number, got " "' },
    { kind: "number", cell: "1e999", problem: 'expected a finite number, got "1e999"' },
    { kind: "number", cell: "NaN", problem: 'expected a finite number, got "NaN"' },
    { kind: "numbers", cell: "1 two 3", problem: 'expected a finite number, got "two"' },
    { kind: "numbers", cell: [1, ""], problem: 'expected a finite number, got ""' },
    { kind: "bytes", cell: "né", problem: "expected base64, got other characters" },
    { kind: "bytes", cell: [1, 2], problem: "expected base64, got a list" },
  ])("that does not fit is told: $kind $cell", ({ kind, cell, problem }) => {
    expect(read(kind, cell)).toEqual(new ValueFault(problem));
  });

  test("is blank without anything but white space", () => {
    expect(["", " \t ", [], "a", [""]].map(isBlank)).toEqual([true, true, true, false, false]);
  });
});

describe("a value that a program gives", () => {
  test.each<{ kind: FieldKind; given: unknown; value: unknown }>([
    { kind: "text", given: "not bad", value: "not bad" },
    { kind: "category", given: "positive", value: "positive" },
    { kind: "tokens", given: ["a", "b"], value: ["a", "b"] },
    { kind: "number", given: 1.5, value: 1.5 },
    { kind: "number", given: "1.5", value: 1.5 },
    { kind: "numbers", given: [1, 2], value: [1, 2] },
    { kind: "numbers", given: Float32Array.of(1, 2.5), value: [1, 2.5] },
    { kind: "bytes", given: Uint8Array.of(1, 2), value: Uint8Array.of(1, 2) },
    { kind: "bytes", given: "AAH/", value: Uint8Array.of(0, 1, 255) },
  ])("is taken in memory's form or a file's: $kind $given", ({ kind, given, value }) => {
    expect(check(kind, given)).toEqual(value);
  });

  test.each<{ kind: FieldKind; given: unknown; problem: string }>([
    { kind: "text", given: 12, problem: "expected a text, got a number" },
    { kind: "text", given: null, problem: "expected a text, got null" },
    { kind: "category", given: true, problem: "expected a name, got a boolean" },
    { kind: "tokens", given: { a: 1 }, problem: "expected a list of texts, got an object" },
    { kind: "number", given: Number.NaN, problem: 'expected a finite number, got "NaN"' },
    { kind: "number", given: [1], problem: "expected one number, got a list" },
    { kind: "numbers", given: 1, problem: "expected a list of numbers, got a number" },
    { kind: "numbers", given: [[1], [2]], problem: "expected a list of numbers, got a list" },
    {
      kind: "numbers",
      given: Float64Array.of(1, Number.POSITIVE_INFINITY),
      problem: 'expected a finite number, got "Infinity"',
    },
    { kind: "bytes", given: Float32Array.of(1), problem: "expected base64, got an array of bytes or numbers" },
  ])("that does not fit is told: $kind $given", ({ kind, given, problem }) => {
    expect(check(kind, given)).toEqual(new ValueFault(problem));
  });
});

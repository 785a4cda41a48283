/** From a cell of a file, or a line of input, to the value of a field; says what is wrong with a cell that does not fit. */
import type { Field, FieldKind, FieldValues } from "./fields.ts";

/** What a file holds in one column of one row: a text, or in JSONL a list of texts or numbers. */
export type Cell = string | readonly (string | number)[];

/** A cell that does not fit its field; who reads the file adds where it stands. */
export class ValueFault {
  /** What was required and what came. */
  readonly problem: string;
  constructor(problem: string) {
    this.problem = problem;
  }
}

type Readers = { readonly [Kind in FieldKind]: (cell: Cell) => FieldValues[Kind] | ValueFault };

const readers: Readers = {
  text: (cell) => (typeof cell === "string" ? cell : expected("text", cell)),
  category: (cell) => (typeof cell === "string" ? cell.trim() : expected("category", cell)),
  tokens: (cell) => (typeof cell === "string" ? partsOf(cell, /\s+/u) : cell.map(String)),
  number: (cell) => (typeof cell === "string" ? numberOf(cell) : expected("number", cell)),
  numbers: (cell) => numbersOf(typeof cell === "string" ? partsOf(cell, /[\s,;]+/u) : cell),
  bytes: (cell) => (typeof cell === "string" ? bytesOf(cell) : expected("bytes", cell)),
};

/** The value of a field, or what is wrong with the cell. */
export function readValue({ kind }: Field, cell: Cell): FieldValues[FieldKind] | ValueFault {
  return readers[kind](cell);
}

/**
 * The value of a field that a program gives: as it is in memory (see `FieldValues`), as a typed array of numbers, or as a cell;
 * or what is wrong with it.
 */
export function checkValue(field: Field, value: unknown): FieldValues[FieldKind] | ValueFault {
  const { kind } = field;
  if (kind === "bytes" && value instanceof Uint8Array) return value;
  if (kind === "number" && typeof value === "number") return numberOf(String(value));
  if (kind === "numbers" && isNumberArray(value)) return numbersOf(Array.from(value));
  return isCell(value) ? readValue(field, value) : expected(kind, value);
}

function isNumberArray(value: unknown): value is Float32Array | Float64Array | Int32Array {
  return value instanceof Float32Array || value instanceof Float64Array || value instanceof Int32Array;
}

function isCell(value: unknown): value is Cell {
  if (typeof value === "string") return true;
  return Array.isArray(value) && value.every((part) => typeof part === "string" || typeof part === "number");
}

const EXPECTED: { readonly [Kind in FieldKind]: string } = {
  text: "a text",
  category: "a name",
  tokens: "a list of texts",
  number: "one number",
  numbers: "a list of numbers",
  bytes: "base64",
};

function expected(kind: FieldKind, got: unknown): ValueFault {
  return new ValueFault(`expected ${EXPECTED[kind]}, got ${nameOf(got)}`);
}

function nameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "a list";
  if (ArrayBuffer.isView(value)) return "an array of bytes or numbers";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** Whether a cell holds nothing: no text but blanks, an empty list. */
export function isBlank(cell: Cell): boolean {
  return typeof cell === "string" ? cell.trim() === "" : cell.length === 0;
}

function partsOf(text: string, separator: RegExp): string[] {
  return text.split(separator).filter((part) => part !== "");
}

/** Decimal notation, as CSV files and JSON have it: no hexadecimal, no `Infinity`. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function numberOf(text: string): number | ValueFault {
  const value = DECIMAL.test(text.trim()) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : new ValueFault(`expected a finite number, got ${JSON.stringify(text)}`);
}

function numbersOf(parts: readonly (string | number)[]): readonly number[] | ValueFault {
  const values: number[] = [];
  for (const part of parts) {
    const value = numberOf(String(part));
    if (value instanceof ValueFault) return value;
    values.push(value);
  }
  return values;
}

function bytesOf(text: string): Uint8Array | ValueFault {
  try {
    return Uint8Array.from(atob(text.trim()), (character) => character.charCodeAt(0));
  } catch {
    return new ValueFault("expected base64, got other characters");
  }
}

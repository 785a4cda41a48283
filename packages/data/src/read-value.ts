/** From a cell of a file, or a line of input, to the value of a field; says what is wrong with a cell that does not fit. */
import type { Field, FieldKind, FieldValues, Span } from "./fields.ts";

/** What a file holds in one column of one row: a text, or in JSONL a list of texts or numbers, or of records of them. */
export type Cell = string | readonly (string | number)[] | readonly RecordCell[];

/** One of a list of small records, such as `{ start, end, label }`. */
export type RecordCell = Readonly<Record<string, string | number>>;

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
  tokens: (cell) => {
    if (typeof cell === "string") return partsOf(cell, /\s+/u);
    return isPlainList(cell) ? cell.map(String) : expected("tokens", cell);
  },
  words: (cell) => {
    if (typeof cell === "string") return cell;
    return isPlainList(cell) ? cell.map(String) : expected("words", cell);
  },
  spans: spansOf,
  number: (cell) => (typeof cell === "string" ? numberOf(cell) : expected("number", cell)),
  numbers: (cell) => {
    if (typeof cell === "string") return numbersOf(partsOf(cell, /[\s,;]+/u));
    return isPlainList(cell) ? numbersOf(cell) : expected("numbers", cell);
  },
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
  return Array.isArray(value) && (value.every(isTextOrNumber) || value.every(isRecordCell));
}

function isTextOrNumber(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}

/** Whether a value is a small record of texts and numbers. */
export function isRecordCell(value: unknown): value is RecordCell {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject && Object.values(value).every(isTextOrNumber);
}

function isPlainList(cell: Exclude<Cell, string>): cell is readonly (string | number)[] {
  return cell.every(isTextOrNumber);
}

const EXPECTED: { readonly [Kind in FieldKind]: string } = {
  text: "a text",
  category: "a name",
  tokens: "a list of texts",
  words: "a text or a list of texts",
  spans: 'a list of spans such as {"start": 0, "end": 5, "label": "PER"} or [0, 5, "PER"]',
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

/** @returns a fault for a span that is none; whether it lies in its text, the text alone can tell */
function spansOf(cell: Cell): readonly Span[] | ValueFault {
  if (typeof cell === "string") return expected("spans", cell);
  const spans: Span[] = [];
  for (const [index, given] of cell.entries()) {
    if (!isRecordCell(given)) return expected("spans", cell);
    const { start, end, label } = given;
    if (![start, end].every((offset) => /^\d+$/.test(String(offset))) || typeof label !== "string" || label === "") {
      return new ValueFault(
        `span ${index + 1}: expected start and end, whole numbers of at least 0, and a name as label, got ${JSON.stringify(given)}`,
      );
    }
    spans.push({ start: Number(start), end: Number(end), label });
  }
  return spans;
}

function bytesOf(text: string): Uint8Array | ValueFault {
  try {
    return Uint8Array.from(atob(text.trim()), (character) => character.charCodeAt(0));
  } catch {
    return new ValueFault("expected base64, got other characters");
  }
}

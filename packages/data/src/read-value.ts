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
  text: (cell) => (typeof cell === "string" ? cell : new ValueFault("expected a text, got a list")),
  category: (cell) => (typeof cell === "string" ? cell.trim() : new ValueFault("expected a name, got a list")),
  tokens: (cell) => (typeof cell === "string" ? partsOf(cell, /\s+/u) : cell.map(String)),
  number: (cell) => (typeof cell === "string" ? numberOf(cell) : new ValueFault("expected one number, got a list")),
  numbers: (cell) => numbersOf(typeof cell === "string" ? partsOf(cell, /[\s,;]+/u) : cell),
  bytes: (cell) => (typeof cell === "string" ? bytesOf(cell) : new ValueFault("expected base64, got a list")),
};

/** The value of a field, or what is wrong with the cell. */
export function readValue({ kind }: Field, cell: Cell): FieldValues[FieldKind] | ValueFault {
  return readers[kind](cell);
}

/** Whether a cell holds nothing: no text but blanks, an empty list. */
export function isBlank(cell: Cell): boolean {
  return typeof cell === "string" ? cell.trim() === "" : cell.length === 0;
}

function partsOf(text: string, separator: RegExp): string[] {
  return text.split(separator).filter((part) => part !== "");
}

function numberOf(text: string): number | ValueFault {
  const value = text.trim() === "" ? Number.NaN : Number(text);
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
    return new ValueFault("expected base64");
  }
}

/** Records of inputs that stand alone, such as an argument or a line of standard input: what is to be predicted. */
import { DataConfigError, DataFileError } from "./errors.ts";
import { type Field, type Fields, type FieldValues, inputRoles, type ValuesOf } from "./fields.ts";
import { type Cell, readValue, ValueFault } from "./read-value.ts";
import type { DataRecord } from "./record.ts";

/** Where an input stands, as errors should name it. */
export interface InputPlace {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/** The fields without what a model is to give: what is read of an input. */
export function inputFields(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, { target }]) => target !== true));
}

/**
 * The one role whose value a bare text can be.
 *
 * @throws {DataConfigError} if the fields need several inputs
 */
export function onlyInput(fields: Fields): string {
  const roles = inputRoles(fields);
  if (roles.length === 1) return roles[0]!;
  throw new DataConfigError(
    "data.columns",
    `this model reads ${roles.join(" and ") || "no input"}, which one text cannot say; give a file with a column for each`,
  );
}

/**
 * The record of one text, which may be empty.
 *
 * @param place  where the text stands, for errors
 * @throws {DataFileError} if the text is not a value of the input's kind, such as a word where numbers are read
 */
export function inputRecord<All extends Fields>(fields: All, text: string, place: InputPlace): DataRecord<All> {
  const role = onlyInput(fields);
  return { values: { [role]: readRole(fields[role]!, text, role, place) } as ValuesOf<All>, ...place };
}

/**
 * The record of values by role, such as `{ text: "not bad" }` or `{ past: [1.5, 2] }`. Targets may be missing; what is no role is
 * left out. A value may also be written as in a file: numbers as one text.
 *
 * @param place  where the values stand, for errors
 * @throws {DataFileError} if an input is missing, or a value is not of its field's kind
 */
export function recordOfValues<All extends Fields>(
  fields: All,
  values: Readonly<Record<string, unknown>>,
  place: InputPlace,
): DataRecord<All> {
  const found: Record<string, unknown> = {};
  for (const [role, field] of Object.entries(fields)) {
    const value = Object.hasOwn(values, role) ? values[role] : undefined;
    if (value !== undefined && value !== null) found[role] = readRole(field, value, role, place);
    else if (field.target !== true && field.optional !== true) throw missingInput(fields, values, role, place);
  }
  return { values: found as ValuesOf<All>, ...place };
}

function readRole(field: Field, value: unknown, role: string, { file, line }: InputPlace): unknown {
  const read = field.kind === "bytes" && value instanceof Uint8Array ? value : readInput(field, value);
  if (read instanceof ValueFault) throw new DataFileError(file, line, `${role}: ${read.problem}`);
  return read;
}

function readInput(field: Field, value: unknown): FieldValues[Field["kind"]] | ValueFault {
  const cell = cellOf(value);
  if (cell !== undefined) return readValue(field, cell);
  return new ValueFault(`expected a value of the kind ${field.kind}, got ${describe(value)}`);
}

/** A value as a file would hold it; undefined if no file could. */
function cellOf(value: unknown): Cell | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  const list: unknown[] | undefined = Array.isArray(value)
    ? value
    : isTypedArray(value)
      ? Array.from(value)
      : undefined;
  return list?.every((item) => typeof item === "string" || typeof item === "number") ? list : undefined;
}

function isTypedArray(value: unknown): value is Float64Array {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return "a list of other things";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function missingInput(
  fields: Fields,
  values: Readonly<Record<string, unknown>>,
  role: string,
  { file, line }: InputPlace,
): DataFileError {
  const needed = inputRoles(fields).join(" and ");
  const got = Object.keys(values).join(", ") || "nothing";
  return new DataFileError(file, line, `no value for ${role}; this model reads ${needed}, got ${got}`);
}

/** Records of inputs that stand alone, such as an argument or a line of standard input: what is to be predicted. */
import { DataConfigError, DataFileError } from "./errors.ts";
import { type Field, type Fields, inputRoles, type ValuesOf } from "./fields.ts";
import { checkValue, ValueFault } from "./read-value.ts";
import type { DataRecord } from "./record.ts";

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

/** What stands alone to be predicted: a text, or values by role, such as `{ text: "not bad" }`. */
export type Input = string | Readonly<Record<string, unknown>>;

/**
 * The record of an input. A text is the value of the only role that must be there, and may be empty; of values by role,
 * targets and optional ones may be missing.
 *
 * @param place  where the input stands, for errors
 * @throws {DataConfigError} if the input is a text and the fields need several
 * @throws {DataFileError} if a value is missing, unknown, or not of its field's kind, such as a number where a text is read
 */
export function inputRecord<All extends Fields>(fields: All, input: Input, place: InputPlace): DataRecord<All> {
  const given = typeof input === "string" ? { [onlyInput(fields)]: input } : input;
  const values: Record<string, unknown> = {};
  for (const [role, value] of Object.entries(given)) {
    const field = Object.hasOwn(fields, role) ? fields[role] : undefined;
    if (field === undefined) throw fault(place, `unknown role ${JSON.stringify(role)}; ${whatIsRead(fields)}`);
    if (value !== undefined && value !== null) values[role] = readRole(field, value, role, place);
  }
  const missing = inputRoles(fields).filter((role) => values[role] === undefined);
  if (missing.length > 0) throw fault(place, `no value for ${missing.join(" and ")}; ${whatIsRead(fields)}`);
  return { values: values as ValuesOf<All>, ...place };
}

/** Where an input stands, as errors should name it. */
export interface InputPlace {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

function readRole(field: Field, given: unknown, role: string, place: InputPlace): unknown {
  const value = checkValue(field, given);
  if (value instanceof ValueFault) throw fault(place, `${role}: ${value.problem}`);
  return value;
}

function whatIsRead(fields: Fields): string {
  return `this model reads ${Object.keys(inputFields(fields)).join(" and ") || "no input"}`;
}

function fault({ file, line }: InputPlace, problem: string): DataFileError {
  return new DataFileError(file, line, problem);
}

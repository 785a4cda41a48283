/** Records of inputs that stand alone, such as an argument or a line of standard input: what is to be predicted. */
import { DataConfigError, DataFileError } from "./errors.ts";
import { type Fields, inputRoles, type ValuesOf } from "./fields.ts";
import { readValue, ValueFault } from "./read-value.ts";
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

/**
 * The record of one text, which may be empty.
 *
 * @param place  where the text stands, for errors
 * @throws {DataFileError} if the text is not a value of the input's kind, such as a word where numbers are read
 */
export function inputRecord<All extends Fields>(
  fields: All,
  text: string,
  place: { readonly file: string; readonly line: number },
): DataRecord<All> {
  const role = onlyInput(fields);
  const value = readValue(fields[role]!, text);
  if (value instanceof ValueFault) throw new DataFileError(place.file, place.line, `${role}: ${value.problem}`);
  return { values: { [role]: value } as ValuesOf<All>, ...place };
}

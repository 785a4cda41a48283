/** From a row of a file to a record with the values of a task's fields; names file and line of a row that does not fit. */
import { DataConfigError, DataFileError } from "../../errors.ts";
import type { Field, Fields, ValuesOf } from "../../fields.ts";
import { type Cell, isBlank, readValue, ValueFault } from "../../read-value.ts";
import type { Columns, DataRecord } from "../../record.ts";
import type { SourceRecord } from "../readers/row.ts";

/** How rows become records. */
export interface Reading<All extends Fields> {
  readonly fields: All;
  /** The column of each role; a role without one is missing from every record. */
  readonly columns: Columns;
  /** Label in the file to label name, for the categories in these columns. Default: labels stay as they are. */
  readonly labels?: Labels | undefined;
  readonly purpose: Purpose;
}

/**
 * What records are for. `learn` and `evaluate`: nothing but optional roles may be missing or blank. `predict`: targets may be
 * missing, and texts blank.
 */
export type Purpose = "learn" | "evaluate" | "predict";

/** A list of label names, and the columns that it is for. */
export interface Labels {
  readonly names: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  /** Whether a label that is not listed is refused, or stays as it is. */
  readonly refuseOthers: boolean;
}

/**
 * Columns are joined for texts alone.
 *
 * @param keyOf  how the config spells the column of a role
 * @throws {DataConfigError} if another field has several columns
 */
export function refuseJoined(fields: Fields, columns: Columns, keyOf = (role: string) => `columns.${role}`): void {
  for (const [role, { kind }] of Object.entries(fields)) {
    const names = columns[role];
    if (names === undefined || typeof names === "string" || names.length === 1 || kind === "text") continue;
    throw new DataConfigError(
      `data.${keyOf(role)}`,
      `only texts are joined of several columns, and ${role} is none; name one`,
    );
  }
}

/**
 * The record of a row.
 *
 * @param fileOf  file that errors name for a column; parallel files have one for each
 * @throws {DataFileError} naming file and line of a missing column, an empty value, an unknown label, or a value that is not
 *   of its field's kind
 */
export function recordOf<All extends Fields>(
  row: SourceRecord,
  reading: Reading<All>,
  fileOf: (column: string) => string,
): DataRecord<All> {
  const values: Record<string, unknown> = {};
  let file: string | undefined;
  for (const [role, field] of Object.entries(reading.fields)) {
    const names = reading.columns[role];
    if (names === undefined) continue;
    const columns = typeof names === "string" ? [names] : names;
    const place = { role, field, columns, file: fileOf(columns[0]!) };
    file ??= place.file;
    values[role] = readCell(row, reading, place);
  }
  return { values: values as ValuesOf<All>, file: file ?? "", line: row.line };
}

interface Place {
  readonly role: string;
  readonly field: Field;
  /** One, or several whose texts are joined. */
  readonly columns: readonly string[];
  readonly file: string;
}

function readCell<All extends Fields>(row: SourceRecord, reading: Reading<All>, place: Place): unknown {
  const { role, field, file } = place;
  const predicts = reading.purpose === "predict";
  const mayLack = field.optional === true || (field.target === true && predicts);
  const cell = cellOf(row, place.columns) ?? otherColumn(row, reading.purpose, place);
  if (cell === undefined || (isBlank(cell) && field.running !== true)) {
    if (cell !== undefined && field.kind === "spans") return [];
    if (mayLack) return undefined;
    if (cell === undefined) throw missingColumn(row, place, reading.purpose);
    if (!predicts) {
      const problem = `empty ${role} in ${quoted(place)}; fill it in or remove the row`;
      throw new DataFileError(file, row.line, problem);
    }
  }
  const value = readValue(field, cell);
  if (value instanceof ValueFault) {
    throw new DataFileError(file, row.line, `${role} in ${quoted(place)}: ${value.problem}`);
  }
  return field.kind === "category" ? nameOf(value as string, reading.labels, row, place) : value;
}

/** What stands in a column, or the texts of several joined; undefined where one is missing. */
function cellOf({ record }: SourceRecord, columns: readonly string[]): Cell | undefined {
  const cells = columns.map((column) => (Object.hasOwn(record, column) ? record[column] : undefined));
  if (cells.length === 1 || cells.includes(undefined)) return cells.length === 1 ? cells[0] : undefined;
  const list = cells.find((cell) => typeof cell !== "string");
  return list ?? cells.filter((cell) => cell !== undefined && !isBlank(cell)).join(" ");
}

/** What stands in a column that is called like the role or one of its aliases: later files need no column of the training data's name. */
function otherColumn({ record }: SourceRecord, purpose: Purpose, { role, field }: Place): Cell | undefined {
  if (purpose === "learn" || field.aliases === undefined) return undefined;
  const name = [role, ...field.aliases].find((one) => Object.hasOwn(record, one));
  return name === undefined ? undefined : record[name];
}

function quoted({ columns }: Place): string {
  return `${columns.length === 1 ? "column" : "columns"} ${columns.map((column) => JSON.stringify(column)).join(" and ")}`;
}

function missingColumn(row: SourceRecord, { role, columns, file }: Place, purpose: Purpose): DataFileError {
  const column = columns.find((one) => !Object.hasOwn(row.record, one));
  const has = Object.keys(row.record).join(", ") || "none";
  const advice =
    purpose === "learn"
      ? `add the value, or name the column with data.columns.${role}`
      : "add the value, or call the column so, as in the training data";
  return new DataFileError(
    file,
    row.line,
    `no value in column ${JSON.stringify(column)}; columns here: ${has}; ${advice}`,
  );
}

function nameOf(label: string, labels: Labels | undefined, row: SourceRecord, { columns, file }: Place): string {
  if (labels === undefined || !labels.columns.includes(columns[0]!)) return label;
  if (Object.hasOwn(labels.names, label)) return labels.names[label] as string;
  if (!labels.refuseOthers) return label;
  const listed = Object.keys(labels.names).join(", ");
  throw new DataFileError(file, row.line, `unknown label ${JSON.stringify(label)}; the card lists ${listed}`);
}

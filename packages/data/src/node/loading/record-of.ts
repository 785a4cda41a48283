/** From a row of a file to a record with the values of a task's fields; names file and line of a row that does not fit. */
import { DataFileError } from "../../errors.ts";
import type { Field, Fields, ValuesOf } from "../../fields.ts";
import { isBlank, readValue, ValueFault } from "../../read-value.ts";
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
    const column = reading.columns[role];
    if (column === undefined) continue;
    file ??= fileOf(column);
    values[role] = readCell(row, reading, { role, field, column, file: fileOf(column) });
  }
  return { values: values as ValuesOf<All>, file: file ?? "", line: row.line };
}

interface Place {
  readonly role: string;
  readonly field: Field;
  readonly column: string;
  readonly file: string;
}

function readCell<All extends Fields>(row: SourceRecord, reading: Reading<All>, place: Place): unknown {
  const { role, field, column, file } = place;
  const predicts = reading.purpose === "predict";
  const mayLack = field.optional === true || (field.target === true && predicts);
  const cell = Object.hasOwn(row.record, column) ? row.record[column] : undefined;
  if (cell === undefined || isBlank(cell)) {
    if (mayLack) return undefined;
    if (cell === undefined) throw missingColumn(row, place, reading.purpose);
    if (!predicts) {
      const problem = `empty ${role} in column ${JSON.stringify(column)}; fill it in or remove the row`;
      throw new DataFileError(file, row.line, problem);
    }
  }
  const value = readValue(field, cell);
  if (value instanceof ValueFault) {
    throw new DataFileError(file, row.line, `${role} in column ${JSON.stringify(column)}: ${value.problem}`);
  }
  return field.kind === "category" ? nameOf(value as string, reading.labels, row, place) : value;
}

function missingColumn(row: SourceRecord, { role, column, file }: Place, purpose: Purpose): DataFileError {
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

function nameOf(label: string, labels: Labels | undefined, row: SourceRecord, { column, file }: Place): string {
  if (labels === undefined || !labels.columns.includes(column)) return label;
  if (Object.hasOwn(labels.names, label)) return labels.names[label] as string;
  if (!labels.refuseOthers) return label;
  const listed = Object.keys(labels.names).join(", ");
  throw new DataFileError(file, row.line, `unknown label ${JSON.stringify(label)}; the card lists ${listed}`);
}

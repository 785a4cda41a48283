/** The records of one file by itself, or of plain text files side by side: what `evaluate --data` scores and `predict --input` reads. */
import { DataConfigError, DataFileError } from "../../errors.ts";
import { type Fields, inputRoles, neededRoles } from "../../fields.ts";
import type { Columns, DataRecord } from "../../record.ts";
import { tabAdvice } from "../readers/plain-lines.ts";
import { formatOf, readRecords } from "../readers/read-records.ts";
import type { RowOptions, SourceRecord } from "../readers/row.ts";
import { type Labels, type Purpose, recordOf, refuseJoined } from "./record-of.ts";
import { rowsOf } from "./split-source.ts";

/** How a file is read. */
export interface FileReading<All extends Fields> extends RowOptions {
  readonly fields: All;
  readonly columns: Columns;
  /** Label in files to label name; a label that is not listed stays as it is, since it may be a name already. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** `evaluate`: every target must be there. `predict`: targets may be missing and texts blank. */
  readonly purpose: Exclude<Purpose, "learn">;
}

/**
 * The records of a file in order, streamed; a plain text file holds the first column that is read, one value a line.
 *
 * @param path  of a file, or of a plain text file for each column, such as `{ source: "test.en", target: "test.de" }`
 * @throws {DataFileError} naming file and line of what cannot be read
 * @throws {DataConfigError} if a role that must be there has no column
 */
export async function* readFileRecords<All extends Fields>(
  path: string | Readonly<Record<string, string>>,
  reading: FileReading<All>,
): AsyncGenerator<DataRecord<All>, void, undefined> {
  const { fields, columns, purpose, ...options } = reading;
  const needed = purpose === "predict" ? inputRoles(fields) : neededRoles(fields);
  const missing = needed.filter((role) => columns[role] === undefined);
  if (missing.length > 0) throw new DataConfigError("data.columns", `no column is named for ${missing.join(" and ")}`);
  refuseJoined(fields, columns);
  const labels: Labels | undefined = reading.labels && {
    names: reading.labels,
    columns: Object.values(columns).flat(),
    refuseOthers: false,
  };
  if (typeof path !== "string") {
    for await (const { row, fileOf } of rowsOf({ pathOfColumn: path }, options.limits)) {
      yield recordOf(row, { fields, columns, labels, purpose }, fileOf);
    }
    return;
  }
  const format = formatOf(path);
  const plain = format === "lines" ? plainColumn(fields, columns) : undefined;
  const columnsHere = plain === undefined ? columns : { ...columns, [plain.role]: plain.column };
  for await (const row of readRecords(path, { ...options, format, column: plain?.column })) {
    if (plain !== undefined)
      refuseMissing(
        path,
        row,
        needed.filter((role) => role !== plain.role),
      );
    yield recordOf(row, { fields, columns: columnsHere, labels, purpose }, () => path);
  }
}

/** The only column of plain text: that of the first role that has one; a joined text stands there whole. */
function plainColumn(fields: Fields, columns: Columns): { readonly role: string; readonly column: string } {
  const role = Object.keys(fields).find((one) => columns[one] !== undefined) ?? "text";
  return { role, column: [columns[role] ?? role].flat().join(" ") };
}

/** @throws {DataFileError} if something is missing, which plain text does not hold */
function refuseMissing(path: string, row: SourceRecord, missing: readonly string[]): void {
  if (missing.length === 0) return;
  const advice = tabAdvice(row) ?? `give a .tsv, .csv or .jsonl file with ${missing.join(" and ")}, too`;
  throw new DataFileError(path, row.line, `plain text has one value a line and no ${missing.join(" or ")}; ${advice}`);
}

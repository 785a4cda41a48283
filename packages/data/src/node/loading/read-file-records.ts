/** The records of one file by itself: what `evaluate --data` scores and `predict --input` reads. */
import { DataConfigError } from "../../errors.ts";
import { type Fields, inputRoles, neededRoles } from "../../fields.ts";
import type { Columns, DataRecord } from "../../record.ts";
import { formatOf, readRecords } from "../readers/read-records.ts";
import type { RowOptions } from "../readers/row.ts";
import { type Labels, type Purpose, recordOf } from "./record-of.ts";

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
 * @throws {DataFileError} naming file and line of what cannot be read
 * @throws {DataConfigError} if a role that must be there has no column
 */
export async function* readFileRecords<All extends Fields>(
  path: string,
  reading: FileReading<All>,
): AsyncGenerator<DataRecord<All>, void, undefined> {
  const { fields, columns, purpose, limits, onEmptyLine } = reading;
  const needed = purpose === "predict" ? inputRoles(fields) : neededRoles(fields);
  const missing = needed.filter((role) => columns[role] === undefined);
  if (missing.length > 0) throw new DataConfigError("data.columns", `no column is named for ${missing.join(" and ")}`);
  const [first = "text"] = Object.keys(fields).flatMap((role) => columns[role] ?? []);
  const labels: Labels | undefined = reading.labels && {
    names: reading.labels,
    columns: Object.values(columns),
    refuseOthers: false,
  };
  for await (const row of readRecords(path, { format: formatOf(path), column: first, limits, onEmptyLine })) {
    yield recordOf(row, { fields, columns, labels, purpose }, () => path);
  }
}

/** What a split goes by where it does not go by chance: the time or the group that a column holds. */
import type { DataConfig } from "../../config.ts";
import { DataFileError } from "../../errors.ts";
import type { Cell } from "../../read-value.ts";
import type { SourceRecord } from "../readers/row.ts";

/** A column that decides on which side of a split a row is. */
export interface SplitKey {
  readonly by: "time" | "group";
  readonly column: string;
}

/** The key of the split that a config asks for; `undefined` where no column decides. */
export function splitKeyOf({ split }: DataConfig): SplitKey | undefined {
  if (split === undefined || split.by === "random" || split.column === undefined) return undefined;
  return { by: split.by, column: split.column };
}

/** Year, month and day from the left, each with all its digits, and a time behind them: sorted as texts they are sorted by time. */
const SORTABLE_DATE = /^\d{4}([-/.]\d\d){0,2}([T ]\d\d(:\d\d){0,2}([.,]\d+)?(Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * The key of a row as a text.
 *
 * @param file  that errors name
 * @throws {DataFileError} naming file and line of a row without one, or with a time that is neither a number nor a date that sorts
 */
export function keyOf({ record, line }: SourceRecord, { by, column }: SplitKey, file: string): string {
  const cell: Cell | undefined = Object.hasOwn(record, column) ? record[column] : undefined;
  const key = typeof cell === "string" ? cell.trim() : "";
  const where = `column ${JSON.stringify(column)}, which data.split goes by`;
  if (key === "") {
    const has = Object.keys(record).join(", ") || "none";
    throw new DataFileError(file, line, `no value in ${where}; columns here: ${has}`);
  }
  if (by === "time" && !Number.isFinite(Number(key)) && !SORTABLE_DATE.test(key)) {
    const expected = "expected a number, or a date such as 2026-01-31 or 2026-01-31T12:00";
    throw new DataFileError(file, line, `${where}: ${expected}, got ${JSON.stringify(key)}`);
  }
  return key;
}

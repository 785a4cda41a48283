/** What every reader yields, and the checks of headers and rows that TSV and CSV share. */
import { DataFileError } from "../../errors.ts";
import type { Cell } from "../../read-value.ts";

/** One row: its values by column name, and where it starts. */
export interface SourceRecord {
  readonly record: Readonly<Record<string, Cell>>;
  /** Line of the file where the row starts, counted from 1. */
  readonly line: number;
}

/**
 * Column names from a header line.
 *
 * @throws {DataFileError} if a name occurs twice
 */
export function checkHeader(path: string, line: number, header: readonly string[]): readonly string[] {
  const twice = header.find((name, i) => header.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new DataFileError(path, line, `the header names the column ${JSON.stringify(twice)} twice; rename one`);
  }
  return header;
}

/**
 * A row as a record.
 *
 * @throws {DataFileError} if the row has fewer or more values than the header has names
 */
export function rowToRecord(
  path: string,
  line: number,
  header: readonly string[],
  values: readonly string[],
  advice: string,
): SourceRecord {
  if (values.length < header.length) {
    const missing = header.slice(values.length).join(", ");
    throw new DataFileError(
      path,
      line,
      `the row has ${count(values.length)}, but the header names ${header.length} (missing: ${missing}); add what is missing or remove the row`,
    );
  }
  if (values.length > header.length) {
    throw new DataFileError(
      path,
      line,
      `the row has ${count(values.length)}, but the header names ${header.length} (${header.join(", ")}); ${advice}`,
    );
  }
  return { record: Object.fromEntries(header.map((name, i) => [name, values[i] as string])), line };
}

const count = (columns: number) => (columns === 1 ? "1 column" : `${columns} columns`);

/** Turns the rows of a reader into records, and refuses rows that no model can learn from. */
import type { DataColumns, DataRecord } from "../dataset.ts";
import { DataFileError } from "../errors.ts";
import type { SourceRecord } from "../readers/record.ts";

/** How rows become records. */
export interface CollectOptions {
  readonly columns: DataColumns;
  /** Label in the file to label name; a label that is not listed is refused. Default: labels stay as they are. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** File that errors name for a column; for parallel files each column has its own. */
  readonly fileOf: (column: string) => string;
}

/**
 * All records of a reader.
 *
 * @throws {DataFileError} naming file and line of an empty text, a missing or unknown label, or a missing column
 */
export async function collect(rows: AsyncIterable<SourceRecord>, options: CollectOptions): Promise<DataRecord[]> {
  const { columns } = options;
  const records: DataRecord[] = [];
  for await (const row of rows) {
    const take = (column: string, key: string) => cellOf(row, column, key, options.fileOf(column));
    if ("text" in columns) {
      const text = take(columns.text, "textColumn");
      const label = labelOf(row, take(columns.label, "labelColumn"), options, columns.label);
      records.push({ text, label, file: options.fileOf(columns.text), line: row.line });
    } else {
      const source = take(columns.source, "sourceColumn");
      const target = take(columns.target, "targetColumn");
      records.push({ source, target, file: options.fileOf(columns.source), line: row.line });
    }
  }
  return records;
}

function cellOf(row: SourceRecord, column: string, key: string, file: string): string {
  const value = Object.hasOwn(row.record, column) ? row.record[column] : undefined;
  if (value === undefined) {
    const has = Object.keys(row.record).join(", ") || "none";
    throw new DataFileError(
      file,
      row.line,
      `no value in column ${JSON.stringify(column)}; columns here: ${has}; add the value, or name the column with data.${key}`,
    );
  }
  if (value.trim() === "") {
    const what = key === "labelColumn" ? "label" : key === "textColumn" ? "text" : "side of a pair";
    throw new DataFileError(
      file,
      row.line,
      `empty ${what} in column ${JSON.stringify(column)}; fill it in or remove the row`,
    );
  }
  return value;
}

function labelOf(row: SourceRecord, raw: string, options: CollectOptions, column: string): string {
  const label = raw.trim();
  if (options.labels === undefined) return label;
  const name = Object.hasOwn(options.labels, label) ? options.labels[label] : undefined;
  if (name !== undefined) return name;
  throw new DataFileError(
    options.fileOf(column),
    row.line,
    `unknown label ${JSON.stringify(label)}; the card lists ${Object.keys(options.labels).join(", ")}`,
  );
}

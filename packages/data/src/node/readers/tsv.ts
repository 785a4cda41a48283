/** Reads TSV: rows, the first of which is a header unless told otherwise; a tab always separates and quotes mean nothing special. */
import { readLines } from "./lines.ts";
import { type RowOptions, RowReader, type SourceRecord } from "./row.ts";

/**
 * The rows of a `.tsv` or `.tsv.gz` file in order. An empty line is a row of a file of one column, and else passed over.
 *
 * @throws {DataFileError} naming the line of a row with missing or too many columns, and all that `readLines` throws
 */
export async function* readTsv(path: string, options: RowOptions = {}): AsyncGenerator<SourceRecord, void, undefined> {
  const rows = new RowReader(path, "replace tabs inside a value by spaces", options);
  for await (const { text, line } of readLines(path, options.limits)) {
    const row = rows.read(line, text.split("\t"));
    if (row !== undefined) yield row;
  }
}

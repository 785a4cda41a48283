/** Reads TSV: a header line, then rows; a tab always separates and quotes mean nothing special. */
import type { ReadLimits } from "./bytes.ts";
import { readLines } from "./lines.ts";
import { checkHeader, rowToRecord, type SourceRecord } from "./row.ts";

/**
 * The rows of a `.tsv` or `.tsv.gz` file in order; empty lines are passed over.
 *
 * @throws {DataFileError} naming the line of a row with missing or too many columns, and all that `readLines` throws
 */
export async function* readTsv(path: string, limits: ReadLimits = {}): AsyncGenerator<SourceRecord, void, undefined> {
  let header: readonly string[] | undefined;
  for await (const { text, line } of readLines(path, limits)) {
    if (text === "") continue;
    const values = text.split("\t");
    if (header === undefined) {
      header = checkHeader(path, line, values);
    } else {
      yield rowToRecord(path, line, header, values, "replace tabs inside a value by spaces");
    }
  }
}

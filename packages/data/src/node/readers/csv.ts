/** Reads CSV (RFC 4180): a header line, then rows; quoted values may hold commas, quotes and line breaks. */
import { pipeline, Readable } from "node:stream";
import { type CsvError, type Info, parse } from "csv-parse";
import { DataError, DataFileError } from "../../errors.ts";
import { defaultReadLimits, type ReadLimits } from "./bytes.ts";
import { readLines } from "./lines.ts";
import { checkHeader, rowToRecord, type SourceRecord } from "./row.ts";

/**
 * The rows of a `.csv` or `.csv.gz` file in order; `line` is where a row starts; empty lines are passed over.
 * Line breaks inside quotes come out as `\n`.
 *
 * @throws {DataFileError} naming the line of a row with missing or too many columns or of a stray quote, and all that
 *   `readLines` throws
 */
export async function* readCsv(path: string, limits: ReadLimits = {}): AsyncGenerator<SourceRecord, void, undefined> {
  const parser = parse({
    info: true,
    relax_column_count: true,
    record_delimiter: "\n",
    skip_empty_lines: true,
    max_record_size: limits.maxLineBytes ?? defaultReadLimits.maxLineBytes,
  });
  pipeline(Readable.from(csvText(path, limits)), parser, () => {}); // errors reach the loop below through the parser
  let header: readonly string[] | undefined;
  try {
    for await (const row of parser as AsyncIterable<{ info: Info; record: string[] }>) {
      const line = startLine(row.info.lines, row.record);
      if (header === undefined) {
        header = checkHeader(path, line, row.record);
      } else {
        yield rowToRecord(path, line, header, row.record, "put quotes around a value that contains a comma");
      }
    }
  } catch (error) {
    throw error instanceof DataError ? error : csvError(path, error as CsvError);
  }
}

async function* csvText(path: string, limits: ReadLimits): AsyncGenerator<string, void, undefined> {
  for await (const { text } of readLines(path, limits)) yield `${text}\n`;
}

/** The parser counts the lines up to the end of a row; line breaks inside its values lead back to its start. */
function startLine(endLine: number, record: readonly string[]): number {
  let breaks = 0;
  for (const value of record) {
    for (let at = value.indexOf("\n"); at !== -1; at = value.indexOf("\n", at + 1)) breaks += 1;
  }
  return endLine - breaks;
}

function csvError(path: string, error: CsvError): DataFileError {
  const lines: unknown = "lines" in error ? error.lines : undefined;
  const line = typeof lines === "number" ? lines : undefined;
  const problem =
    error.code === "CSV_QUOTE_NOT_CLOSED"
      ? "a quote is opened and never closed"
      : error.code === "INVALID_OPENING_QUOTE" || error.code === "CSV_INVALID_CLOSING_QUOTE"
        ? "a quote stands inside a value; quote the whole value and double the quotes inside"
        : error.message;
  return new DataFileError(path, line, `not valid CSV: ${problem}`, { cause: error });
}

/**
 * Reads CSV (RFC 4180): rows, the first of which is a header unless told otherwise; quoted values may hold commas, quotes and line breaks. Rows are cut here, line by
 * line, so that each one and each error stands on the line where the row begins, and no row is lost that comes before an error.
 */
import { DataFileError } from "../../errors.ts";
import { defaultReadLimits } from "./bytes.ts";
import { type Line, readLines } from "./lines.ts";
import { type RowOptions, RowReader, type SourceRecord } from "./row.ts";

/**
 * The rows of a `.csv` or `.csv.gz` file in order; `line` is where a row starts. An empty line is a row of a file of one column, and
 * else passed over. `\r\n` inside quotes comes out as `\n`.
 *
 * @throws {DataFileError} naming the line of a row with missing or too many columns or of a stray quote, and all that
 *   `readLines` throws
 */
export async function* readCsv(path: string, options: RowOptions = {}): AsyncGenerator<SourceRecord, void, undefined> {
  const rows = new RowReader(path, "put quotes around a value that contains a comma", options);
  const cutter = new RowCutter(path, options.limits?.maxLineBytes ?? defaultReadLimits.maxLineBytes);
  for await (const line of readLines(path, options.limits)) {
    const cells = cutter.push(line);
    const row = cells && rows.read(cutter.startLine, cells);
    if (row !== undefined) yield row;
  }
  cutter.end();
}

const QUOTE = '"';

/** Cuts lines into the cells of rows; a row goes on where a quote is open at the end of a line. */
class RowCutter {
  readonly #path: string;
  readonly #maxLength: number;
  #cells: string[] = [];
  /** What stands behind an open quote so far, in pieces; undefined between rows. */
  #open: string[] | undefined;
  #length = 0;
  /** Line where the row of the last `push` begins. */
  startLine = 0;

  constructor(path: string, maxLength: number) {
    this.#path = path;
    this.#maxLength = maxLength;
  }

  /** The cells of the row that ends with this line, if one does. */
  push({ text, line }: Line): readonly string[] | undefined {
    let at = 0;
    if (this.#open === undefined) {
      this.startLine = line;
      this.#cells = [];
      this.#length = 0;
    } else {
      this.#open.push("\n");
      at = this.#readQuoted(text, 0);
    }
    while (this.#open === undefined && at <= text.length) at = this.#readCell(text, at);
    this.#length += text.length + 1;
    if (this.#open === undefined) return this.#cells;
    if (this.#length > this.#maxLength) throw this.#neverClosed();
    return undefined;
  }

  /** @throws {DataFileError} if the last row has no end */
  end(): void {
    if (this.#open !== undefined) throw this.#neverClosed();
  }

  /** Reads one cell and returns where the next one begins: beyond the text after the last, or where a quote stays open. */
  #readCell(text: string, start: number): number {
    if (text[start] === QUOTE) {
      this.#open = [];
      return this.#readQuoted(text, start + 1);
    }
    const comma = text.indexOf(",", start);
    const end = comma === -1 ? text.length : comma;
    const cell = text.slice(start, end);
    if (cell.includes(QUOTE)) throw this.#strayQuote();
    this.#cells.push(cell);
    return end + 1;
  }

  /** Reads on behind an open quote, as `#readCell`. */
  #readQuoted(text: string, start: number): number {
    const pieces = this.#open as string[];
    for (let from = start; ; ) {
      const quote = text.indexOf(QUOTE, from);
      if (quote === -1) {
        pieces.push(text.slice(from));
        return text.length + 1;
      }
      pieces.push(text.slice(from, quote));
      if (text[quote + 1] !== QUOTE) {
        if (quote + 1 < text.length && text[quote + 1] !== ",") throw this.#strayQuote();
        this.#cells.push(pieces.join(""));
        this.#open = undefined;
        return quote + 2;
      }
      pieces.push(QUOTE);
      from = quote + 2;
    }
  }

  #strayQuote(): DataFileError {
    return this.#fault("a quote stands inside a value; quote the whole value and double the quotes inside");
  }

  #neverClosed(): DataFileError {
    return this.#fault("a quote is opened and never closed");
  }

  #fault(problem: string): DataFileError {
    return new DataFileError(this.#path, this.startLine, `not valid CSV: ${problem}`);
  }
}

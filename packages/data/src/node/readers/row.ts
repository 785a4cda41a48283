/** What every reader yields, and how TSV and CSV make rows of cells: the first are a header, unless told otherwise, and the others must fit it. */
import { DataFileError } from "../../errors.ts";
import type { Cell } from "../../read-value.ts";
import type { ReadLimits } from "./bytes.ts";
import { LINE_ENDS } from "./lines.ts";

/** One row: its values by column name, and where it starts. */
export interface SourceRecord {
  readonly record: Readonly<Record<string, Cell>>;
  /** Line of the file where the row starts, counted from 1. */
  readonly line: number;
}

/** How files of rows are read. */
export interface RowOptions {
  /** Whether the first row of a TSV or CSV file names its columns; otherwise they are called `column1`, `column2` and so on. Default true. */
  readonly header?: boolean | undefined;
  readonly limits?: ReadLimits | undefined;
  /** Told of each empty line that is no row and that rows follow, counted from 1. */
  readonly onEmptyLine?: ((line: number) => void) | undefined;
}

/** Tells of empty lines that are passed over, once it is known that they are not the end of the file. */
export class EmptyLines {
  readonly #tell: RowOptions["onEmptyLine"];
  #waiting: number[] = [];

  constructor({ onEmptyLine }: RowOptions) {
    this.#tell = onEmptyLine;
  }

  pass(line: number): void {
    if (this.#tell !== undefined) this.#waiting.push(line);
  }

  rowFollows(): void {
    if (this.#waiting.length === 0) return;
    for (const line of this.#waiting) this.#tell?.(line);
    this.#waiting = [];
  }
}

/** Makes records of the cells of one row after the other. */
export class RowReader {
  readonly #path: string;
  readonly #advice: string;
  readonly #emptyLines: EmptyLines;
  readonly #hasHeader: boolean;
  #header: readonly string[] | undefined;

  /** @param advice  what to do about a row with too many columns */
  constructor(path: string, advice: string, options: RowOptions) {
    this.#path = path;
    this.#advice = advice;
    this.#emptyLines = new EmptyLines(options);
    this.#hasHeader = options.header ?? true;
  }

  /**
   * The row as a record; undefined for the header and for an empty line of a file of several columns.
   *
   * @throws {DataFileError} if the header names a column twice or has no line end, or a row has fewer or more values than the header
   *   has names
   */
  read(line: number, cells: readonly string[]): SourceRecord | undefined {
    const isEmpty = cells.length === 1 && cells[0] === "";
    if (isEmpty && this.#header?.length !== 1) {
      if (this.#header !== undefined) this.#emptyLines.pass(line);
      return undefined;
    }
    if (this.#header === undefined) {
      this.#header = this.#hasHeader ? checkHeader(this.#path, line, cells) : cells.map((_, i) => `column${i + 1}`);
      if (this.#hasHeader) return undefined;
    }
    this.#emptyLines.rowFollows();
    return rowToRecord(this.#path, line, cells, { names: this.#header, hasHeader: this.#hasHeader }, this.#advice);
  }
}

function checkHeader(path: string, line: number, header: readonly string[]): readonly string[] {
  if (header.some((name) => name.includes("\r"))) throw new DataFileError(path, line, LINE_ENDS);
  const twice = header.find((name, i) => header.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new DataFileError(path, line, `the header names the column ${JSON.stringify(twice)} twice; rename one`);
  }
  return header;
}

interface Header {
  readonly names: readonly string[];
  /** Whether they stand in the file. */
  readonly hasHeader: boolean;
}

function rowToRecord(
  path: string,
  line: number,
  values: readonly string[],
  { names, hasHeader }: Header,
  advice: string,
): SourceRecord {
  const wanted = hasHeader ? `the header names ${names.length}` : `the first row has ${names.length}`;
  if (values.length < names.length) {
    const missing = hasHeader ? ` (missing: ${names.slice(values.length).join(", ")})` : "";
    throw new DataFileError(
      path,
      line,
      `the row has ${count(values.length)}, but ${wanted}${missing}; add what is missing or remove the row`,
    );
  }
  if (values.length > names.length) {
    const known = hasHeader ? ` (${names.join(", ")})` : "";
    throw new DataFileError(path, line, `the row has ${count(values.length)}, but ${wanted}${known}; ${advice}`);
  }
  return { record: Object.fromEntries(names.map((name, i) => [name, values[i] as string])), line };
}

const count = (columns: number) => (columns === 1 ? "1 column" : `${columns} columns`);

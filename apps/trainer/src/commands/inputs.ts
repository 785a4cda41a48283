/** The texts of `predict` and `translate`: arguments, else `--input`, else standard input line by line. */
import { statSync } from "node:fs";
import { createInterface } from "node:readline";
import { formatOf, readRecords } from "@cellstate/data";
import { UsageError } from "../errors.ts";
import { fromCaller } from "../paths.ts";

export interface InputOptions {
  readonly texts: readonly string[];
  readonly input?: string | undefined;
  /** Column of `.jsonl`, `.csv` and `.tsv` files. */
  readonly column: string;
}

/**
 * Reads the texts in order.
 *
 * @throws {UsageError} if both texts and `--input` are given, or there is no text at all
 * @throws {DataFileError} if the file cannot be read or lacks the column
 */
export async function readInputs(options: InputOptions): Promise<string[]> {
  const texts: string[] = [];
  for await (const text of streamInputs(options)) texts.push(text);
  return texts;
}

/** The same texts as they come. */
export async function* streamInputs({ texts, input, column }: InputOptions): AsyncGenerator<string, void, undefined> {
  if (texts.length > 0 && input !== undefined) throw new UsageError("give texts or --input, not both");
  if (texts.length > 0) return yield* texts;
  let isEmpty = true;
  for await (const text of input === undefined ? streamStdin() : streamTexts(fromCaller(input), column)) {
    isEmpty = false;
    yield text;
  }
  if (isEmpty) throw new UsageError("no text was given: neither as arguments, nor in --input, nor on standard input");
}

async function* streamStdin(): AsyncGenerator<string, void, undefined> {
  if (process.stdin.isTTY) process.stderr.write("one text a line; end with Ctrl-D\n");
  yield* createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
}

/**
 * The texts of a file, of which no more than a piece is in memory at a time.
 *
 * @param column of `.jsonl`, `.csv` and `.tsv` files
 * @throws {UsageError} if there is no such file, or no such column in it
 * @throws {DataFileError} if the file cannot be read
 */
export async function* streamTexts(path: string, column: string): AsyncGenerator<string, void, undefined> {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) throw new UsageError(`${path}: no such file`);
  const format = formatOf(path);
  for await (const { record, line } of readRecords(path, { format, column })) {
    const text = record[column];
    if (text === undefined) {
      const has = Object.keys(record).join(", ");
      throw new UsageError(`${path}:${line}: no column ${JSON.stringify(column)}; columns here: ${has}`);
    }
    yield text;
  }
}

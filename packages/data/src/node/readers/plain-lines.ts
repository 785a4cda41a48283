/** Reads plain text files, one example a line: alone, or several in parallel whose line N belong together. */
import { DataFileError } from "../../errors.ts";
import type { ReadLimits } from "./bytes.ts";
import { type Line, readLines } from "./lines.ts";
import type { SourceRecord } from "./row.ts";

/**
 * Every line of a `.txt` or `.txt.gz` file, empty ones too, as a record of one column.
 *
 * @param column  name that the column gets. Default `text`
 * @throws {DataFileError} as `readLines`
 */
export async function* readPlainLines(
  path: string,
  limits: ReadLimits = {},
  column = "text",
): AsyncGenerator<SourceRecord, void, undefined> {
  for await (const { text, line } of readLines(path, limits)) yield { record: { [column]: text }, line };
}

/**
 * Lines of several files side by side: record N holds line N of each file under its column name.
 *
 * @param files  column name to path, such as `{ en: "train.en.gz", de: "train.de.gz" }`
 * @throws {DataFileError} if one file ends before the others, and as `readLines`
 */
export async function* readParallelLines(
  files: Readonly<Record<string, string>>,
  limits: ReadLimits = {},
): AsyncGenerator<SourceRecord, void, undefined> {
  const readers = Object.entries(files).map(([column, path]) => ({ column, path, lines: readLines(path, limits) }));
  try {
    for (let line = 1; ; line++) {
      const row: { column: string; path: string; next: IteratorResult<Line, void> }[] = [];
      for (const { column, path, lines } of readers) row.push({ column, path, next: await lines.next() });
      const ended = row.find(({ next }) => next.done);
      const going = row.find(({ next }) => !next.done);
      if (going === undefined) return;
      if (ended !== undefined) {
        throw new DataFileError(
          ended.path,
          undefined,
          `ends after ${line - 1} lines, but ${going.path} goes on; parallel files need the same number of lines`,
        );
      }
      const entries = row.map(({ column, next }): [string, string] => [column, next.value?.text ?? ""]);
      yield { record: Object.fromEntries(entries), line };
    }
  } finally {
    for (const { lines } of readers) await lines.return();
  }
}

/** What to do where a row of plain text looks like one of several columns; undefined where it does not. */
export function tabAdvice({ record }: SourceRecord): string | undefined {
  const hasTab = Object.values(record).some((cell) => typeof cell === "string" && cell.includes("\t"));
  return hasTab ? "the line has tabs: did you mean .tsv, with the names of the columns on the first line?" : undefined;
}

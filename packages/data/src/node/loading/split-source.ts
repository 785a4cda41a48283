/** Where the rows of a split come from: files that can be read again and again. */
import { stat } from "node:fs/promises";
import type { DataFormat } from "../../config/formats.ts";
import { DataFileError } from "../../errors.ts";
import type { Fields } from "../../fields.ts";
import type { DataRecord } from "../../record.ts";
import type { ReadLimits } from "../readers/bytes.ts";
import { readParallelLines } from "../readers/plain-lines.ts";
import { readRecords } from "../readers/read-records.ts";
import type { SourceRecord } from "../readers/row.ts";
import { type Reading, recordOf } from "./record-of.ts";
import { keyOf, type SplitKey } from "./split-key.ts";

/** Files whose rows follow each other, or files whose line N belong together. */
export type SplitSource =
  | {
      readonly paths: readonly string[];
      readonly format?: DataFormat | undefined;
      /** See `RowOptions`. */
      readonly header?: boolean | undefined;
      /** The first and the last row that are read, from 1. Default: all. */
      readonly rows?: readonly [first: number, last: number] | undefined;
    }
  | { readonly pathOfColumn: Readonly<Record<string, string>> };

/** A row and the file of each of its columns. */
interface SourceRow {
  readonly row: SourceRecord;
  readonly fileOf: (column: string) => string;
}

/** A record and, where the split goes by a column, what stands there. */
export interface KeyedRecord<All extends Fields> {
  readonly record: DataRecord<All>;
  readonly key: string;
}

/** The records of a split in file order, with what `splitKey` reads of each. @throws {DataFileError} naming file and line */
export async function* readSplit<All extends Fields>(
  source: SplitSource,
  reading: Reading<All>,
  limits: ReadLimits | undefined,
  splitKey?: SplitKey,
): AsyncGenerator<KeyedRecord<All>, void, undefined> {
  for await (const { row, fileOf } of rowsOf(source, limits)) {
    const key = splitKey === undefined ? "" : keyOf(row, splitKey, fileOf(splitKey.column));
    yield { record: recordOf(row, reading, fileOf), key };
  }
}

/** The rows of a split in file order. */
export async function* rowsOf(
  source: SplitSource,
  limits: ReadLimits | undefined,
): AsyncGenerator<SourceRow, void, undefined> {
  if ("pathOfColumn" in source) {
    const [first = ""] = Object.values(source.pathOfColumn);
    const fileOf = (column: string) => source.pathOfColumn[column] ?? first;
    for await (const row of readParallelLines(source.pathOfColumn, limits)) yield { row, fileOf };
    return;
  }
  const [first, last] = source.rows ?? [1, Number.POSITIVE_INFINITY];
  let number = 0;
  for (const path of source.paths) {
    const fileOf = () => path;
    for await (const row of readRecords(path, { format: source.format, header: source.header, limits })) {
      number += 1;
      if (number > last) return;
      if (number >= first) yield { row, fileOf };
    }
  }
  if (source.rows !== undefined && number < last) {
    throw new DataFileError(source.paths.join(", "), undefined, `has ${number} rows, and the split needs row ${last}`);
  }
}

/** Bytes of all files of a source, as they lie on disk. */
export async function bytesOf(source: SplitSource): Promise<number> {
  const paths = "paths" in source ? source.paths : Object.values(source.pathOfColumn);
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

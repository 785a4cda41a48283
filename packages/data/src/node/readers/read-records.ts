/** Reads any supported file: the format comes from the file's name or from the caller. */
import type { DataFormat } from "../../config/formats.ts";
import { DataFileError } from "../../errors.ts";
import { readConll, readConllu } from "./conll.ts";
import { readCsv } from "./csv.ts";
import { readJsonl } from "./jsonl.ts";
import { readPlainLines } from "./plain-lines.ts";
import type { RowOptions, SourceRecord } from "./row.ts";
import { readTsv } from "./tsv.ts";

/** How `readRecords` reads. */
export interface ReadOptions extends RowOptions {
  /** Default: by the file's name, `.tsv .csv .jsonl .txt .conll .conllu`, each also with `.gz`. */
  readonly format?: DataFormat | undefined;
  /** Name of the only column of a `lines` file. Default `text`. */
  readonly column?: string | undefined;
}

const extensions: Readonly<Record<string, DataFormat>> = {
  ".tsv": "tsv",
  ".csv": "csv",
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
  ".txt": "lines",
  ".conll": "conll",
  ".bio": "conll",
  ".iob": "conll",
  ".iob2": "conll",
  ".conllu": "conllu",
};

/**
 * The format that a file's name tells.
 *
 * @throws {DataFileError} if the name ends in none of the known extensions
 */
export function formatOf(path: string): DataFormat {
  const name = path.toLowerCase().replace(/\.gz$/, "");
  for (const [extension, format] of Object.entries(extensions)) if (name.endsWith(extension)) return format;
  throw new DataFileError(
    path,
    undefined,
    `the name does not tell the format; expected ${Object.keys(extensions).join(", ")}, each also with .gz; plain text, one a line, is called .txt`,
  );
}

/**
 * The records of a file in order, streamed.
 *
 * @throws {DataFileError} if the file is missing, empty, damaged, not UTF-8, without rows, or a row does not fit
 */
export async function* readRecords(
  path: string,
  options: ReadOptions = {},
): AsyncGenerator<SourceRecord, void, undefined> {
  const format = options.format ?? formatOf(path);
  let rows = 0;
  for await (const record of openReader(path, format, options)) {
    rows += 1;
    yield record;
  }
  if (rows === 0)
    throw new DataFileError(
      path,
      undefined,
      options.header === false ? "the file has no rows" : "the file has no rows; put at least one below the header",
    );
}

function openReader(
  path: string,
  format: DataFormat,
  options: ReadOptions,
): AsyncGenerator<SourceRecord, void, undefined> {
  switch (format) {
    case "tsv":
      return readTsv(path, options);
    case "csv":
      return readCsv(path, options);
    case "jsonl":
      return readJsonl(path, options);
    case "lines":
      return readPlainLines(path, options.limits, options.column);
    case "conll":
      return readConll(path, options);
    case "conllu":
      return readConllu(path, options);
    default:
      return format satisfies never;
  }
}

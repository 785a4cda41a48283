/** Data files: CSV, TSV, JSON Lines and plain text, each as a file, packed, and as a stream in small pieces. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { linesOf, readRecords, type SourceRecord } from "@cellstate/data/node";
import { bytesOfText, textAndByteMutators, textOfBytes } from "../mutate/text.ts";
import { treeMutators } from "../mutate/tree.ts";
import type { Random } from "../random.ts";
import { contradict, type Mutator, mustHold, type OpenTarget, type Target } from "../target.ts";
import { csvText, jsonlText, plainText, tsvText } from "./data-grammar.ts";

/** Rows, or the message of the error that ended them. */
export type Reading = { readonly rows: readonly SourceRecord[] } | { readonly error: Error };

interface Format {
  readonly name: string;
  readonly about: string;
  readonly seeds: readonly string[];
  readonly mutators: readonly Mutator[];
  readonly generate: (random: Random) => string;
  /** What must hold for the rows of this format. */
  readonly judge: (rows: readonly SourceRecord[], input: Uint8Array, folder: string) => Promise<void> | void;
}

function dataTarget({ name, about, seeds, mutators, generate, judge }: Format): Target {
  return {
    name,
    about,
    extension: name,
    async open(folder): Promise<OpenTarget> {
      const file = join(folder, `data.${name}`);
      return {
        seeds: seeds.map(bytesOfText),
        mutators,
        generate: (random) => bytesOfText(generate(random)),
        async check(input) {
          writeFileSync(file, input);
          const plain = await readingOf(file);
          // packing takes longer than all else
          if (input.length % 4 === 0 && input.length > 0) await requireSamePacked(plain, input, file);
          if ("error" in plain) throw plain.error;
          requireRisingLines(plain.rows);
          await judge(plain.rows, input, folder);
        },
      };
    },
  };
}

export const csv = dataTarget({
  name: "csv",
  about: "comma-separated files with quotes",
  seeds: ['text,label\n"a fine, ""small"" film",positive\nbad,negative\n', 'id,"two\nlines",x\r\n1,"a\r\nb",\r\n'],
  mutators: textAndByteMutators,
  generate: csvText,
  judge: (rows, _, folder) =>
    requireSameWritten(rows, join(folder, "written.csv"), (value) => `"${value.replaceAll('"', '""')}"`, ","),
});

export const tsv = dataTarget({
  name: "tsv",
  about: "tab-separated files",
  seeds: ["text\tlabel\na fine film\tpositive\nbad\tnegative\n", 'a\tb\r\n"\t\r\n'],
  mutators: textAndByteMutators,
  generate: tsvText,
  judge: (rows, _, folder) => requireSameWritten(rows, join(folder, "written.tsv"), (value) => value, "\t"),
});

export const jsonl = dataTarget({
  name: "jsonl",
  about: "JSON Lines",
  seeds: ['{"text": "a fine film", "label": 1}\n\n{"text": "bad", "label": 0, "tags": ["x", 2], "none": null}\n'],
  mutators: [...textAndByteMutators, ...lineTreeMutators(6)],
  generate: jsonlText,
  judge: requireSameJson,
});

export const txt = dataTarget({
  name: "txt",
  about: "plain text, a line for each example",
  seeds: ["one\ntwo\n\nfour", "\ufeffa\r\nb\r\n"],
  mutators: textAndByteMutators,
  generate: plainText,
  judge: async (rows, input) => {
    const texts = rows.map(({ record }) => record.text);
    for (const pieceBytes of [1, 3, 1000]) {
      const streamed: string[] = [];
      for await (const { text } of linesOf(pieces(input, pieceBytes), "stream")) streamed.push(text);
      mustHold(
        JSON.stringify(streamed) === JSON.stringify(texts),
        `as a stream in pieces of ${pieceBytes} bytes, it has other lines`,
      );
    }
  },
});

export async function readingOf(path: string): Promise<Reading> {
  const rows: SourceRecord[] = [];
  try {
    for await (const row of readRecords(path)) rows.push(row);
  } catch (error) {
    return { error: error as Error };
  }
  return { rows };
}

async function requireSamePacked(plain: Reading, input: Uint8Array, file: string): Promise<void> {
  const packed = `${file}.gz`;
  writeFileSync(packed, gzipSync(input, { level: 1 }));
  const unpacked = await readingOf(packed);
  mustHold(
    outcomeText(plain, file) === outcomeText(unpacked, packed),
    () =>
      `packed, it gives ${outcomeText(unpacked, packed).slice(0, 200)}, as it is ${outcomeText(plain, file).slice(0, 200)}`,
  );
}

function outcomeText(reading: Reading, file: string): string {
  return "rows" in reading ? JSON.stringify(reading.rows) : reading.error.message.replaceAll(file, "FILE");
}

function requireRisingLines(rows: readonly SourceRecord[]): void {
  let before = 0;
  for (const { line } of rows) {
    mustHold(Number.isInteger(line) && line > before, `a row at line ${line} after one at line ${before}`);
    before = line;
  }
}

/** The rows, written by the rules of their format, give the same rows. */
async function requireSameWritten(
  rows: readonly SourceRecord[],
  file: string,
  quote: (value: string) => string,
  separator: string,
): Promise<void> {
  const header = Object.keys(rows[0]!.record);
  const table = [header, ...rows.map(({ record }) => header.map((name) => String(record[name])))];
  // a carriage return at the end of a line, or a mark at the start of the file, belongs to the line end or the encoding
  if (table.some((values) => values.some((value) => /[\r\ufeff]/.test(value)))) return;
  // the order of columns is that of the header but for names that look like indexes, which JavaScript moves to the front
  writeFileSync(file, table.map((values) => `${values.map(quote).join(separator)}\n`).join(""));
  const again = await readingOf(file);
  if ("error" in again) return contradict(`its rows, written again, are refused: ${again.error.message}`);
  const valuesOf = (all: readonly SourceRecord[]) => JSON.stringify(all.map(({ record }) => record));
  mustHold(
    valuesOf(again.rows) === valuesOf(rows),
    () => `its rows, written again, are ${valuesOf(again.rows).slice(0, 300)}`,
  );
}

/** Strings are what JSON says they are, null is empty, and numbers and booleans are the text that stands in the file. */
function requireSameJson(rows: readonly SourceRecord[], input: Uint8Array): void {
  const lines = textOfBytes(input)
    .replace(/^\ufeff/, "")
    .split("\n");
  for (const { record, line } of rows) {
    const texts = textsOf(lines[line - 1] ?? "");
    for (const [key, cell] of Object.entries(record)) {
      if (typeof cell !== "string") continue;
      const expected = texts.get(key);
      mustHold(
        cell === expected,
        () => `line ${line}, ${JSON.stringify(key)}: got ${JSON.stringify(cell)} of ${JSON.stringify(expected)}`,
      );
    }
  }
}

/** The members of a document: strings by value, all else that is plain as it stands. */
function textsOf(text: string): ReadonlyMap<string, string> {
  type Context = { readonly source?: string };
  type Reviver = (this: unknown, key: string, value: unknown, context: Context) => unknown;
  const parse = JSON.parse as (text: string, reviver: Reviver) => unknown;
  const byHolder = new Map<unknown, Map<string, string>>();
  const top = parse(text, function (key, value, { source }) {
    const texts = byHolder.get(this) ?? new Map<string, string>();
    byHolder.set(this, texts);
    if (typeof value === "string") texts.set(key, value);
    else if (source !== undefined) texts.set(key, value === null ? "" : source);
    return value;
  });
  return byHolder.get(top) ?? new Map();
}

async function* pieces(input: Uint8Array, bytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < input.length; at += bytes) yield input.subarray(at, at + bytes);
}

/** Changes of one line as a document. */
function lineTreeMutators(count: number): readonly Mutator[] {
  const [change] = treeMutators();
  const mutator: Mutator = (input, random, bases) => {
    const lines = textOfBytes(input).split("\n");
    const at = random.below(lines.length);
    lines[at] = textOfBytes(change!(bytesOfText(lines[at]!), random, bases)).replaceAll("\n", " ");
    return bytesOfText(lines.join("\n"));
  };
  return Array.from({ length: count }, () => mutator);
}

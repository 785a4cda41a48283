/** What `predict`, `translate` and `tokenizer` read: arguments, else `--input`, else standard input line by line. */
import { type DataRecord, type Fields, inputFields, inputRecord } from "@cellstate/data";
import { formatOf, type Line, linesOf, readFileRecords, readLines, readRecords } from "@cellstate/data/node";
import type { ModelDescription } from "@cellstate/tasks";
import { UsageError } from "../errors.ts";
import { printMessage } from "../terminal/print.ts";
import { inputFile } from "./input-file.ts";
import { InputWarnings } from "./input-warnings.ts";

export interface InputOptions {
  readonly texts: readonly string[];
  readonly input?: string | undefined;
  /** Whether words stand in texts with white space between them, and are not to be cut otherwise. Default false. */
  readonly pretokenized?: boolean | undefined;
}

/**
 * The records that a model is to predict, as they come. An empty input is one like any other, and so is an empty line; how many
 * there were is said on standard error when all are read.
 *
 * @throws {UsageError} if both texts and `--input` are given, there is no such file, or there is nothing to read
 * @throws {DataError} if a file cannot be read, lacks a column, or holds what the model does not read
 */
export async function* inputRecords(
  model: Pick<ModelDescription, "plan" | "data">,
  options: InputOptions,
): AsyncGenerator<DataRecord, void, undefined> {
  const fields = inputFields(model.plan.fields);
  const cut = options.pretokenized === true ? wordsAsTheyStand(fields) : undefined;
  const warnings = new InputWarnings(fields);
  try {
    for await (const record of recordsOf(model, options, warnings)) {
      warnings.see(record);
      yield cut === undefined ? record : cut(record);
    }
  } finally {
    warnings.print();
  }
}

/** Cuts texts at white space. @throws {UsageError} if the model reads no words */
function wordsAsTheyStand(fields: Fields): (record: DataRecord) => DataRecord {
  const roles = Object.keys(fields).filter((role) => fields[role]?.kind === "words");
  if (roles.length === 0) {
    throw new UsageError(
      "--pretokenized is for models that read words, such as taggers; this one cuts texts by itself",
    );
  }
  return (record) => {
    const cut = roles.map((role) => {
      const value = record.values[role];
      return [role, typeof value === "string" ? value.split(/\s+/u).filter(Boolean) : value] as const;
    });
    return { ...record, values: { ...record.values, ...Object.fromEntries(cut) } };
  };
}

async function* recordsOf(
  { plan, data }: Pick<ModelDescription, "plan" | "data">,
  options: InputOptions,
  warnings: InputWarnings,
): AsyncGenerator<DataRecord, void, undefined> {
  const fields = inputFields(plan.fields);
  const { input } = options;
  if (input !== undefined) {
    refuseBoth(options);
    const path = await inputFile(input, { option: "--input" });
    const onEmptyLine = (line: number) => warnings.passOver(input, line);
    const { columns, header } = data;
    const reading = { fields, columns, header, purpose: "predict", onEmptyLine } as const;
    let mayHaveTabs = formatOf(input) === "lines";
    for await (const record of readFileRecords(path, reading)) {
      if (
        mayHaveTabs &&
        Object.values(record.values).some((value) => typeof value === "string" && value.includes("\t"))
      ) {
        warnings.tabs(input, record.line);
        mayHaveTabs = false;
      }
      yield record;
    }
    return;
  }
  for await (const { text, file, line } of placedTexts(options)) yield inputRecord(fields, text, { file, line });
}

/**
 * The texts of arguments, a file or standard input, as they come.
 *
 * @param options.column  of `.jsonl`, `.csv` and `.tsv` files
 */
export async function* inputTexts(
  options: InputOptions & { readonly column: string },
): AsyncGenerator<string, void, undefined> {
  if (options.input !== undefined) {
    refuseBoth(options);
    yield* streamTexts(await inputFile(options.input, { option: "--input" }), options.column);
    return;
  }
  for await (const { text } of placedTexts(options)) yield text;
}

/**
 * The lines of arguments, of a text file whatever its name, or of standard input.
 *
 * @param options.what  what a line holds, in the plural, for messages. Default: `texts`
 */
export async function* inputLines(
  options: InputOptions & { readonly what?: string },
): AsyncGenerator<string, void, undefined> {
  if (options.input !== undefined) {
    refuseBoth(options, options.what);
    for await (const { text } of readLines(await inputFile(options.input, { option: "--input" }))) yield text;
    return;
  }
  for await (const { text } of placedTexts(options)) yield text;
}

/**
 * The texts of a file, of which no more than a piece is in memory at a time.
 *
 * @param column of `.jsonl`, `.csv` and `.tsv` files
 * @throws {DataFileError} if the file cannot be read
 * @throws {UsageError} if a row has no text in the column
 */
export async function* streamTexts(path: string, column: string): AsyncGenerator<string, void, undefined> {
  const format = formatOf(path);
  for await (const { record, line } of readRecords(path, { format, column })) {
    const text = record[column];
    if (typeof text !== "string") {
      const fault = Object.hasOwn(record, column) ? "no text in column" : "no column";
      const has = Object.keys(record).join(", ");
      throw new UsageError(`${path}:${line}: ${fault} ${JSON.stringify(column)}; columns here: ${has}`);
    }
    yield text;
  }
}

interface PlacedText extends Line {
  /** As errors should name it. */
  readonly file: string;
}

async function* placedTexts({ texts }: InputOptions): AsyncGenerator<PlacedText, void, undefined> {
  if (texts.length > 0) {
    for (const [index, text] of texts.entries()) yield { text, file: "argument", line: index + 1 };
    return;
  }
  const file = "standard input";
  if (process.stdin.isTTY) printMessage("one text a line; end with Ctrl-D\n");
  let isEmpty = true;
  for await (const line of linesOf(process.stdin, file)) {
    isEmpty = false;
    yield { ...line, file };
  }
  if (isEmpty) throw new UsageError("no text was given: neither as arguments, nor in --input, nor on standard input");
}

function refuseBoth({ texts }: InputOptions, what = "texts"): void {
  if (texts.length > 0) throw new UsageError(`give ${what} or --input, not both`);
}

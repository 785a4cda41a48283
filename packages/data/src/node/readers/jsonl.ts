/** Reads JSON Lines: one JSON object a line. */
import { DataFileError } from "../../errors.ts";
import { type Cell, isRecordCell, type RecordCell } from "../../read-value.ts";
import { readLines } from "./lines.ts";
import { numbersAsTexts } from "./number-texts.ts";
import { EmptyLines, type RowOptions, type SourceRecord } from "./row.ts";

/**
 * The objects of a `.jsonl` or `.jsonl.gz` file in order; empty lines are passed over. Cells are what a CSV file of the same data
 * holds: strings stay, a number is the text that stands in the file (`1.0`, `1e3`), booleans are written out, null is an empty cell.
 * Lists of strings and numbers stay lists, and so do lists of flat objects; lists of `[start, end, label]` become objects of these names.
 * Other lists and nested objects are left out, as if the column were missing.
 *
 * @throws {DataFileError} naming the line that is not a JSON object, and all that `readLines` throws
 */
export async function* readJsonl(
  path: string,
  options: RowOptions = {},
): AsyncGenerator<SourceRecord, void, undefined> {
  const emptyLines = new EmptyLines(options);
  for await (const { text, line } of readLines(path, options.limits)) {
    if (text.trim() === "") {
      emptyLines.pass(line);
      continue;
    }
    emptyLines.rowFollows();
    yield { record: toRecord(path, line, parseLine(path, line, text)), line };
  }
}

function parseLine(path: string, line: number, text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    const numbers = numbersAsTexts(text);
    return numbers === text ? value : JSON.parse(numbers);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataFileError(path, line, `not valid JSON (${reason}); each line must be one whole JSON object`, {
      cause: error,
    });
  }
}

function toRecord(path: string, line: number, value: unknown): Record<string, Cell> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const got = Array.isArray(value) ? "a list" : value === null ? "null" : "a single value";
    throw new DataFileError(path, line, `expected a JSON object such as {"text": "...", "label": "..."}, got ${got}`);
  }
  const entries: [string, Cell][] = [];
  for (const [key, field] of Object.entries(value)) {
    if (typeof field === "string") {
      if (!field.isWellFormed()) {
        throw new DataFileError(path, line, `${JSON.stringify(key)} holds half of a surrogate pair; repair the escape`);
      }
      entries.push([key, field]);
    } else if (typeof field === "boolean") {
      entries.push([key, String(field)]);
    } else if (field === null) {
      entries.push([key, ""]);
    } else if (Array.isArray(field) && field.every(isText)) {
      entries.push([key, field]);
    } else if (Array.isArray(field)) {
      const records = field.map(asRecord);
      if (records.every((one) => one !== undefined)) entries.push([key, records]);
    }
  }
  return Object.fromEntries(entries);
}

/** A flat object, or a list `[start, end, label]` as one; undefined for anything else. */
function asRecord(value: unknown): RecordCell | undefined {
  if (Array.isArray(value) && value.length === 3 && value.every(isText)) {
    const [start = "", end = "", label = ""] = value;
    return { start, end, label };
  }
  return isRecordCell(value) && Object.values(value).every(isText) ? value : undefined;
}

function isText(item: unknown): item is string {
  return typeof item === "string" && item.isWellFormed();
}

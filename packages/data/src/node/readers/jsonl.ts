/** Reads JSON Lines: one JSON object a line. */
import { DataFileError } from "../../errors.ts";
import type { Cell } from "../../read-value.ts";
import type { ReadLimits } from "./bytes.ts";
import { readLines } from "./lines.ts";
import type { SourceRecord } from "./row.ts";

/**
 * The objects of a `.jsonl` or `.jsonl.gz` file in order; empty lines are passed over. Strings stay, numbers and booleans
 * are written out, lists of strings and numbers stay lists; nulls, other lists and nested objects are left out, as if the
 * column were missing.
 *
 * @throws {DataFileError} naming the line that is not a JSON object, and all that `readLines` throws
 */
export async function* readJsonl(path: string, limits: ReadLimits = {}): AsyncGenerator<SourceRecord, void, undefined> {
  for await (const { text, line } of readLines(path, limits)) {
    if (text.trim() === "") continue;
    yield { record: toRecord(path, line, parseLine(path, line, text)), line };
  }
}

function parseLine(path: string, line: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataFileError(path, line, `not valid JSON (${reason}); each line must be one whole JSON object`, {
      cause: error,
    });
  }
}

function toRecord(path: string, line: number, value: unknown): Record<string, Cell> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const got = Array.isArray(value) ? "a list" : value === null ? "null" : `a ${typeof value}`;
    throw new DataFileError(path, line, `expected a JSON object such as {"text": "...", "label": "..."}, got ${got}`);
  }
  const entries: [string, Cell][] = [];
  for (const [key, field] of Object.entries(value)) {
    if (typeof field === "string") {
      if (!field.isWellFormed()) {
        throw new DataFileError(path, line, `${JSON.stringify(key)} holds half of a surrogate pair; repair the escape`);
      }
      entries.push([key, field]);
    } else if (typeof field === "number" || typeof field === "boolean") {
      entries.push([key, String(field)]);
    } else if (Array.isArray(field) && field.every(isPlain)) {
      entries.push([key, field]);
    }
  }
  return Object.fromEntries(entries);
}

function isPlain(item: unknown): item is string | number {
  return typeof item === "number" || (typeof item === "string" && item.isWellFormed());
}

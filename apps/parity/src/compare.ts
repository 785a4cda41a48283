/** Compares one tokenizer with the rows that Hugging Face's library gave for the same file and requests. */
import { isDeepStrictEqual } from "node:util";
import type { Tokenizer } from "@cellstate/tokenizers";
import type { Case } from "./cases.ts";
import { type Columns, differences, type Request, type Row, rowsOf } from "./rows.ts";

/** One request on which the two sides do not agree. */
export interface Difference {
  readonly request: Request;
  readonly field: string;
  readonly ours: unknown;
  readonly theirs: unknown;
}

/** How many requests were compared, and all that differ, by field. */
export interface Comparison {
  readonly requests: number;
  readonly differing: number;
  readonly byField: ReadonlyMap<string, number>;
  readonly first: readonly Difference[];
}

export interface CompareOptions extends Pick<Case, "batch" | "truncation"> {
  /** How many differences to keep of each field. */
  readonly show: number;
  /** A column that is not compared. */
  readonly without?: keyof Columns | undefined;
}

export function compareRows(
  tokenizer: Tokenizer,
  requests: readonly Request[],
  theirs: readonly Row[],
  { batch, truncation, show, without }: CompareOptions,
): Comparison {
  const byField = new Map<string, number>();
  const first: Difference[] = [];
  let differing = 0;
  for (let start = 0; start < requests.length; start += batch) {
    const group = requests.slice(start, start + batch);
    for (const [index, ours] of rowsOf(tokenizer, group, truncation).entries()) {
      const request = group[index] as Request; // one row for each
      const their = theirs[start + index] ?? { error: "no row" };
      const fields = differences(ours, their, without);
      if (fields.length > 0) differing++;
      for (const field of fields) {
        const count = byField.get(field) ?? 0;
        byField.set(field, count + 1);
        if (count < show) first.push({ request, field, ours: fieldOf(ours, field), theirs: fieldOf(their, field) });
      }
    }
  }
  return { requests: requests.length, differing, byField, first };
}

function fieldOf(row: Row, field: string): unknown {
  return "error" in row ? row : Object.entries(row).find(([name]) => name === field)?.[1];
}

/**
 * True if the tokenizer writes its file as it was read, and Hugging Face's library too but for the last place of scores,
 * which that library rounds when it reads them; keys in any order.
 */
export function writesAlike(tokenizer: Tokenizer, read: unknown, theirs: unknown): boolean {
  const ours: unknown = JSON.parse(tokenizer.stringify());
  return isDeepStrictEqual(ours, read) && isNearlyEqual(ours, theirs);
}

function isNearlyEqual(left: unknown, right: unknown): boolean {
  if (typeof left === "number" && typeof right === "number") return Math.abs(left - right) <= 1e-15 * Math.abs(left);
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return left === right;
  const entries = Object.entries(left);
  const others = new Map<string, unknown>(Object.entries(right));
  return entries.length === others.size && entries.every(([key, value]) => isNearlyEqual(value, others.get(key)));
}

/** Two lines on a difference: the text, escaped, and what each side gave from the first place that differs. */
export function describeDifference({ request, field, ours, theirs }: Difference): string {
  const pair = request.pair === undefined ? "" : ` with ${escaped(request.pair)}`;
  const [left, right] = fromFirstDifference(ours, theirs);
  return `  ${field} of ${escaped(request.text)}${pair}\n    ours   ${left}\n    theirs ${right}`;
}

const SHOWN = 160;

function fromFirstDifference(ours: unknown, theirs: unknown): [string, string] {
  if (!Array.isArray(ours) || !Array.isArray(theirs)) return [shortened(escaped(ours)), shortened(escaped(theirs))];
  const at = ours.findIndex((value, index) => !isDeepStrictEqual(value, theirs[index]));
  const from = at === -1 ? ours.length : at;
  const part = (values: readonly unknown[]) =>
    `${values.length} values, from ${from}: ${shortened(escaped(values.slice(from, from + 12)))}`;
  return [part(ours), part(theirs)];
}

/** JSON in ASCII. */
export function escaped(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.replace(/[^ -~]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

function shortened(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

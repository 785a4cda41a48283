/** Results are finite numbers or they are refused: JSON would write `null` for the others. */
import { NonFiniteResultError } from "./errors.ts";
import type { PredictionLine, Scores } from "./task.ts";

/** The line, if all its numbers are finite. @throws {NonFiniteResultError} naming the number and the input otherwise */
export function finiteLine(line: PredictionLine): PredictionLine {
  const found = firstNonFinite(line, []);
  if (found === undefined) return line;
  const input = typeof line.index === "number" ? ` of input ${line.index + 1}` : "";
  throw new NonFiniteResultError(`${found.path.join(".")}${input}`, found.value);
}

/** The scores, if all numbers among them are finite. @throws {NonFiniteResultError} naming the score otherwise */
export function finiteScores(scores: Scores): Scores {
  const found = firstNonFinite(scores, []);
  if (found !== undefined) throw new NonFiniteResultError(`the score ${found.path.join(".")}`, found.value);
  return scores;
}

/** Whether a number anywhere in the value is NaN or infinite. */
export function holdsNonFinite(value: unknown): boolean {
  return firstNonFinite(value, []) !== undefined;
}

interface Found {
  readonly path: readonly string[];
  readonly value: number;
}

function firstNonFinite(value: unknown, path: readonly string[]): Found | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? undefined : { path, value };
  if (typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return firstInList(value as ArrayLike<unknown>, path);
  for (const [key, inner] of Object.entries(value)) {
    const found = firstNonFinite(inner, [...path, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function firstInList(values: ArrayLike<unknown>, path: readonly string[]): Found | undefined {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    // Most lists hold numbers, which need no path.
    if (typeof value === "number" && Number.isFinite(value)) continue;
    const found = firstNonFinite(value, [...path, String(i)]);
    if (found !== undefined) return found;
  }
  return undefined;
}

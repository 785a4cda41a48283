/**
 * Texts with variables, such as `${env:DATA}/train.tsv`, taken apart: the syntax is that of Compose files, reduced to braces and `:-`.
 */
import { MAX_DEPTH } from "./scan.ts";

/** A text in parts. */
export type Template = readonly (string | Variable)[];

/** One `${...}`. */
export interface Variable {
  /** As it stands in the text. */
  readonly source: string;
  /** Between the braces, up to `:-`; may hold variables itself. */
  readonly name: Template;
  /** Behind `:-`. */
  readonly fallback: Template | undefined;
}

/** A text whose variables cannot be read; the message says why. */
export class VariableSyntaxError extends Error {
  override readonly name = "VariableSyntaxError";
}

/** Whether a text holds a variable or an escaped one. */
export function hasVariable(text: string): boolean {
  return text.includes("${");
}

/** A text that, read with variables, stands for the given one. */
export function escapeVariables(text: string): string {
  return text.replace(/\$+\{/g, (opening) => `${"$".repeat(2 * (opening.length - 1))}{`);
}

/**
 * The parts of a text. `$${` stands for `${` that opens no variable; any other dollar is itself.
 *
 * @throws {VariableSyntaxError} if a variable is empty or not closed
 */
export function parseTemplate(text: string): Template {
  return readParts(text, 0, [], 0).parts;
}

interface Parts {
  readonly parts: Template;
  /** Where what closes them stands, or the end of the text. */
  readonly end: number;
}

/** Dollars in front of a brace. */
const OPENING = /\$+\{/y;

function readParts(text: string, start: number, closing: readonly string[], depth: number): Parts {
  const parts: (string | Variable)[] = [];
  let plain = "";
  let at = start;
  while (at < text.length && !closing.some((sign) => text.startsWith(sign, at))) {
    OPENING.lastIndex = at;
    const opening = OPENING.exec(text)?.[0];
    if (opening === undefined) {
      plain += text[at++];
      continue;
    }
    const dollars = opening.length - 1;
    plain += "$".repeat(Math.floor(dollars / 2));
    at += opening.length;
    if (dollars % 2 === 0) {
      plain += "{";
      continue;
    }
    if (plain !== "") parts.push(plain);
    plain = "";
    const { variable, end } = readVariable(text, at, depth + 1);
    parts.push(variable);
    at = end;
  }
  if (plain !== "" || parts.length === 0) parts.push(plain);
  return { parts, end: at };
}

/** @param start  behind the opening brace */
function readVariable(
  text: string,
  start: number,
  depth: number,
): { readonly variable: Variable; readonly end: number } {
  if (depth > MAX_DEPTH) throw new VariableSyntaxError(`holds variables nested deeper than ${MAX_DEPTH} levels`);
  const name = readParts(text, start, ["}", ":-"], depth);
  let { end } = name;
  let fallback: Template | undefined;
  if (text.startsWith(":-", end)) ({ parts: fallback, end } = readParts(text, end + 2, ["}"], depth));
  if (text[end] !== "}") {
    throw new VariableSyntaxError("opens a variable by ${ and never closes it; write $${ where ${ is text");
  }
  if (text.slice(start, name.end).trim() === "") {
    throw new VariableSyntaxError("holds a variable without a name; write ${env:NAME} or ${key.path}");
  }
  return { variable: { source: text.slice(start - 2, end + 1), name: name.parts, fallback }, end: end + 1 };
}

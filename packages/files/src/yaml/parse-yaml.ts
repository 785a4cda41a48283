/** YAML text to plain values with the line and column of every key; refuses duplicate keys, alias bombs and anything half read. */
import { LineCounter, parseDocument } from "yaml";
import { ConfigError } from "../errors.ts";
import { isPlainMap } from "../plain-map.ts";
import { excerptAt } from "./excerpt.ts";
import { pathId } from "./key-path.ts";
import type { Place, TracedValues } from "./origin.ts";
import { PlainValues, type Reading } from "./plain-values.ts";
import { MAX_DEPTH, MAX_TOKENS, type Scan, scanYaml } from "./scan.ts";
import { describeSyntaxFault } from "./syntax-fault.ts";

/** Nobody writes a longer file by hand. */
const MAX_CHARACTERS = 1 << 20;

/**
 * Reads one YAML file.
 *
 * @param contents  the text, or the bytes of the file, which must be UTF-8
 * @param file      the name that error messages show
 * @returns a map of keys, with the place of each
 * @throws {ConfigError} at the first line that is not plain YAML, with line and column
 */
export function parseYaml(contents: string | Uint8Array, file: string): TracedValues {
  const text = typeof contents === "string" ? contents : decode(contents, file);
  if (text.length > MAX_CHARACTERS) {
    refuse(file, `is longer than ${MAX_CHARACTERS} characters; a small file is expected`);
  }
  const reading = readingOf(text, file);
  const scan = checkText(text, reading);
  const document = parse(text, file);
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    const { offset, message } = describeSyntaxFault(problem, text, scan);
    reading.fail(offset, message);
  }
  const plain = new PlainValues(reading);
  const values = plain.valueOf(document.contents, []);
  if (values === null || values === undefined) refuse(file, "is empty; it must be a map of keys such as `name: ...`");
  if (!isPlainMap(values)) {
    const what = Array.isArray(values) ? "a list" : "one value";
    return refuse(reading.at(0), `must be a map of keys such as \`name: ...\`, got ${what}`);
  }
  return { values, origins: new Map([[pathId([]), reading.at(0)], ...plain.origins]) };
}

/** What can be said before the text is parsed. */
function checkText(text: string, { fail }: Reading): Scan {
  const nul = text.indexOf("\0");
  if (nul !== -1) fail(nul, "the character U+0000 stands here; save the file as plain text in UTF-8");
  const lone = text.search(/\r(?!\n)/);
  if (lone !== -1) fail(lone, "this line ends with a carriage return alone; save the file with line feeds");
  const scan = scanYaml(text);
  if (scan.tooDeepAt !== undefined) fail(scan.tooDeepAt, `is nested deeper than ${MAX_DEPTH} levels here`);
  if (scan.tooLongAt !== undefined)
    fail(scan.tooLongAt, `has more than ${MAX_TOKENS} words and signs; a small file is expected`);
  return scan;
}

function parse(text: string, file: string) {
  try {
    // Keys that stand twice are found later, in less time.
    return parseDocument(text, { prettyErrors: false, uniqueKeys: false });
  } catch (error) {
    // The parser goes one call deeper for each level.
    if (error instanceof RangeError) return refuse(file, `is nested deeper than ${MAX_DEPTH} levels`);
    throw error;
  }
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    if (isUtf16) return refuse(file, "is UTF-16 text; save it as UTF-8");
    return refuse({ file, line: badLine(bytes), column: 1 }, "this line is not UTF-8 text; save the file as UTF-8");
  }
}

/** The first line, from 1, with bytes that are no UTF-8. */
function badLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let start = 0;
  for (let line = 1; ; line++) {
    const end = bytes.indexOf(0x0a, start);
    try {
      decoder.decode(bytes.subarray(start, end === -1 ? undefined : end));
    } catch {
      return line;
    }
    if (end === -1) return line;
    start = end + 1;
  }
}

function readingOf(text: string, file: string): Reading {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", end + 1)) lines.addNewLine(end + 1);
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  return {
    at,
    fail(offset, message) {
      const where = at(offset);
      throw new ConfigError([{ where, path: "", message, excerpt: excerptAt(text, offset, where.line) }]);
    },
  };
}

function refuse(where: Place | string, message: string): never {
  throw new ConfigError([{ where, path: "", message }]);
}

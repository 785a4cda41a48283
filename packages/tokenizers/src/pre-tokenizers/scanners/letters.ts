/** The classes of characters that the split patterns of language models tell apart, and the parts those patterns share. */

import { propertyBody } from "../../patterns/properties.ts";
import type { RangeCutter } from "../../text/pieces.ts";
import { WHITE_SPACE } from "../../text/unicode.ts";
import { CharacterClasses, nextIndex } from "../character-classes.ts";

/** Unicode categories Lu and Lt. */
export const UPPER = 1;
/** Unicode category Ll. */
export const LOWER = 2;
/** Letters without case: Unicode categories Lm and Lo. */
export const CASELESS = 4;
/** Unicode category L. */
export const LETTER = UPPER | LOWER | CASELESS;
/** Unicode category M. */
export const MARK = 8;
/** Unicode category N. */
export const NUMBER = 16;
/** Carriage return and line feed. */
const LINE_BREAK = 32;
/** Unicode White_Space without the two line breaks. */
const BLANK = 64;
/** Unicode White_Space. */
export const SPACE = LINE_BREAK | BLANK;
/** Everything else. */
export const SYMBOL = 128;

export const classes = new CharacterClasses(
  [
    [UPPER, category("Lu", "Lt")],
    [LOWER, category("Ll")],
    [CASELESS, category("L")],
    [MARK, category("M")],
    [NUMBER, category("N")],
    [LINE_BREAK, /[\r\n]/],
    [BLANK, new RegExp(`[${WHITE_SPACE}]`, "u")],
  ],
  SYMBOL,
);

/** Any character of the categories, as expressions of files have them. */
function category(...names: readonly string[]): RegExp {
  return new RegExp(`[${names.map(propertyBody).join("")}]`, "v");
}

/** Finds the end of the piece that starts at `start`, at most `end`; later than `start`. */
export type PieceScanner = (text: string, start: number, end: number) => number;

export const ONE_SPACE = 0x20;
const APOSTROPHE = 0x27;
const SLASH = 0x2f;
const SHORT_ENDINGS = "stmd";
const LONG_ENDINGS = ["re", "ve", "ll"];

/** The end of `'s|'t|'re|'ve|'m|'ll|'d`; `start` itself where none of them stands there. */
export function endOfContraction(text: string, start: number, end: number): number {
  if (text.charCodeAt(start) !== APOSTROPHE || start + 1 >= end) return start;
  if (SHORT_ENDINGS.includes(text.charAt(start + 1))) return start + 2;
  return start + 3 <= end && LONG_ENDINGS.includes(text.slice(start + 1, start + 3)) ? start + 3 : start;
}

/** The same in upper or lower case; the long s, "ſ", is an s too. */
export function endOfContractionInAnyCase(text: string, start: number, end: number): number {
  if (text.charCodeAt(start) !== APOSTROPHE || start + 1 >= end) return start;
  const ending = text.slice(start + 1, Math.min(end, start + 3)).toLowerCase();
  if (SHORT_ENDINGS.includes(ending.charAt(0)) || ending.startsWith("ſ")) return start + 2;
  return LONG_ENDINGS.includes(ending) ? start + 3 : start;
}

/** The end of `\p{N}{1,limit}`, for a number at `start`. */
export function endOfNumber(text: string, start: number, end: number, limit: number): number {
  let index = start;
  for (let count = 0; count < limit && index < end && classes.at(text, index) === NUMBER; count++) {
    index = nextIndex(text, index);
  }
  return index;
}

/** The end of `\s+(?!\S)|\s+`: white space, but for its last character before a word. It is one unit a character. */
export function endOfSpace(text: string, start: number, end: number): number {
  const spaceEnd = classes.endOfRun(text, start, end, SPACE);
  return spaceEnd === end || spaceEnd - start === 1 ? spaceEnd : spaceEnd - 1;
}

/** The end of `\s*[\r\n]+|\s+(?!\S)|\s+`: white space up to its last line break, if it has one. */
function endOfSpaceOrLines(text: string, start: number, end: number): number {
  const spaceEnd = classes.endOfRun(text, start, end, SPACE);
  for (let index = spaceEnd; index > start; index--) {
    if (classes.at(text, index - 1) === LINE_BREAK) return index;
  }
  return spaceEnd === end || spaceEnd - start === 1 ? spaceEnd : spaceEnd - 1;
}

/**
 * The end of ` ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`, for a piece that is no word or number.
 *
 * @param trailingSlashes `[\r\n/]*` in the place of `[\r\n]*`
 */
export function endOfSymbolsOrSpace(text: string, start: number, end: number, trailingSlashes: boolean): number {
  const first = text.charCodeAt(start) === ONE_SPACE ? start + 1 : start;
  let symbolEnd = classes.endOfRun(text, first, end, SYMBOL | MARK);
  if (symbolEnd === first) return endOfSpaceOrLines(text, start, end);
  for (;;) {
    symbolEnd = classes.endOfRun(text, symbolEnd, end, LINE_BREAK);
    if (!trailingSlashes || symbolEnd === end || text.charCodeAt(symbolEnd) !== SLASH) return symbolEnd;
    symbolEnd++;
  }
}

/** Behind the character at `start`, if `[^\r\n\p{L}\p{N}]?` takes it; else `start`. */
export function endOfWordPrefix(text: string, start: number): number {
  return classes.endOfRun(text, start, start + 1, SYMBOL | MARK | BLANK);
}

/** Cuts a text into the pieces that a scanner finds one after the other. */
export function cutterOf(scan: PieceScanner): RangeCutter {
  return (text, start, end, ranges) => {
    for (let from = start; from < end; ) {
      const to = scan(text, from, end);
      ranges.push(from, to);
      from = to;
    }
  };
}

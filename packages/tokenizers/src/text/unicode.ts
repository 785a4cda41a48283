/**
 * Character classes shared by the pipeline stages, and the order of strings by code point.
 *
 * Classes that grow with Unicode are tables of their own rather than properties, so that results do not depend on the
 * version of the runtime and equal those of Hugging Face's library, whose parts use tables of different versions.
 */
import { PUNCTUATION_MARKS, WORD_CHARACTERS } from "./unicode-tables.ts";

/**
 * A table of `unicode-tables.ts` as the body of a character class: lengths of runs of code points outside and
 * inside of the set in turn, each number in base 32 from the lowest digit, all digits but its last with 32 added.
 */
export function classBody(table: string): string {
  let body = "";
  let codePoint = 0;
  let isInside = false;
  let length = 0;
  let scale = 1;
  for (const character of table) {
    const digit = DIGITS.indexOf(character);
    length += (digit % 32) * scale;
    scale *= 32;
    if (digit >= 32) continue;
    if (isInside) body += `${escaped(codePoint)}-${escaped(codePoint + length - 1)}`;
    codePoint += length;
    isInside = !isInside;
    length = 0;
    scale = 1;
  }
  return body;
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function escaped(codePoint: number): string {
  return `\\u{${codePoint.toString(16)}}`;
}

/** Body of a character class for white space: Unicode White_Space (`\s` of JavaScript differs in U+0085 and U+FEFF). */
export const WHITE_SPACE = "\\p{White_Space}";

/** Body of a character class for word characters: Unicode Technical Standard 18, annex C, `\w`, of Unicode 16. */
export const WORD = classBody(WORD_CHARACTERS);

/** Body of a character class for punctuation: the ASCII symbols and category P of Unicode 8. */
export const PUNCTUATION = classBody(PUNCTUATION_MARKS);

/** How many UTF-16 code units the code point at `index` has: 2 for a surrogate pair, else 1. */
export function codePointLength(text: string, index: number): 1 | 2 {
  if ((text.charCodeAt(index) & 0xfc00) !== 0xd800) return 1; // what nearly every unit is, and quickly told
  return (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
}

const NOT_ASCII = /[^\0-\x7f]/;

/** Whether all characters are of ASCII, which no Unicode normalization changes. */
export function isAscii(text: string): boolean {
  return !NOT_ASCII.test(text);
}

/** Compares by code point, which is also the order of the UTF-8 bytes; `<` on strings would compare UTF-16 units. */
export function compareCodePoints(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const a = left.charCodeAt(i);
    const b = right.charCodeAt(i);
    if (a !== b) return codePointRank(a) - codePointRank(b);
  }
  return left.length - right.length;
}

/** Moves surrogates behind U+E000..U+FFFF, where the code points that they encode belong. */
function codePointRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

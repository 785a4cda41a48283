/** Character classes shared by the pipeline stages, as Unicode properties, and the order of strings by code point. */

/** Body of a character class for white space: Unicode White_Space (`\s` of JavaScript differs in U+0085 and U+FEFF). */
export const WHITE_SPACE = "\\p{White_Space}";

/** Body of a character class for word characters: Unicode Technical Standard 18, annex C, `\w`. */
export const WORD = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}";

/** Body of a character class for punctuation: the ASCII symbols and Unicode category P. */
export const PUNCTUATION = "!-\\/:-@\\[-`\\{-~\\p{P}";

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

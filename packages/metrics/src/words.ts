/** White space and symbols as sacreBLEU's tokenizers share them (Post 2018). */

/** ASCII symbols that always stand alone. Not among them: `'`, `,`, `-`, `.`, which depend on their neighbours. */
const SYMBOL = /[ -&(-+:-@/[-`{-~]/gu;
const MARK_AFTER_NON_DIGIT = /([^0-9])([.,])/gu;
const MARK_BEFORE_NON_DIGIT = /([.,])([^0-9])/gu;
const DASH_AFTER_DIGIT = /([0-9])(-)/gu;

/**
 * White space as Python's `str.split` knows it: unlike `\s` without the byte-order mark, and with the separators
 * U+001C to U+001F and U+0085.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these control characters are white space here
const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;
const LEADING_SPACE = new RegExp(`^${SPACE.source}`, "u");
const TRAILING_SPACE = new RegExp(`${SPACE.source}$`, "u");

/** Python's `str.rstrip`. */
export function trimEnd(text: string): string {
  return text.replace(TRAILING_SPACE, "");
}

/** Python's `str.strip`. */
export function trim(text: string): string {
  return trimEnd(text).replace(LEADING_SPACE, "");
}

/** Python's `str.split`. */
export function splitAtSpace(text: string): string[] {
  return text.split(SPACE).filter((token) => token !== "");
}

/** Splits off symbols, and marks and dashes that are not inside a number. */
export function splitWesternText(text: string): string[] {
  const spaced = text
    .replace(SYMBOL, " $& ")
    .replace(MARK_AFTER_NON_DIGIT, "$1 $2 ")
    .replace(MARK_BEFORE_NON_DIGIT, " $1 $2")
    .replace(DASH_AFTER_DIGIT, "$1 $2 ");
  return splitAtSpace(spaced);
}

/** The tokenizer "13a" of BLEU: what NIST's mteval-v13a script does to Western text, as sacreBLEU defines it (Post 2018). */

const SKIPPED = "<skipped>";

/** In this order: `&amp;lt;` becomes `<`, as in the original. */
const ENTITIES: readonly (readonly [string, string])[] = [
  ["&quot;", '"'],
  ["&amp;", "&"],
  ["&lt;", "<"],
  ["&gt;", ">"],
];

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
const TRAILING_SPACE = new RegExp(`${SPACE.source}$`, "u");

/** The tokens of one segment. */
export function tokenize13a(segment: string): string[] {
  let line = segment.replace(TRAILING_SPACE, "").replaceAll(SKIPPED, "").replaceAll("-\n", "").replaceAll("\n", " ");
  for (const [entity, symbol] of ENTITIES) line = line.replaceAll(entity, symbol);
  return ` ${line} `
    .replace(SYMBOL, " $& ")
    .replace(MARK_AFTER_NON_DIGIT, "$1 $2 ")
    .replace(MARK_BEFORE_NON_DIGIT, " $1 $2")
    .replace(DASH_AFTER_DIGIT, "$1 $2 ")
    .split(SPACE)
    .filter((token) => token !== "");
}

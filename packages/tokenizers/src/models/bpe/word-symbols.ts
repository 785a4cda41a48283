/** Cuts the words of a training run into their first symbols: characters, with the marks of their place in the word. */
import { compareCodePoints } from "../../text/unicode.ts";
import type { WordSymbols } from "./merge-state.ts";
import type { SymbolTable } from "./symbol-table.ts";

/** What is put before characters that continue a word, and behind those that end one; empty for nothing. */
interface WordMarks {
  readonly prefix: string;
  readonly suffix: string;
}

/** How a character stands in its word: the sum of these. */
const CONTINUES = 1;
const ENDS = 2;
const FORMS = 4;

/**
 * Characters that the table lacks are left out. The marked forms that occur get their ids by code point.
 *
 * @param table holds the alphabet; gets the marked forms
 */
export function cutWords(counts: ReadonlyMap<string, number>, table: SymbolTable, marks: WordMarks): WordSymbols {
  let length = 0;
  for (const word of counts.keys()) length += word.length;
  const symbols = new Int32Array(length);
  const starts = new Int32Array(counts.size + 1);
  const formMask = (marks.prefix === "" ? 0 : CONTINUES) + (marks.suffix === "" ? 0 : ENDS);
  let end = 0;
  let wordIndex = 0;
  for (const word of counts.keys()) {
    let at = 0;
    for (const character of word) {
      const form = (at > 0 ? CONTINUES : 0) + (at + character.length === word.length ? ENDS : 0);
      at += character.length;
      const id = table.find(character);
      if (id !== undefined) symbols[end++] = id * FORMS + (form & formMask);
    }
    starts[++wordIndex] = end;
  }
  const cut = symbols.subarray(0, end);
  resolveForms(cut, table, marks);
  return { symbols: cut, starts, counts: [...counts.values()] };
}

/** Replaces `id * FORMS + form` by the id of the marked character. */
function resolveForms(symbols: Int32Array, table: SymbolTable, { prefix, suffix }: WordMarks): void {
  const ids = new Int32Array(table.size * FORMS).fill(-1);
  const marked = (code: number) => {
    const character = table.tokenOf(Math.floor(code / FORMS));
    return `${code & CONTINUES ? prefix : ""}${character}${code & ENDS ? suffix : ""}`;
  };
  const forms = Array.from(new Set(symbols), (code) => ({ code, token: marked(code) }));
  forms.sort((a, b) => compareCodePoints(a.token, b.token));
  for (const { code, token } of forms) ids[code] = table.idOf(token);
  for (const [at, code] of symbols.entries()) symbols[at] = ids[code] as number; // each code is among the forms
}

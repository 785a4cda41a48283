/**
 * Cuts raw text into words by rules that need no dictionary: in the main those of Unicode (UAX #29, word boundaries), with the marks between
 * words as words of their own.
 */

/** A word and where it stands in its text, `[start, end)` in UTF-16 code units. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const LETTER = String.raw`[\p{L}\p{M}\p{N}_]`;

/** What is a word, the first that fits: */
const RULES = [
  String.raw`https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]}']|www\.[^\s<>"]*[^\s<>".,;:!?)\]}']`, // an address of the web
  String.raw`[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+`, // an address of mail
  String.raw`\p{N}+(?:[.,:]\p{N}+)+`, // a number such as 1,250.75, or a time such as 9:30
  String.raw`(?:\p{L}\.){2,}`, // letters with stops, such as U.S.
  String.raw`[\p{Script=Han}\p{Script=Hiragana}]\p{M}*`, // a character of a script that has no blanks between words
  String.raw`(?:(?![\p{Script=Han}\p{Script=Hiragana}])${LETTER})+(?:['’](?:(?![\p{Script=Han}\p{Script=Hiragana}])${LETTER})+)*`, // letters and digits, with apostrophes within
  String.raw`([^\s\p{L}\p{M}\p{N}_])\1*`, // a mark, or several of the same
  String.raw`\S`,
];
const WORD = new RegExp(RULES.join("|"), "gu");

/** The end of a word that is a word of its own in English treebanks, if letters stand before it. */
const CONTRACTION = /(?<=\p{L})(n['’]t|['’](?:s|m|d|re|ve|ll))$/iu;

/** @param options.contractions  whether the likes of `don't` are two words, `do` and `n't` */
export function splitWords(text: string, { contractions }: { readonly contractions: boolean }): Word[] {
  const words: Word[] = [];
  for (const { 0: word, index } of text.matchAll(WORD)) {
    const cut = contractions ? CONTRACTION.exec(word)?.index : undefined;
    const parts = cut === undefined ? [word] : [word.slice(0, cut), word.slice(cut)];
    let start = index;
    for (const part of parts) {
      words.push({ text: part, start, end: start + part.length });
      start += part.length;
    }
  }
  return words;
}

/** Cuts where white space stands and nowhere else. */
export function splitAtSpaces(text: string): Word[] {
  return Array.from(text.matchAll(/\S+/gu), ({ 0: word, index }) => ({
    text: word,
    start: index,
    end: index + word.length,
  }));
}

/** Words that are cut already, in a text of them with single blanks between. */
export function joinWords(words: readonly string[]): { readonly text: string; readonly words: Word[] } {
  let start = 0;
  const placed = words.map((text) => {
    const word = { text, start, end: start + text.length };
    start = word.end + 1;
    return word;
  });
  return { text: words.join(" "), words: placed };
}

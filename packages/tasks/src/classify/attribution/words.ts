/** The words that tokens are parts of, as people read them: whatever a tokenizer cuts, what is marked in a text should be words. */
import type { Encoding } from "@cellstate/tokenizers";
import { SPACELESS } from "../../spaceless.ts";

/** Tokens `[first, last)` of an encoding, and the part of the text, `[start, end)`, that they stand for. */
export interface TokenWord {
  readonly first: number;
  readonly last: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Joins tokens that stand in one piece of the pre-tokenizer, or between whose letters there is no space, such as the characters of a word;
 * in scripts without spaces each piece is a word by itself. White space at the ends belongs to no word.
 */
export function wordsOfTokens(text: string, { offsets, wordIds }: Pick<Encoding, "offsets" | "wordIds">): TokenWord[] {
  const words: TokenWord[] = [];
  for (const [token, [from, to]] of offsets.entries()) {
    const { start, end } = withoutSpace(text, from, to);
    const before = words.at(-1);
    if (
      before !== undefined &&
      isSameWord(text, before, { start, isOnePiece: wordIds[token] === wordIds[token - 1] })
    ) {
      words[words.length - 1] = { ...before, last: token + 1, end: Math.max(before.end, end) };
    } else {
      words.push({ first: token, last: token + 1, start, end });
    }
  }
  return words.filter(({ start, end }) => end > start);
}

function isSameWord(
  text: string,
  { end }: TokenWord,
  { start, isOnePiece }: { readonly start: number; readonly isOnePiece: boolean },
): boolean {
  if (start < end) return true; // tokens that share characters
  if (start > end) return isOnePiece && !/\s/.test(text.slice(end, start));
  return isOnePiece || (isLetter(charBefore(text, end)) && isLetter(charAfter(text, start)));
}

/** Of words that are put together of such characters, one after the other. */
function isLetter(character: string): boolean {
  return /^[\p{L}\p{M}\p{N}]/u.test(character) && character.search(SPACELESS) < 0;
}

function charBefore(text: string, end: number): string {
  const code = text.charCodeAt(end - 1);
  return text.slice(end - (code >= 0xdc00 && code < 0xe000 ? 2 : 1), end);
}

function charAfter(text: string, start: number): string {
  return String.fromCodePoint(text.codePointAt(start) ?? 0);
}

function withoutSpace(text: string, from: number, to: number): { readonly start: number; readonly end: number } {
  const part = text.slice(from, to);
  const start = from + part.length - part.trimStart().length;
  return { start: Math.min(start, to), end: Math.max(Math.min(start, to), to - (part.length - part.trimEnd().length)) };
}

/** Texts as bags of words, without capitals and punctuation; in scripts without spaces between words, each letter is one. */
import { SPACELESS } from "@cellstate/tasks/starters";

const LETTER = /\p{L}/gu;

/** Words in lower case, in order. */
export function wordsOf(text: string): string[] {
  return (
    text
      .toLowerCase()
      .replace(SPACELESS, " $& ")
      .match(/[\p{L}\p{N}\p{M}]+/gu) ?? []
  );
}

/** Whether {@link wordsOf} finds any. */
export function hasWords(text: string): boolean {
  return /[\p{L}\p{N}\p{M}]/u.test(text);
}

/** Letters, and those whose scripts put no spaces between words. */
export function countLetters(text: string): { readonly letters: number; readonly spaceless: number } {
  return { letters: text.match(LETTER)?.length ?? 0, spaceless: text.match(SPACELESS)?.length ?? 0 };
}

/** A 32-bit hash, FNV-1a over UTF-16 code units. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

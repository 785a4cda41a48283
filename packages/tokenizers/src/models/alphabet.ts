/** Which characters of the training text become tokens. */
import { compareCodePoints } from "../text/unicode.ts";

export interface AlphabetOptions {
  /** Characters that become tokens first, in the text or not; of a longer string the first character. Default none. */
  readonly initialAlphabet?: Iterable<string> | undefined;
  /**
   * Share of the text, in `(0, 1]`, that the kept characters cover, the most frequent first; the initial ones are kept too.
   * The option of this name of SentencePiece. Default 1.
   */
  readonly characterCoverage?: number | undefined;
}

/**
 * @param counts how often each word was seen
 * @param limit  how many characters to keep at most
 * @returns the initial ones and then the others by falling count; equals by code point
 */
export function chooseAlphabet(
  counts: ReadonlyMap<string, number>,
  { initialAlphabet = [], characterCoverage = 1 }: AlphabetOptions,
  limit: number,
): string[] {
  const initial = new Set(Array.from(initialAlphabet, ([character = ""]) => character));
  initial.delete("");
  const seen = new Map<string, number>();
  let total = 0;
  for (const [word, count] of counts) {
    for (const character of word) {
      seen.set(character, (seen.get(character) ?? 0) + count);
      total += count;
    }
  }
  const kept = [...initial].sort(compareCodePoints);
  let covered = 0;
  for (const [character, count] of [...seen].sort(
    ([a, countA], [b, countB]) => countB - countA || compareCodePoints(a, b),
  )) {
    if (covered >= characterCoverage * total) break;
    covered += count;
    if (!initial.has(character)) kept.push(character);
  }
  return kept.slice(0, Math.max(0, limit));
}

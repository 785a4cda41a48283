/** From positions and words of a text to its tokens, to label spans; results are those of Hugging Face's `Encoding`. */
import type { Encoding, Offsets } from "./encoding.ts";

/**
 * The first token that covers a position of a text; undefined if none does, as at white space that was dropped.
 *
 * @param index in UTF-16 code units of the text
 * @param sequenceId 0 for the text, 1 for its pair
 */
export function charToToken(encoding: Encoding, index: number, sequenceId: 0 | 1 = 0): number | undefined {
  const { offsets, sequenceIds } = encoding;
  const token = offsets.findIndex(
    ([start, end], at) => sequenceIds[at] === sequenceId && start <= index && index < end,
  );
  return token === -1 ? undefined : token;
}

/** The word, counted from 0, of the token that `charToToken` finds. */
export function charToWord(encoding: Encoding, index: number, sequenceId: 0 | 1 = 0): number | undefined {
  const token = charToToken(encoding, index, sequenceId);
  return token === undefined ? undefined : (encoding.wordIds[token] ?? undefined);
}

/** The tokens `[start, end)` of a word; undefined if it has none. Words of a text and of its pair are counted separately. */
export function wordToTokens(
  encoding: Encoding,
  wordId: number,
  sequenceId: 0 | 1 = 0,
): readonly [start: number, end: number] | undefined {
  const { sequenceIds, wordIds } = encoding;
  const isOfWord = (id: number | null, at: number) => id === wordId && sequenceIds[at] === sequenceId;
  const start = wordIds.findIndex(isOfWord);
  return start === -1 ? undefined : [start, wordIds.findLastIndex(isOfWord) + 1];
}

/** The range of a word in its text; undefined if it has no tokens. */
export function wordToChars(encoding: Encoding, wordId: number, sequenceId: 0 | 1 = 0): Offsets | undefined {
  const tokens = wordToTokens(encoding, wordId, sequenceId);
  if (tokens === undefined) return undefined;
  const [start] = encoding.offsets[tokens[0]] ?? [0];
  const [, end] = encoding.offsets[tokens[1] - 1] ?? [0, 0];
  return [start, end];
}

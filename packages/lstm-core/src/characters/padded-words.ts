/** Words as padded rows of characters, and work on the real ones only. */
import { reshape, type Session, type Tensor } from "@cellstate/tensor";
import { SequenceError } from "../errors.ts";
import { scatterRows } from "../layers/packing.ts";
import type { Module } from "../module.ts";

/** Sentences of words of characters, padded at their ends. */
export interface PaddedWords {
  /** `[batchSize, seqLen, wordLen]`, row-major: ids of characters. */
  readonly ids: Int32Array;
  /** `[batchSize, seqLen]`, row-major: real characters of each word, 0 of padding. */
  readonly lengths: Int32Array;
  readonly batchSize: number;
  /** Words of the longest sentence, at least 1. */
  readonly seqLen: number;
  /** Characters of the longest word, at least 1. */
  readonly wordLen: number;
}

/** Pads sentences to the longest of them, and their words to the longest of all, with `padId`. */
export function padWords(sentences: readonly (readonly ArrayLike<number>[])[], padId: number): PaddedWords {
  const seqLen = sentences.reduce((longest, { length }) => Math.max(longest, length), 1);
  const wordLen = sentences.flat().reduce((longest, { length }) => Math.max(longest, length), 1);
  const lengths = new Int32Array(sentences.length * seqLen);
  const ids = new Int32Array(lengths.length * wordLen).fill(padId);
  sentences.forEach((words, row) => {
    words.forEach((word, place) => {
      const at = row * seqLen + place;
      lengths[at] = word.length;
      ids.set(Array.from(word), at * wordLen);
    });
  });
  return { ids, lengths, batchSize: sentences.length, seqLen, wordLen };
}

/** Makes vectors of words from their characters. */
export interface CharacterEncoder extends Module {
  /** Features of a word's vector. */
  readonly outputSize: number;
  /**
   * @returns `[batchSize, seqLen, outputSize]`, 0 for words without characters
   * @throws {SequenceError} if the words do not fit together
   */
  forward(words: PaddedWords): Tensor;
}

/**
 * Applies an encoder of single words to those that have characters.
 *
 * @param encode  ids int32 `[words, wordLen]` and lengths `[words]`, each at least 1, to `[words, outputSize]`
 */
export function mapRealWords(
  owner: string,
  session: Session,
  { ids, lengths, batchSize, seqLen, wordLen }: PaddedWords,
  encode: (ids: Tensor, lengths: Int32Array) => Tensor,
): Tensor {
  const count = batchSize * seqLen;
  if (lengths.length !== count || ids.length !== count * wordLen) {
    const got = `${ids.length} ids and ${lengths.length} lengths`;
    throw new SequenceError(owner, `${batchSize} rows of ${seqLen} words of ${wordLen} characters`, got);
  }
  const places = Int32Array.from(lengths.keys()).filter((place) => lengths[place]! > 0);
  const real = new Int32Array(places.length * wordLen);
  places.forEach((place, word) => {
    real.set(ids.subarray(place * wordLen, (place + 1) * wordLen), word * wordLen);
  });
  const rows = encode(
    session.tensor(real, [places.length, wordLen], { dtype: "int32" }),
    places.map((place) => lengths[place]!),
  );
  return reshape(scatterRows(rows, places, count), [batchSize, seqLen, rows.shape[1]!]);
}

/** What readers of word vectors share: what is asked for, what is found, and the faults that any format can have. */
import { DataFileError } from "../../errors.ts";
import type { ReadLimits } from "../readers/bytes.ts";

/**
 * How a file of vectors is written. `text`: a word and its numbers on each line, as GloVe and fastText's `.vec`, with or without
 * the line of counts that word2vec puts first. `word2vec`: the binary form of word2vec. `fasttext`: a whole fastText model, `.bin`.
 */
export const VECTOR_FORMATS = ["text", "word2vec", "fasttext"] as const;
export type VectorFormat = (typeof VECTOR_FORMATS)[number];

/** A word's vector, and whether the file lists the word or has only parts of it. */
export interface FoundVector {
  readonly word: string;
  readonly vector: Float32Array;
  /** `subwords`: made of the vectors of its character n-grams, as fastText does for words that it has never seen. */
  readonly by: "word" | "subwords";
}

/** What a reader of one format is given. */
export interface VectorReading {
  readonly path: string;
  /** Whether a word is asked for; those that are not cost no memory. */
  readonly isWanted: (word: string) => boolean;
  /** The words themselves, where they are a list. */
  readonly words: ReadonlySet<string> | undefined;
  readonly limits: ReadLimits;
}

/** What a reader gives: the numbers of each vector as soon as that is known, and the vectors as they come. */
export interface VectorStream {
  readonly dimension: number;
  readonly vectors: AsyncGenerator<FoundVector, void, undefined>;
  /** Closes the file, whether all of it was read or nothing. */
  close(): Promise<void>;
}

/** The largest vectors and words that are taken for such, and not for a file of another kind. */
export const MAX_DIMENSION = 65_536;
export const MAX_WORD_BYTES = 8192;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @throws {DataFileError} naming the byte of the file where the word begins */
export function decodeWord(path: string, bytes: Uint8Array, offset: number): string {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    throw new DataFileError(path, undefined, `at byte ${offset}: a word that is not valid UTF-8`, { cause: error });
  }
}

/** @throws {DataFileError} if a number is NaN or infinite; `where` names the word and its place */
export function requireFinite(path: string, line: number | undefined, vector: Float32Array, where: string): void {
  const at = vector.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new DataFileError(path, line, `${where}: number ${at + 1} of its vector is ${vector[at]}`);
}

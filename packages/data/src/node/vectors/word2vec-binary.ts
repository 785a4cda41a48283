/** The binary form of word2vec: a line with both counts, then each word, a blank, and its numbers as 32-bit floats. */
import { DataFileError } from "../../errors.ts";
import { addFloats, ByteCursor } from "./byte-cursor.ts";
import {
  decodeWord,
  type FoundVector,
  MAX_DIMENSION,
  MAX_WORD_BYTES,
  requireFinite,
  type VectorReading,
  type VectorStream,
} from "./vectors.ts";

const LINE_FEED = 10;
const SPACE = 32;

/**
 * Reads the file as a stream.
 *
 * @throws {DataFileError} naming the byte where the file is cut short, has a word that is not UTF-8, or goes on after its last vector
 */
export async function readWord2vec({ path, isWanted, limits }: VectorReading): Promise<VectorStream> {
  const cursor = new ByteCursor(path, limits);
  const head = await cursor.takeUntil(LINE_FEED, 64, "the line of counts").catch(async (error: unknown) => {
    await cursor.close();
    throw error;
  });
  const [, words, dimension] = /^(\d{1,12}) (\d{1,6})\s*$/.exec(head?.toString("latin1") ?? "") ?? [];
  if (words === undefined || Number(dimension) < 1 || Number(dimension) > MAX_DIMENSION) {
    await cursor.close();
    throw new DataFileError(path, 1, "expected how many words and numbers there are, such as 3000000 300");
  }
  const counts = { words: Number(words), dimension: Number(dimension) };
  return {
    dimension: counts.dimension,
    vectors: vectorsOf(cursor, path, counts, isWanted),
    close: () => cursor.close(),
  };
}

async function* vectorsOf(
  cursor: ByteCursor,
  path: string,
  counts: { readonly words: number; readonly dimension: number },
  isWanted: (word: string) => boolean,
): AsyncGenerator<FoundVector, void, undefined> {
  const vectorBytes = 4 * counts.dimension;
  for (let index = 0; index < counts.words; index++) {
    const what = `word ${index + 1} of ${counts.words}`;
    const offset = cursor.offset;
    const bytes = await cursor.takeUntil(SPACE, MAX_WORD_BYTES, what);
    if (bytes === undefined) await cursor.need(1, what);
    // word2vec ends each vector with a line feed, others do not.
    const begin = bytes!.findIndex((byte) => byte !== LINE_FEED);
    const word = decodeWord(path, bytes!.subarray(Math.max(0, begin)), offset);
    await cursor.need(vectorBytes, `the vector of ${JSON.stringify(word)}, ${what}`);
    const numbers = cursor.take(vectorBytes);
    if (!isWanted(word)) continue;
    const vector = new Float32Array(counts.dimension);
    addFloats(vector, numbers);
    requireFinite(path, undefined, vector, `at byte ${offset}: ${JSON.stringify(word)}`);
    yield { word, vector, by: "word" };
  }
  const rest = (await cursor.has(2)) || ((await cursor.has(1)) && cursor.take(1)[0] !== LINE_FEED);
  if (rest) {
    const message = `goes on after its ${counts.words} words, at byte ${cursor.offset}; the first line has a wrong count`;
    throw new DataFileError(path, undefined, message);
  }
}

/**
 * A whole fastText model (`.bin`, Bojanowski et al. 2017, arXiv:1607.04606): its words, and a matrix with a row for each word and for each
 * bucket of character n-grams. A word's vector is the mean of its row and those of its n-grams, so that unknown words have one, too.
 * The layout is that of fastText 0.9.2 (`FastText::saveModel`, `Dictionary::save`, `DenseMatrix::save`), file version 12.
 */
import { DataFileError } from "../../errors.ts";
import { type NgramOptions, ngramBuckets } from "../../ngram-buckets.ts";
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

/** The first four bytes of the file. */
export const FASTTEXT_MAGIC = 793_712_314;
const VERSIONS = [11, 12];
/** fastText's end of a sentence, which has no n-grams. */
const END_OF_SENTENCE = "</s>";
const WORD_ENTRY = 0;
const MAX_ROWS = 2 ** 31;
const MAX_NGRAM_LENGTH = 100;

/** What the head of the file says of its vectors. */
interface Head extends NgramOptions {
  readonly dimension: number;
}

interface Dictionary {
  readonly words: number;
  /** Places of the words that are asked for. */
  readonly places: ReadonlyMap<string, number>;
}

/**
 * Reads the vectors of the words that are asked for, listed or made of their n-grams; of the matrix no more than a row is in memory.
 *
 * @throws {DataFileError} naming the byte where the file is cut short or damaged; or if it is quantized (`.ftz`), which is not read
 */
export async function readFasttext({ path, isWanted, words, limits }: VectorReading): Promise<VectorStream> {
  const cursor = new ByteCursor(path, limits);
  try {
    const head = await readHead(cursor, path);
    const dictionary = await readDictionary(cursor, path, isWanted);
    await checkMatrix(cursor, path, head, dictionary);
    return {
      dimension: head.dimension,
      vectors: vectorsOf(cursor, path, head, dictionary, words),
      close: () => cursor.close(),
    };
  } catch (error) {
    await cursor.close();
    throw error;
  }
}

async function readHead(cursor: ByteCursor, path: string): Promise<Head> {
  const what = "the head of a fastText model";
  await cursor.int32(what); // the magic number, by which the format was told
  const version = await cursor.int32(what);
  if (!VERSIONS.includes(version)) {
    throw new DataFileError(
      path,
      undefined,
      `is a fastText model of version ${version}; versions ${VERSIONS.join(" and ")} are read`,
    );
  }
  const fields: number[] = [];
  for (let index = 0; index < 12; index++) fields.push(await cursor.int32(what));
  await cursor.skip(8, what); // the sampling threshold
  const [dimension = 0, , , , , , , model, buckets = 0, minLength = 0, maxLength = 0] = fields;
  const isSupervised = model === 3;
  const most = version === 11 && isSupervised ? 0 : maxLength;
  if (
    dimension < 1 ||
    dimension > MAX_DIMENSION ||
    buckets < 0 ||
    minLength < 0 ||
    most < 0 ||
    most > MAX_NGRAM_LENGTH
  ) {
    throw damaged(path, `says dimension ${dimension}, ${buckets} buckets, n-grams of ${minLength} to ${maxLength}`);
  }
  return { dimension, buckets, minLength, maxLength: most };
}

async function readDictionary(
  cursor: ByteCursor,
  path: string,
  isWanted: (word: string) => boolean,
): Promise<Dictionary> {
  const what = "the words of a fastText model";
  const [size, words, labels] = [await cursor.int32(what), await cursor.int32(what), await cursor.int32(what)];
  await cursor.skip(8, what); // how many tokens it was trained on
  const pruned = await cursor.int64(what);
  if (size < 0 || words < 0 || labels < 0 || words + labels !== size) {
    throw damaged(path, `says ${words} words and ${labels} labels of ${size} entries`);
  }
  if (pruned > 0) throw new DataFileError(path, undefined, "is a pruned fastText model (.ftz); take its .bin or .vec");
  const places = new Map<string, number>();
  for (let place = 0; place < size; place++) {
    const offset = cursor.offset;
    const bytes = await cursor.takeUntil(0, MAX_WORD_BYTES, `entry ${place + 1} of ${size}`);
    if (bytes === undefined) await cursor.need(1, what);
    const word = decodeWord(path, bytes!, offset);
    await cursor.need(9, what);
    const kind = cursor.take(9)[8]!; // behind how often it was seen
    if (kind !== WORD_ENTRY) continue;
    if (place >= words) throw damaged(path, `has more words than the ${words} that it says, at byte ${offset}`);
    if (isWanted(word) && !places.has(word)) places.set(word, place);
  }
  return { words, places };
}

async function checkMatrix(cursor: ByteCursor, path: string, head: Head, { words }: Dictionary): Promise<void> {
  const what = "the matrix of a fastText model";
  await cursor.need(1, what);
  if (cursor.take(1)[0] !== 0) {
    throw new DataFileError(path, undefined, "is a quantized fastText model (.ftz); take its .bin or .vec");
  }
  const [rows, columns] = [await cursor.int64(what), await cursor.int64(what)];
  if (rows > MAX_ROWS || rows !== words + head.buckets || columns !== head.dimension) {
    throw damaged(
      path,
      `has a matrix of ${rows} by ${columns}, expected ${words + head.buckets} (words and buckets) by ${head.dimension}`,
    );
  }
}

async function* vectorsOf(
  cursor: ByteCursor,
  path: string,
  head: Head,
  { words: listed, places }: Dictionary,
  words: ReadonlySet<string> | undefined,
): AsyncGenerator<FoundVector, void, undefined> {
  const asked = [...(words ?? places.keys())];
  const rowsOf = asked.map((word) => {
    const place = places.get(word);
    const ngrams = word === END_OF_SENTENCE ? [] : ngramBuckets(word, head).map((bucket) => listed + bucket);
    return place === undefined ? ngrams : [place, ...ngrams];
  });
  const sums = new Map<number, Float32Array>(); // of words that have a row in the file, and not only in its head
  const rowBytes = 4 * head.dimension;
  let row = 0;
  for (const [next, index] of byRow(rowsOf)) {
    // The same row may count for several words: it is left where it is until the next one is needed.
    await cursor.skip((next - row) * rowBytes, "the matrix of a fastText model");
    row = next;
    await cursor.need(rowBytes, `row ${row + 1} of the matrix`);
    const sum = sums.get(index) ?? new Float32Array(head.dimension);
    addFloats(sum, cursor.peek(rowBytes));
    sums.set(index, sum);
  }
  // A file that is cut short further on is no whole one, whatever was read of it.
  await cursor.skip((listed + head.buckets - row) * rowBytes, "the matrix of a fastText model");
  for (const [index, word] of asked.entries()) {
    const vector = sums.get(index);
    if (vector === undefined) continue;
    for (let at = 0; at < vector.length; at++) vector[at] = vector[at]! / rowsOf[index]!.length;
    requireFinite(path, undefined, vector, JSON.stringify(word));
    yield { word, vector, by: places.has(word) ? "word" : "subwords" };
  }
}

/** All rows with the index of the word that needs them, in the order of the file. */
function* byRow(rowsOf: readonly (readonly number[])[]): Generator<readonly [row: number, index: number]> {
  const total = rowsOf.reduce((sum, { length }) => sum + length, 0);
  const keys = new Float64Array(total); // row * words + index: below 2^53
  let at = 0;
  for (const [index, rows] of rowsOf.entries()) for (const row of rows) keys[at++] = row * rowsOf.length + index;
  keys.sort();
  for (const key of keys) yield [Math.floor(key / rowsOf.length), key % rowsOf.length];
}

function damaged(path: string, fault: string): DataFileError {
  return new DataFileError(path, undefined, `${fault}; the file is damaged, or no fastText model`);
}

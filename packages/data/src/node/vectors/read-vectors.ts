/** Word vectors of a file: GloVe, word2vec or fastText, read as a stream, of which only what is asked for stays in memory. */
import { DataFileError } from "../../errors.ts";
import { type ReadLimits, readBytes } from "../readers/bytes.ts";
import { FASTTEXT_MAGIC, readFasttext } from "./fasttext-binary.ts";
import { readTextVectors } from "./text-vectors.ts";
import { VECTOR_FORMATS, type VectorFormat, type VectorReading, type VectorStream } from "./vectors.ts";
import { readWord2vec } from "./word2vec-binary.ts";

export interface ReadVectorsOptions {
  /** The words to look for. Default: all that the file lists. */
  readonly words?: Iterable<string> | undefined;
  /** Default `auto`: told by the first bytes of the file. */
  readonly format?: "auto" | VectorFormat | undefined;
  /** Numbers that each vector must have. Default: as many as the file has. */
  readonly dimension?: number | undefined;
  /** Whether a word that the file lacks takes the vector of its lower-case form. Default true. */
  readonly lowercase?: boolean | undefined;
  readonly limits?: ReadLimits | undefined;
}

/** How a word came by its vector. */
export type FoundBy = "word" | "lowercase" | "subwords";

/** What a file has for the words. */
export interface WordVectors {
  readonly format: VectorFormat;
  readonly dimension: number;
  /** By word, of `dimension` finite numbers; of a word that the file has twice, the first. */
  readonly vectors: ReadonlyMap<string, Float32Array>;
  /** How each of these words came by its vector. */
  readonly foundBy: ReadonlyMap<string, FoundBy>;
}

interface Found {
  readonly vector: Float32Array;
  readonly by: "word" | "subwords";
}

/** As much of a file as tells its format. */
const HEAD_BYTES = 4096;

/**
 * Reads vectors of words, `.gz` included.
 *
 * A word takes the vector that the file lists for it; else the one of its lower-case form; else, from a fastText model, the mean of its
 * character n-grams.
 *
 * @throws {DataFileError} naming line or byte of what is wrong with the file: cut short, numbers or counts that do not fit, not UTF-8
 * @throws {RangeError} if there is no such format
 */
export async function readVectors(path: string, options: ReadVectorsOptions = {}): Promise<WordVectors> {
  const { words, format: asked = "auto", dimension, lowercase = true, limits = {} } = options;
  if (asked !== "auto" && !VECTOR_FORMATS.includes(asked)) {
    throw new RangeError(
      `readVectors: expected a format among auto, ${VECTOR_FORMATS.join(", ")}, got ${String(asked)}`,
    );
  }
  const format = asked === "auto" ? await formatOfVectors(path, limits) : asked;
  const wanted = words === undefined ? undefined : [...new Set(words)];
  const known = wanted && new Set(lowercase ? wanted.flatMap((word) => [word, word.toLowerCase()]) : wanted);
  const isWanted = known === undefined ? () => true : (word: string) => known.has(word);
  const stream = await openStream(format, { path, isWanted, words: known, limits });
  const found = new Map<string, Found>();
  try {
    if (dimension !== undefined && stream.dimension !== dimension) {
      const message = `has vectors of ${stream.dimension} numbers, expected ${dimension}; an embedding that begins with them must have the size ${stream.dimension}`;
      throw new DataFileError(path, undefined, message);
    }
    for await (const { word, vector, by } of stream.vectors) if (!found.has(word)) found.set(word, { vector, by });
  } finally {
    await stream.close();
  }
  const vectors = new Map<string, Float32Array>();
  const foundBy = new Map<string, FoundBy>();
  for (const word of wanted ?? found.keys()) {
    const own = found.get(word);
    const lower = lowercase ? found.get(word.toLowerCase()) : undefined;
    const isLower = own?.by !== "word" && lower?.by === "word";
    const best = isLower ? lower : own;
    if (best === undefined) continue;
    vectors.set(word, best.vector);
    foundBy.set(word, isLower ? "lowercase" : best.by);
  }
  return { format, dimension: stream.dimension, vectors, foundBy };
}

function openStream(format: VectorFormat, reading: VectorReading): Promise<VectorStream> {
  switch (format) {
    case "text":
      return readTextVectors(reading);
    case "word2vec":
      return readWord2vec(reading);
    case "fasttext":
      return readFasttext(reading);
    default:
      return format satisfies never;
  }
}

/** fastText has a magic number; word2vec's binary form a line of counts, behind which stands what is no line of numbers. */
async function formatOfVectors(path: string, limits: ReadLimits): Promise<VectorFormat> {
  const head = await firstBytes(path, limits);
  if (head.length >= 4 && head.readInt32LE() === FASTTEXT_MAGIC) return "fasttext";
  const [first = "", second] = head.toString("latin1").split("\n");
  if (!/^\d+ \d+\s*$/.test(first) || second === undefined) return "text";
  // The first number of a line may be cut off where the piece ends; one that is whole tells.
  return /^\S.*? [+-]?[\d.]+(e[+-]?\d+)?([ \t\r]|$)/i.test(second) ? "text" : "word2vec";
}

async function firstBytes(path: string, limits: ReadLimits): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of readBytes(path, limits)) {
    parts.push(Buffer.from(chunk.subarray(0, HEAD_BYTES)));
    length += chunk.length;
    if (length >= HEAD_BYTES) break;
  }
  return Buffer.concat(parts).subarray(0, HEAD_BYTES);
}

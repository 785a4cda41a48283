/** Vectors as lines of text: `word 0.1 0.2 ...`, as GloVe, fastText's `.vec` and the text form of word2vec have them. */
import { DataFileError } from "../../errors.ts";
import { type Line, readLines } from "../readers/lines.ts";
import { type FoundVector, MAX_DIMENSION, requireFinite, type VectorReading, type VectorStream } from "./vectors.ts";

const SPACE = 32;
const TAB = 9;

/** What the first line of word2vec and fastText says. */
interface Counts {
  readonly words: number;
  readonly dimension: number;
}

/**
 * Reads the file as a stream. A word may hold blanks, as some of GloVe do: the numbers are counted from the end of the line.
 *
 * @throws {DataFileError} naming the line that is not UTF-8, has more or fewer numbers than the first, or a number that is none; or
 *   if there are other words than the first line says
 */
export async function readTextVectors(reading: VectorReading): Promise<VectorStream> {
  const { path, limits } = reading;
  const lines = readLines(path, limits);
  const first = (await lines.next()).value as Line;
  const counts = countsOf(first.text);
  const dimension = counts?.dimension ?? numbersAtEnd(first.text);
  if (dimension < 1 || dimension > MAX_DIMENSION) {
    await lines.return();
    throw new DataFileError(
      path,
      first.line,
      `expected a word and its numbers (GloVe), or how many words and numbers there are (word2vec, fastText), got ${JSON.stringify(first.text.slice(0, 60))}`,
    );
  }
  return {
    dimension,
    vectors: vectorsOf(lines, counts === undefined ? first : undefined, reading, dimension, counts),
    close: async () => void (await lines.return(undefined)),
  };
}

async function* vectorsOf(
  lines: AsyncGenerator<Line>,
  first: Line | undefined,
  { path, isWanted }: VectorReading,
  dimension: number,
  counts: Counts | undefined,
): AsyncGenerator<FoundVector, void, undefined> {
  let words = 0;
  const read = ({ text, line }: Line): FoundVector | undefined => {
    words += 1;
    if (counts !== undefined && words > counts.words) {
      throw new DataFileError(path, line, `the first line says ${counts.words} words, and here is one more`);
    }
    return readLine(path, text, line, dimension, isWanted);
  };
  const found = first && read(first);
  if (found !== undefined) yield found;
  for await (const line of lines) {
    const next = read(line);
    if (next !== undefined) yield next;
  }
  if (counts !== undefined && words < counts.words) {
    throw new DataFileError(
      path,
      undefined,
      `the first line says ${counts.words} words, but the file ends after ${words}; it is cut short: fetch it again`,
    );
  }
}

function readLine(
  path: string,
  text: string,
  line: number,
  dimension: number,
  isWanted: (word: string) => boolean,
): FoundVector | undefined {
  const end = endOf(text);
  const starts = numberStarts(text, end, dimension);
  if (starts === undefined) throw wrongCount(path, line, text, dimension);
  const word = text.slice(0, starts[0]! - 1);
  if (isBlankSeparated(word) && partsOf(word).slice(1).every(isNumber)) throw wrongCount(path, line, text, dimension);
  if (!isWanted(word)) return undefined;
  const vector = new Float32Array(dimension);
  for (let index = 0; index < dimension; index++) {
    const part = text.slice(starts[index], index + 1 < dimension ? starts[index + 1]! - 1 : end);
    if (!isNumber(part)) {
      throw new DataFileError(
        path,
        line,
        `expected number ${index + 1} of ${JSON.stringify(word)}, got ${JSON.stringify(part)}`,
      );
    }
    vector[index] = Number(part);
  }
  requireFinite(path, line, vector, JSON.stringify(word));
  return { word, vector, by: "word" };
}

/** Where each of the last `count` parts of the line begins; undefined unless a word stands before them. */
function numberStarts(text: string, end: number, count: number): Int32Array | undefined {
  const starts = new Int32Array(count);
  let left = count;
  for (let at = end - 1; at > 0 && left > 0; at--) {
    const code = text.charCodeAt(at);
    if (code === SPACE || code === TAB) starts[--left] = at + 1;
  }
  return left > 0 ? undefined : starts;
}

/** The end of a line without the blanks that some writers leave there. */
function endOf(text: string): number {
  let end = text.length;
  while (end > 0 && (text.charCodeAt(end - 1) === SPACE || text.charCodeAt(end - 1) === TAB)) end--;
  return end;
}

function countsOf(text: string): Counts | undefined {
  const match = /^(\d{1,12}) (\d{1,6})\s*$/.exec(text);
  return match === null ? undefined : { words: Number(match[1]), dimension: Number(match[2]) };
}

/** How many parts at the end of a line are numbers; the first part is the word whatever it is. */
function numbersAtEnd(text: string): number {
  const parts = partsOf(text.slice(0, endOf(text)));
  const last = parts.findLastIndex((part) => !isNumber(part));
  return parts.length - 1 - Math.max(0, last);
}

function wrongCount(path: string, line: number, text: string, dimension: number): DataFileError {
  const got = numbersAtEnd(text);
  return new DataFileError(
    path,
    line,
    `expected a word and ${dimension} numbers, got ${got}; is the line cut short, or of another file?`,
  );
}

function isBlankSeparated(word: string): boolean {
  return word.includes(" ") || word.includes("\t");
}

function partsOf(text: string): string[] {
  return text.split(/[ \t]/);
}

function isNumber(part: string): boolean {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(part) || /^[+-]?(nan|inf(inity)?)$/i.test(part);
}

/** Splits a file into lines of valid UTF-8 as it streams by. */
import { isUtf8 } from "node:buffer";
import { DataFileError } from "../../errors.ts";
import { defaultReadLimits, type ReadLimits, readBytes } from "./bytes.ts";

/** One line of a file. */
export interface Line {
  /** The text without its line end; a byte-order mark at the start of the file is gone. */
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/**
 * The lines of a text file, `.gz` included. `\n` and `\r\n` end a line; the last one may lack its end.
 *
 * @throws {DataFileError} if the file is missing, empty, damaged, past a limit or not valid UTF-8 (with the line)
 */
export function readLines(path: string, limits: ReadLimits = {}): AsyncGenerator<Line, void, undefined> {
  return linesOf(readBytes(path, limits), path, limits);
}

/**
 * The lines in a stream of bytes, such as standard input, by the same rules; each line comes as soon as its end is there.
 *
 * @param name  what errors call the stream
 * @throws {DataFileError} if a line is past the limit or not valid UTF-8 (with the line)
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  limits: ReadLimits = {},
): AsyncGenerator<Line, void, undefined> {
  const maxLineBytes = limits.maxLineBytes ?? defaultReadLimits.maxLineBytes;
  let rest: Buffer[] = [];
  let restBytes = 0;
  let line = 1;
  for await (const bytes of chunks) {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      const part = chunk.subarray(start, end);
      yield { text: decodeLine(name, line, rest.length === 0 ? part : Buffer.concat([...rest, part])), line };
      rest = [];
      restBytes = 0;
      line += 1;
      start = end + 1;
    }
    if (start < chunk.length) rest.push(Buffer.from(chunk.subarray(start))); // the next chunk may take its place
    restBytes += chunk.length - start;
    if (restBytes > maxLineBytes) {
      throw new DataFileError(name, line, `the line is longer than ${maxLineBytes} bytes; is this a text file?`);
    }
  }
  if (restBytes > 0) yield { text: decodeLine(name, line, Buffer.concat(rest)), line };
}

function decodeLine(name: string, line: number, bytes: Buffer): string {
  if (!isUtf8(bytes)) {
    throw new DataFileError(name, line, "invalid UTF-8; save the file as UTF-8 (for example with iconv -t utf-8)");
  }
  const end = bytes.at(-1) === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length;
  const text = bytes.toString("utf8", 0, end);
  return line === 1 && text.startsWith("\uFEFF") ? text.slice(1) : text;
}

/** Splits files and standard input into lines of valid UTF-8 as they stream by: the one reader of lines that there is. */
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

/** What is wrong with a file whose lines end in CR alone. */
export const LINE_ENDS =
  "the lines end in carriage returns alone (CR, as on old Macs), and not in LF or CRLF; save the file with LF (for example with tr '\\r' '\\n')";

/**
 * The lines of a text file, `.gz` included. `\n` and `\r\n` end a line, and nothing else does: U+2028 and a `\r` inside a line are
 * text. The last line may lack its end.
 *
 * @throws {DataFileError} if the file is missing, empty, damaged, past a limit, not valid UTF-8 (with line and byte), or has `\r`
 *   alone where lines should end, and so not one `\n`
 */
export function readLines(path: string, limits: ReadLimits = {}): AsyncGenerator<Line, void, undefined> {
  return linesOf(readBytes(path, limits), path, limits);
}

/**
 * The lines in a stream of bytes, such as standard input, by the same rules; each line comes as soon as its end is there.
 *
 * @param name  what errors call the stream
 * @throws {DataFileError} as `readLines`
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
    if (restBytes > maxLineBytes) throw tooLong(name, line, rest, maxLineBytes);
  }
  if (restBytes === 0) return;
  const text = decodeLine(name, line, Buffer.concat(rest));
  if (line === 1 && text.includes("\r")) throw new DataFileError(name, line, LINE_ENDS);
  yield { text, line };
}

function tooLong(name: string, line: number, rest: readonly Buffer[], maxLineBytes: number): DataFileError {
  if (line === 1 && rest[0]?.includes(CARRIAGE_RETURN)) return new DataFileError(name, line, LINE_ENDS);
  return new DataFileError(name, line, `the line is longer than ${maxLineBytes} bytes; is this a text file?`);
}

function decodeLine(name: string, line: number, bytes: Buffer): string {
  if (!isUtf8(bytes)) throw notUtf8(name, line, bytes);
  const end = bytes.at(-1) === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length;
  const text = bytes.toString("utf8", 0, end);
  return line === 1 && text.startsWith("\uFEFF") ? text.slice(1) : text;
}

function notUtf8(name: string, line: number, bytes: Buffer): DataFileError {
  const at = firstInvalidByte(bytes);
  const byte = `0x${bytes[at]?.toString(16).padStart(2, "0")}`;
  const problem = `invalid UTF-8 at byte ${at + 1} of the line (${byte}); save the file as UTF-8 (for example with iconv -t utf-8)`;
  return new DataFileError(name, line, problem);
}

/** Where decoding first puts a replacement character that the bytes do not spell. */
function firstInvalidByte(bytes: Buffer): number {
  let at = 0;
  for (const character of bytes.toString("utf8")) {
    const length = Buffer.byteLength(character);
    if (character === "\uFFFD" && bytes.toString("hex", at, at + length) !== "efbfbd") return at;
    at += length;
  }
  return at;
}

/** Streams the bytes of a file, unpacking `.gz` on the way, within limits that stop a gzip bomb. */
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { DataFileError } from "../../errors.ts";

/** How much a reader accepts before it stops with an error. What is not packed is bounded by `maxLineBytes` alone. */
export interface ReadLimits {
  /** Bytes that a `.gz` file unpacks to. Default 4 GiB. */
  readonly maxBytes?: number | undefined;
  /** Unpacked bytes for each packed one, looked at beyond the first 16 MiB; ordinary text packs 2 to 20 to 1. Default 200. */
  readonly maxRatio?: number | undefined;
  /** Lines for each packed byte, looked at beyond the first 500,000; a line of ordinary text takes some bytes. Default 10. */
  readonly maxLinesPerByte?: number | undefined;
  /** Bytes of one line or one quoted record. Default 64 MiB. */
  readonly maxLineBytes?: number | undefined;
}

const MIB = 1024 * 1024;
const RATIO_FREE_BYTES = 16 * MIB;
const RATIO_FREE_LINES = 500_000;
const CHUNK_BYTES = 256 * 1024;
const LINE_FEED = 10;

/** The limits where the caller gives none. */
export const defaultReadLimits = {
  maxBytes: 4096 * MIB,
  maxRatio: 200,
  maxLinesPerByte: 10,
  maxLineBytes: 64 * MIB,
} as const;

/**
 * The bytes of a file in chunks. Each chunk is good until the next one is asked for: a plain file is read into one and the same
 * piece of memory, so that reading leaves nothing for the garbage collector however long the file is.
 *
 * @throws {DataFileError} if the file is missing, empty, unreadable, damaged or past a limit
 */
export async function* readBytes(path: string, limits: ReadLimits = {}): AsyncGenerator<Buffer, void, undefined> {
  await checkIsFile(path);
  const packed = path.endsWith(".gz");
  let isEmpty = true;
  try {
    if (packed) await probe(path, limits);
    for await (const chunk of packed ? unpack(path, limits) : readPlain(path)) {
      isEmpty = false;
      yield chunk;
    }
  } catch (error) {
    throw error instanceof DataFileError ? error : readError(path, error);
  }
  if (isEmpty) throw new DataFileError(path, undefined, "the file is empty; put at least one row into it");
}

async function checkIsFile(path: string): Promise<void> {
  try {
    const info = await stat(path);
    if (!info.isFile()) throw new DataFileError(path, undefined, "expected a file, found a folder or a device");
  } catch (error) {
    throw error instanceof DataFileError ? error : readError(path, error);
  }
}

async function* readPlain(path: string): AsyncGenerator<Buffer, void, undefined> {
  const file = await open(path);
  try {
    const memory = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(memory, 0, memory.length);
      if (bytesRead === 0) return;
      yield memory.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** Unpacks the beginning for its limits alone, so that most bombs are refused before anybody works on what comes out. */
async function probe(path: string, limits: ReadLimits): Promise<void> {
  let bytes = 0;
  for await (const chunk of unpack(path, limits)) {
    bytes += chunk.length;
    if (bytes > RATIO_FREE_BYTES) return;
  }
}

/** Unpacks as long as what comes out stands in proportion to what went in, which a bomb of any size soon does not. */
async function* unpack(path: string, limits: ReadLimits): AsyncGenerator<Buffer, void, undefined> {
  const { maxBytes, maxRatio, maxLinesPerByte } = { ...defaultReadLimits, ...definedOf(limits) };
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  pipeline(file, gunzip, () => {}); // an error of either side destroys gunzip, whose reader gets it
  let bytes = 0;
  let lines = 0;
  for await (const chunk of gunzip as AsyncIterable<Buffer>) {
    const packedBytes = gunzip.bytesWritten;
    bytes += chunk.length;
    lines += linesIn(chunk);
    const mostBytes = Math.min(maxBytes, Math.max(RATIO_FREE_BYTES, packedBytes * maxRatio));
    if (bytes > mostBytes) throw tooLarge(path, `${mostBytes} bytes`, packedBytes);
    const mostLines = Math.max(RATIO_FREE_LINES, packedBytes * maxLinesPerByte);
    if (lines > mostLines) throw tooLarge(path, `${mostLines} lines`, packedBytes);
    yield chunk;
  }
}

function definedOf(limits: ReadLimits): Partial<Record<keyof ReadLimits, number>> {
  return Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined));
}

function linesIn(chunk: Buffer): number {
  let lines = 0;
  for (let at = 0; at < chunk.length; at++) if (chunk[at] === LINE_FEED) lines += 1;
  return lines;
}

function tooLarge(path: string, most: string, packedBytes: number): DataFileError {
  return new DataFileError(
    path,
    undefined,
    `unpacks to more than ${most} from ${packedBytes} bytes, which looks like a gzip bomb; if you trust the file, unpack it (gunzip) and name what comes out`,
  );
}

/** An operating-system or zlib error in words that name the file. */
export function readError(path: string, error: unknown): DataFileError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const problems: Readonly<Record<string, string>> = {
    ENOENT: "no such file",
    ENOTDIR: "no such file; a part of its path is not a folder",
    EACCES: "no permission to read the file",
    Z_DATA_ERROR: "the gzip data are damaged, or the file is not gzip; fetch it again or rename it",
    Z_BUF_ERROR: "the gzip file is truncated; fetch it again",
  };
  const reason = error instanceof Error ? error.message : String(error);
  return new DataFileError(path, undefined, problems[code] ?? `cannot be read: ${reason}`, { cause: error });
}

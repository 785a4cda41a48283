/** Streams the bytes of a file, unpacking `.gz` on the way, within limits that stop a gzip bomb. */
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { DataFileError } from "../../errors.ts";

/** How much a reader accepts before it stops with an error. */
export interface ReadLimits {
  /** Bytes of the unpacked file. Default 4 GiB. */
  readonly maxBytes?: number | undefined;
  /** Unpacked bytes for each packed one, looked at beyond the first 16 MiB; ordinary text packs 2 to 20 to 1. Default 200. */
  readonly maxRatio?: number | undefined;
  /** Bytes of one line or one quoted record. Default 64 MiB. */
  readonly maxLineBytes?: number | undefined;
}

const MIB = 1024 * 1024;
const RATIO_FREE_BYTES = 16 * MIB;
const CHUNK_BYTES = 256 * 1024;

/** The limits where the caller gives none. */
export const defaultReadLimits = { maxBytes: 4096 * MIB, maxRatio: 200, maxLineBytes: 64 * MIB } as const;

/**
 * The bytes of a file in chunks. Each chunk is good until the next one is asked for: a plain file is read into one and the same
 * piece of memory, so that reading leaves nothing for the garbage collector however long the file is.
 *
 * @throws {DataFileError} if the file is missing, empty, unreadable, damaged or past a limit
 */
export async function* readBytes(path: string, limits: ReadLimits = {}): AsyncGenerator<Buffer, void, undefined> {
  const packedBytes = await fileSize(path);
  const maxBytes = limits.maxBytes ?? defaultReadLimits.maxBytes;
  const packed = path.endsWith(".gz");
  const ratioBytes = packed
    ? Math.max(RATIO_FREE_BYTES, packedBytes * (limits.maxRatio ?? defaultReadLimits.maxRatio))
    : Number.POSITIVE_INFINITY;
  let bytes = 0;
  try {
    for await (const chunk of packed ? unpack(path) : readPlain(path)) {
      bytes += chunk.length;
      if (bytes > maxBytes || bytes > ratioBytes)
        throw tooLarge(path, bytes > maxBytes ? maxBytes : ratioBytes, packedBytes);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof DataFileError ? error : readError(path, error);
  }
  if (bytes === 0) throw new DataFileError(path, undefined, "the file is empty; put at least one row into it");
}

async function fileSize(path: string): Promise<number> {
  try {
    const info = await stat(path);
    if (!info.isFile()) throw new DataFileError(path, undefined, "expected a file, found a folder or a device");
    return info.size;
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

function unpack(path: string): AsyncIterable<Buffer> {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  pipeline(file, gunzip, () => {}); // an error of either side destroys gunzip, whose reader gets it
  return gunzip;
}

function tooLarge(path: string, limit: number, packedBytes: number): DataFileError {
  return new DataFileError(
    path,
    undefined,
    `unpacks to more than ${limit} bytes (the file itself has ${packedBytes}), which looks like a gzip bomb; unpack it yourself if you trust it, or raise the reader's limits`,
  );
}

/** An operating-system or zlib error in words that name the file. */
export function readError(path: string, error: unknown): DataFileError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const problems: Readonly<Record<string, string>> = {
    ENOENT: "no such file; check the path (paths in a config are relative to the config file)",
    ENOTDIR: "no such file; a part of its path is not a folder",
    EACCES: "no permission to read the file",
    Z_DATA_ERROR: "the gzip data are damaged, or the file is not gzip; fetch it again or rename it",
    Z_BUF_ERROR: "the gzip file is truncated; fetch it again",
  };
  const reason = error instanceof Error ? error.message : String(error);
  return new DataFileError(path, undefined, problems[code] ?? `cannot be read: ${reason}`, { cause: error });
}

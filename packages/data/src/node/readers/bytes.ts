/** Streams the bytes of a file, unpacking `.gz` on the way, within limits that stop a gzip bomb. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
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

/** The limits where the caller gives none. */
export const defaultReadLimits = { maxBytes: 4096 * MIB, maxRatio: 200, maxLineBytes: 64 * MIB } as const;

/**
 * The bytes of a file in chunks.
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
    for await (const chunk of openStream(path, packed) as AsyncIterable<Buffer>) {
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

function openStream(path: string, packed: boolean): NodeJS.ReadableStream {
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  if (!packed) return file;
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
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

/** Downloads one file: to a temporary name, checked, then renamed, so that a half file never looks whole. */
import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { writeAside } from "@cellstate/files";
import type { Upstream } from "../../config.ts";
import { ChecksumError, DownloadError } from "../../errors.ts";

/** How far a download is. */
export interface DownloadProgress {
  readonly url: string;
  readonly receivedBytes: number;
  /** Undefined where neither card nor server tell. */
  readonly totalBytes: number | undefined;
}

/** Settings of a download. */
export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

/** No dataset that this project is for is larger; a server that sends more is stopped. */
const MAX_BYTES = 8 * 1024 ** 3;

/**
 * Fetches `url` into `destination`.
 *
 * @param expected  what the card says of the file: its sha256 and its size, where known
 * @throws {DownloadError} on a failed connection, a status other than 200, a truncated or too long body, a full disk
 * @throws {ChecksumError} if the bytes are not those that the card names; nothing is kept
 */
export async function download(
  url: string,
  destination: string,
  expected: Pick<Upstream, "sha256" | "bytes">,
  options: DownloadOptions = {},
): Promise<void> {
  try {
    await writeAside(destination, (file) => receive(url, file, expected, options));
  } catch (error) {
    if (error instanceof DownloadError || error instanceof ChecksumError || options.signal?.aborted) throw error;
    throw new DownloadError(url, `cannot write ${destination}: ${reasonOf(error)}`, { cause: error });
  }
}

async function receive(
  url: string,
  file: FileHandle,
  expected: Pick<Upstream, "sha256" | "bytes">,
  options: DownloadOptions,
): Promise<void> {
  const { signal, onProgress } = options;
  const response = await fetch(url, {
    headers: { "accept-encoding": "identity" }, // the bytes as stored: the checksum is of the packed file
    ...(signal ? { signal } : {}),
  }).catch((error: unknown) => fail(url, error, signal));
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel();
    throw new DownloadError(url, `the server answered HTTP ${response.status} ${response.statusText}`.trimEnd());
  }
  const told = Number(response.headers.get("content-length")) || undefined;
  const totalBytes = expected.bytes ?? told;
  const hash = createHash("sha256");
  let receivedBytes = 0;
  const chunks = response.body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await chunks.next().catch((error: unknown) => fail(url, error, signal, receivedBytes));
      if (next.done) break;
      receivedBytes += next.value.length;
      if (receivedBytes > (expected.bytes ?? MAX_BYTES)) {
        throw new DownloadError(url, `the server sends more than the ${expected.bytes ?? MAX_BYTES} bytes expected`);
      }
      hash.update(next.value);
      await file.writeFile(next.value);
      onProgress?.({ url, receivedBytes, totalBytes });
    }
  } finally {
    await chunks.return?.().catch(() => {}); // hangs up where the body was not read to its end
  }
  if (expected.bytes !== undefined && receivedBytes < expected.bytes) {
    throw new DownloadError(url, `truncated after ${receivedBytes} of ${expected.bytes} bytes`);
  }
  const found = hash.digest("hex");
  if (expected.sha256 !== undefined && found !== expected.sha256) {
    throw new ChecksumError(url, expected.sha256, found, "the file there has changed or is damaged; nothing was kept");
  }
}

/** Ctrl-C goes through as it is; anything else becomes a `DownloadError`. */
function fail(url: string, error: unknown, signal: AbortSignal | undefined, receivedBytes?: number): never {
  if (signal?.aborted) throw error;
  const after = receivedBytes === undefined ? "" : `broke off after ${receivedBytes} bytes: `;
  throw new DownloadError(url, `${after}${reasonOf(error)}`, { cause: error });
}

/** `fetch` says only "fetch failed" and puts the reason into the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause.message : "";
  return cause === "" ? error.message : `${error.message} (${cause})`;
}

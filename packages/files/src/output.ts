/**
 * Files that a user names as output: symbolic links are followed, pipes and devices are written straight into, and a plain
 * file is whole or absent.
 */
import { lstatSync, readlinkSync, realpathSync, type Stats, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { writeAside } from "./atomic.ts";
import { guardDisk, guardDiskAsync } from "./disk.ts";

/** Takes the next piece of the output; settled when it may take more. */
export type OutputSink = (piece: string | Uint8Array) => Promise<void>;

/** How many links may lead to one another, as on Linux. */
const MAX_LINKS = 40;
/** Names of this process's own open files. */
const OPEN_FILE = /^\/(?:dev\/fd|proc\/self\/fd)\/(\d+)$/;
const STANDARD_FILES: Readonly<Record<string, number>> = { "/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2 };

/**
 * Writes what a user wants at `path`. A plain file takes its name once all of it is on the disk, and keeps the permissions of
 * the one that it replaces.
 *
 * @throws {DiskError} if the system refuses; a plain file that was there before is whole
 * @throws whatever `write` throws, as it is
 */
export async function writeOutput(path: string, write: (sink: OutputSink) => Promise<void>): Promise<void> {
  const descriptor = openFileOf(path);
  if (descriptor === 1 || descriptor === 2) return await writeTo(path, streamSink(descriptor), write);
  const { target, mode, isPlain } = guardDisk(path, () => locate(path));
  if (isPlain) {
    await guardOutside(path, write, (guarded) => writeAside(target, (file) => guarded(fileSink(file)), { mode }));
    return;
  }
  const file = await guardDiskAsync(path, () => open(target, "w"));
  try {
    await writeTo(path, fileSink(file), write);
  } finally {
    await file.close();
  }
}

/**
 * Checks, before long work begins, what of an output's path can be known without touching anything.
 *
 * @throws {DiskError} if it is a folder, a name that is too long, or a link that goes in a circle
 */
export function checkOutput(path: string): void {
  if (openFileOf(path) !== undefined) return;
  guardDisk(path, () => {
    if (locate(path).isFolder) throw Object.assign(new Error("a folder"), { code: "EISDIR" });
  });
}

interface Place {
  /** Where the bytes go, behind all links. */
  readonly target: string;
  readonly isPlain: boolean;
  readonly isFolder: boolean;
  /** Permissions of the file that is there. */
  readonly mode: number | undefined;
}

/** Where a path leads. A link may point to what is not there yet. */
function locate(path: string): Place {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return { target: missingTarget(path), isPlain: true, isFolder: false, mode: undefined };
  const isPlain = found.isFile();
  return {
    target: isPlain ? realpathSync(path) : path,
    isPlain,
    isFolder: found.isDirectory(),
    mode: isPlain ? permissionsOf(found) : undefined,
  };
}

/** Behind links that lead nowhere yet: the file that the last of them names. */
function missingTarget(path: string): string {
  let target = path;
  for (let links = 0; links < MAX_LINKS; links++) {
    if (!lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink()) return target;
    const folder = realpathSync(dirname(target));
    target = resolve(join(folder, basename(target)), "..", readlinkSync(target));
  }
  throw Object.assign(new Error(`${path}: too many links`), { code: "ELOOP" });
}

function permissionsOf({ mode }: Stats): number {
  return mode & 0o777;
}

function openFileOf(path: string): number | undefined {
  const digits = OPEN_FILE.exec(path)?.[1];
  return digits === undefined ? STANDARD_FILES[path] : Number(digits);
}

function fileSink(file: FileHandle): OutputSink {
  return (piece) => file.writeFile(piece);
}

/** Standard output and error may be sockets, which cannot be opened by name. */
function streamSink(descriptor: 1 | 2): OutputSink {
  const stream = descriptor === 1 ? process.stdout : process.stderr;
  return (piece) =>
    new Promise((done, fail) =>
      stream.write(piece, (error) => (error === null || error === undefined ? done() : fail(error))),
    );
}

async function writeTo(path: string, sink: OutputSink, write: (sink: OutputSink) => Promise<void>): Promise<void> {
  await write((piece) => guardDiskAsync(path, () => sink(piece)));
}

/** Guards everything but what `write` itself throws, which may be an error of another file. */
async function guardOutside(
  path: string,
  write: (sink: OutputSink) => Promise<void>,
  run: (guarded: (sink: OutputSink) => Promise<void>) => Promise<void>,
): Promise<void> {
  let inner: { readonly error: unknown } | undefined;
  await guardDiskAsync(path, () =>
    run(async (sink) => {
      try {
        await writeTo(path, sink, write);
      } catch (error) {
        inner = { error };
        throw error;
      }
    }),
  ).catch((error: unknown) => {
    throw inner === undefined ? error : inner.error;
  });
}

/** Files that are whole or absent: written aside, synced, renamed. */
import { randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { guardDisk } from "./disk.ts";
import { makeFolder } from "./make-folder.ts";

/** Bytes of a file's name on all common file systems. */
const MAX_NAME_BYTES = 255;
/** Bytes that the name of a file aside has besides those of its target. */
const ASIDE_BYTES = ".".length + ".0123456789abcdef.tmp".length;

/**
 * Writes a file so that a crash at any moment leaves the old file or the new one; makes its folder if need be.
 *
 * @throws {DiskError} if the disk is full, read only or out of quota; nothing new stays and the old file is whole
 */
export function writeFileAtomic(path: string, data: string | Uint8Array): void {
  const aside = asidePath(path);
  guardDisk(path, () => {
    makeFolder(dirname(path));
    const file = openSync(aside, "wx");
    const isDone = removeAtExit(aside);
    try {
      try {
        writeFileSync(file, data);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(aside, path);
    } catch (error) {
      discard(aside);
      throw error;
    } finally {
      isDone();
    }
    syncFolder(dirname(path));
  });
}

/** {@link writeFileAtomic} of a value as indented JSON with a newline at its end. */
export function writeJsonAtomic(path: string, value: unknown): void {
  writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
}

export interface WriteAsideOptions {
  /** Permissions of the new file, such as 0o644. Default: the system's for new files. */
  readonly mode?: number | undefined;
}

/**
 * {@link writeFileAtomic} for what is long or comes in parts: `write` fills the file, which takes its name once all is on
 * the disk. A process that ends before that, by `process.exit` or an error, takes what it wrote along.
 *
 * @throws whatever `write` or the system throws, as it is; nothing new stays and the old file is whole
 */
export async function writeAside(
  path: string,
  write: (file: FileHandle) => Promise<void>,
  { mode }: WriteAsideOptions = {},
): Promise<void> {
  const aside = asidePath(path);
  makeFolder(dirname(path));
  const file = await open(aside, "wx");
  const isDone = removeAtExit(aside);
  try {
    try {
      if (mode !== undefined) await file.chmod(mode);
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true }).catch(() => {}); // the first error is the one to tell
    throw error;
  } finally {
    isDone();
  }
  syncFolder(dirname(path));
}

/** A new name beside `path` that nobody can guess, and that {@link isLeftover} knows. */
export function asidePath(path: string): string {
  const name = beginningOf(basename(path), MAX_NAME_BYTES - ASIDE_BYTES);
  return join(dirname(path), `.${name}.${randomBytes(8).toString("hex")}.tmp`);
}

/** Whether a file of this name was written aside; earlier versions gave the process number in place of random digits. */
export function isLeftover(name: string): boolean {
  return /^\..+\.([0-9a-f]{16}|\d+)\.tmp$/.test(name);
}

/** Removes what killed processes wrote aside in these folders; nobody else may be writing there. */
export function removeLeftovers(folders: readonly string[]): void {
  for (const folder of folders.filter((one) => existsSync(one))) {
    for (const name of readdirSync(folder).filter(isLeftover)) {
      rmSync(join(folder, name), { recursive: true, force: true });
    }
  }
}

/** Makes the names in a folder durable. */
export function syncFolder(folder: string): void {
  // Windows cannot open a folder; its file system makes renames durable by itself.
  if (process.platform === "win32") return;
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Files aside of writes under way in this process. */
const pending = new Set<string>();

/** Removes a file aside if the process ends before the returned function is called. */
function removeAtExit(aside: string): () => void {
  if (pending.size === 0) process.on("exit", discardPending);
  pending.add(aside);
  return () => {
    pending.delete(aside);
    if (pending.size === 0) process.off("exit", discardPending);
  };
}

function discardPending(): void {
  for (const aside of pending) discard(aside);
}

/** As much of a name as has so many bytes in UTF-8, cut between characters. */
function beginningOf(name: string, bytes: number): string {
  if (Buffer.byteLength(name) <= bytes) return name;
  let cut = "";
  let used = 0;
  for (const character of name) {
    used += Buffer.byteLength(character);
    if (used > bytes) break;
    cut += character;
  }
  return cut;
}

function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The error that led here is the one to tell.
  }
}

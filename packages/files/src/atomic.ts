/** Files that are whole or absent: written aside, synced, renamed. */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { guardDisk } from "./disk.ts";

/**
 * Writes a file so that a crash at any moment leaves the old file or the new one; makes its folder if need be.
 *
 * @throws {DiskError} if the disk is full, read only or out of quota; nothing new stays and the old file is whole
 */
export function writeFileAtomic(path: string, data: string | Uint8Array): void {
  const aside = asidePath(path);
  guardDisk(path, () => {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(aside, "wx");
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
    }
    syncFolder(dirname(path));
  });
}

/** {@link writeFileAtomic} of a value as indented JSON with a newline at its end. */
export function writeJsonAtomic(path: string, value: unknown): void {
  writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
}

/**
 * {@link writeFileAtomic} for what is long or comes in parts: `write` fills the file, which takes its name once all is on
 * the disk.
 *
 * @throws whatever `write` or the system throws, as it is; nothing new stays and the old file is whole
 */
export async function writeAside(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const aside = asidePath(path);
  await mkdir(dirname(path), { recursive: true });
  const file = await open(aside, "wx");
  try {
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true }).catch(() => {}); // the first error is the one to tell
    throw error;
  }
  syncFolder(dirname(path));
}

/** A new name beside `path` that nobody can guess, and that {@link isLeftover} knows. */
export function asidePath(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(8).toString("hex")}.tmp`);
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

function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The error that led here is the one to tell.
  }
}

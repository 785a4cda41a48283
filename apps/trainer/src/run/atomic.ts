/** Files that are whole or absent: written aside, synced, renamed. */
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
import { basename, dirname, join } from "node:path";
import { DiskError } from "../errors.ts";

/**
 * Writes a file so that a crash at any moment leaves the old file or the new one.
 *
 * @throws {DiskError} if the disk is full, read only or out of quota; the file aside is removed and the old one stays
 */
export function writeFileAtomic(path: string, data: string | Uint8Array): void {
  const aside = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  guardDisk(path, () => {
    try {
      mkdirSync(dirname(path), { recursive: true });
      const file = openSync(aside, "w");
      try {
        writeFileSync(file, data);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(aside, path);
      syncFolder(dirname(path));
    } catch (error) {
      rmSync(aside, { force: true });
      throw error;
    }
  });
}

/** Removes what killed processes wrote aside in these folders; nobody else may be writing there. */
export function removeLeftovers(folders: readonly string[]): void {
  for (const folder of folders.filter((one) => existsSync(one))) {
    for (const name of readdirSync(folder)) {
      if (/^\..+\.\d+\.tmp$/.test(name)) rmSync(join(folder, name), { recursive: true, force: true });
    }
  }
}

/** {@link writeFileAtomic} of a value as indented JSON with a newline at its end. */
export function writeJsonAtomic(path: string, value: unknown): void {
  writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
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

const diskFaults: Record<string, string> = {
  ENOSPC: "the disk is full; free some space and go on",
  EDQUOT: "the disk quota is used up; free some space and go on",
  EROFS: "the disk is read only; choose another folder",
  EACCES: "no permission to write here; choose another folder",
  EPERM: "no permission to write here; choose another folder",
  EFBIG: "the file system takes no file of this size",
  EIO: "the disk reports an input/output error",
};

/** Runs a write and turns what the disk refuses into a message that names the file and says what to do. */
export function guardDisk<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    const fault = diskFaults[code];
    if (fault === undefined) throw error;
    throw new DiskError(`cannot write ${path}: ${fault} (${code})`, { cause: error });
  }
}

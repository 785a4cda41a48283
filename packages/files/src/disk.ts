/** What a disk refuses, as a message that names the file and says what to do. */
import { DiskError } from "./errors.ts";

const faults: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full; free some space and go on",
  EDQUOT: "the disk quota is used up; free some space and go on",
  EROFS: "the disk is read only; choose another folder",
  EACCES: "no permission to write here; choose another folder",
  EPERM: "no permission to write here; choose another folder",
  EFBIG: "the file system takes no file of this size",
  EIO: "the disk reports an input/output error",
};

/**
 * Runs a write of `path`.
 *
 * @throws {DiskError} in place of the system's error if the disk refuses; any other error as it is
 */
export function guardDisk<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    const fault = faults[code];
    if (fault === undefined) throw error;
    throw new DiskError(`cannot write ${path}: ${fault} (${code})`, { cause: error });
  }
}

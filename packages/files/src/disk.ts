/** What a disk refuses, as a message that names the file and says what to do. */
import { DiskError } from "./errors.ts";
import { systemFaultOf } from "./system-fault.ts";

/**
 * Runs a write of `path`.
 *
 * @throws {DiskError} in place of the system's error if the disk refuses; any other error as it is
 */
export function guardDisk<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw asDiskError(path, error);
  }
}

/** {@link guardDisk} for a write that takes its time. */
export async function guardDiskAsync<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw asDiskError(path, error);
  }
}

function asDiskError(path: string, error: unknown): unknown {
  const fault = systemFaultOf(error);
  return fault === undefined ? error : new DiskError(path, fault, { cause: error });
}

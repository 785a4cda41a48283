/** What the operating system refuses, in plain words: one table for everything that reads or writes. */

/** A refusal of the system. */
export interface SystemFault {
  /** The system's name for it, such as `ENOSPC`. */
  readonly code: string;
  /** What is wrong and what to do, without the file's name. */
  readonly message: string;
  /** Whether the path itself is wrong, rather than the machine or the disk: another path would do. */
  readonly isWrongPath: boolean;
}

/** About the path that was named. */
const PATH_FAULTS: Readonly<Record<string, string>> = {
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "the disk is read only; choose another folder",
  ENOENT: "no such file or folder",
  ENOTDIR: "a part of the path is a file where a folder is needed",
  EISDIR: "is a folder, a file is needed",
  EEXIST: "exists already; choose another name",
  ENOTEMPTY: "the folder is not empty; choose another name",
  ELOOP: "the symbolic links go in a circle",
  ENAMETOOLONG: "the name is too long; choose a shorter one",
  EINVAL: "the system takes no such path",
  ENXIO: "cannot be opened like a file",
  ENODEV: "cannot be opened like a file",
  EXDEV: "lies on another disk",
  EMLINK: "has too many links",
};

/** About the disk, the machine, or whoever reads what is written. */
const MACHINE_FAULTS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full; free some space and try again",
  EDQUOT: "the disk quota is used up; free some space and try again",
  EFBIG: "the file system or a limit (ulimit -f) takes no file of this size",
  EIO: "the disk reports an input/output error",
  EBUSY: "is in use by another program; try again when it has ended",
  ETXTBSY: "is in use by another program; try again when it has ended",
  ESTALE: "the network disk has lost it; try again",
  ETIMEDOUT: "the disk or the network does not answer; try again",
  EMFILE: "too many open files; raise the limit (ulimit -n) and try again",
  ENFILE: "the machine has too many open files; close some programs and try again",
  ENOMEM: "the machine has no memory left; close some programs and try again",
  EAGAIN: "is busy; try again",
  EPIPE: "whoever reads it has stopped reading",
  ENOTCONN: "whoever reads it has stopped reading",
  ECONNRESET: "whoever reads it has stopped reading",
  EBADF: "is closed",
  ENOTSUP: "the file system cannot do this; choose another folder",
  ENOSYS: "the file system cannot do this; choose another folder",
  ERR_FS_FILE_TOO_LARGE: "is larger than 2 GiB, which cannot be read at once",
};

/** What the system refused; `undefined` if the error is not the system's. */
export function systemFaultOf(error: unknown): SystemFault | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (typeof code !== "string") return undefined;
  if (Object.hasOwn(PATH_FAULTS, code)) return { code, message: PATH_FAULTS[code]!, isWrongPath: true };
  if (Object.hasOwn(MACHINE_FAULTS, code)) return { code, message: MACHINE_FAULTS[code]!, isWrongPath: false };
  if (typeof syscall !== "string") return undefined;
  return { code, message: `the system refuses ${JSON.stringify(syscall)}`, isWrongPath: false };
}

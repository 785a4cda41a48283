/** The public names of this package. */

// files that are whole or absent
export {
  asidePath,
  isLeftover,
  removeLeftovers,
  syncFolder,
  writeAside,
  writeFileAtomic,
  writeJsonAtomic,
} from "./atomic.ts";
export { guardDisk, guardDiskAsync } from "./disk.ts";
// errors
export { ConfigError, type ConfigIssue, DiskError, FolderInUseError } from "./errors.ts";
export { hashFile, hashText, sha256 } from "./hash.ts";
// one process in a folder
export { type FolderLock, isFolderLocked, LOCK_NAME, lockFolder, removeForeignLock } from "./lock.ts";
export { makeFolder } from "./make-folder.ts";
// files that a user names as output
export { checkOutput, type OutputSink, writeOutput } from "./output.ts";
// plain data
export { isPlainMap, type PlainMap } from "./plain-map.ts";
// what the system refuses
export { type SystemFault, systemFaultOf } from "./system-fault.ts";

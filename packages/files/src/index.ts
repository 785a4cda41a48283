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
export { guardDisk } from "./disk.ts";
// errors
export { ConfigError, type ConfigIssue, DiskError, FolderInUseError } from "./errors.ts";
export { hashFile, hashText, sha256 } from "./hash.ts";
// one process in a folder
export { type FolderLock, isFolderLocked, lockFolder } from "./lock.ts";
// plain data
export { isPlainMap, type PlainMap } from "./plain-map.ts";

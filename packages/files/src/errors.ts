/** Every error that this package throws on purpose. */

/** The disk could not take a file; the message names the file and says what to do. */
export class DiskError extends Error {
  override readonly name = "DiskError";
}

/** Another living process works in the folder; the message says which. */
export class FolderInUseError extends Error {
  override readonly name = "FolderInUseError";
}

/** Every error class of this package; all extend `DataError`, which means: the data, the card or the data section is wrong. */

/** The base class: catch it to tell bad data from a bug. */
export class DataError extends Error {
  override readonly name: string = "DataError";
}

/** A data file that cannot be read or holds something wrong; the message opens with `file:line`. */
export class DataFileError extends DataError {
  override readonly name = "DataFileError";
  readonly file: string;
  /** Counted from 1; undefined where the complaint is about the whole file. */
  readonly line: number | undefined;

  constructor(file: string, line: number | undefined, problem: string, options?: ErrorOptions) {
    super(`${line === undefined ? file : `${file}:${line}`}: ${problem}`, options);
    this.file = file;
    this.line = line;
  }
}

/** A file whose SHA-256 is not the one that its card names. */
export class ChecksumError extends DataError {
  override readonly name = "ChecksumError";
  readonly file: string;
  readonly expected: string;
  readonly found: string;

  constructor(file: string, expected: string, found: string, advice: string) {
    super(`${file}: sha256 does not match its dataset card: expected ${expected}, found ${found}; ${advice}`);
    this.file = file;
    this.expected = expected;
    this.found = found;
  }
}

/** A download that failed: no connection, an HTTP status other than 200, or a body that broke off. */
export class DownloadError extends DataError {
  override readonly name = "DownloadError";
  readonly url: string;

  constructor(url: string, problem: string, options?: ErrorOptions) {
    super(
      `download of ${url} failed: ${problem}; try again, or put the file into a folder named by CELLSTATE_DATASETS`,
      options,
    );
    this.url = url;
  }
}

/** A dataset card that cannot be used; the message names file, line and key. */
export class DatasetCardError extends DataError {
  override readonly name = "DatasetCardError";
  readonly file: string;
  readonly line: number | undefined;
  /** Key path such as `splits.dev.fraction`; empty where the complaint is about the whole card. */
  readonly key: string;

  constructor(file: string, line: number | undefined, key: string, problem: string) {
    super(`${line === undefined ? file : `${file}:${line}`}: ${key === "" ? "" : `${key}: `}${problem}`);
    this.file = file;
    this.line = line;
    this.key = key;
  }
}

/** A dataset, or one of its files, that is neither bundled nor in the mirror nor in the cache, and cannot be downloaded. */
export class DatasetNotFoundError extends DataError {
  override readonly name = "DatasetNotFoundError";
}

/** A `data` section that does not fit the dataset: unknown columns, clashing keys. */
export class DataConfigError extends DataError {
  override readonly name = "DataConfigError";
  /** The key that is wrong, such as `data.labelColumn`. */
  readonly key: string;

  constructor(key: string, problem: string) {
    super(`${key}: ${problem}`);
    this.key = key;
  }
}

/** A file of encoded examples that this package wrote and that is missing or damaged; the message opens with the file. */
export class ShardError extends DataError {
  override readonly name = "ShardError";
  readonly file: string;

  constructor(file: string, options?: ErrorOptions) {
    super(`${file}: this part of the encoded training data is damaged; delete its folder and resume`, options);
    this.file = file;
  }
}

/** A saved batch position that cannot be restored. */
export class BatchStateError extends DataError {
  override readonly name = "BatchStateError";
}

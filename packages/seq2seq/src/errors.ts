/** Every error that this package throws on purpose. */

/** Ids, lengths or batches that do not fit together or the vocabulary. */
export class SequenceError extends Error {
  override readonly name = "SequenceError";
  constructor(owner: string, expected: string, got: string) {
    super(`${owner}: expected ${expected}, got ${got}`);
  }
}

/** A search was asked for with an option outside its range. */
export class SearchError extends Error {
  override readonly name = "SearchError";
  constructor(owner: string, option: string, expected: string, got: unknown) {
    super(`${owner}: expected ${option} to be ${expected}, got ${String(got)}`);
  }
}

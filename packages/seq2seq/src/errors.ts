/** What a search throws on purpose; ids that do not fit are a `SequenceError` of `@cellstate/lstm-core`. */

/** A search was asked for with an option outside its range. */
export class SearchError extends Error {
  override readonly name = "SearchError";
  constructor(owner: string, option: string, expected: string, got: unknown) {
    super(`${owner}: expected ${option} to be ${expected}, got ${String(got)}`);
  }
}

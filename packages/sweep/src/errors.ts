/** What a search throws on purpose. */

/** A space, an option or an answer does not fit the search. */
export class SweepError extends Error {
  override readonly name = "SweepError";
}

/** What encoding a text gives. */

/** A half-open range `[start, end)` of the original string in UTF-16 code units. */
export type Offsets = readonly [start: number, end: number];

/** The tokens of one text: three arrays of equal length. */
export interface Encoding {
  readonly ids: number[];
  /** The vocabulary's tokens; what it lacks appears as the unknown token, and its offsets tell what it was. */
  readonly tokens: string[];
  /** `text.slice(start, end)` is what the token came from; `[0, 0]` for tokens that a template added. */
  readonly offsets: Offsets[];
}

/** Rows of ids of one length, as Keras's `pad_sequences` makes them. */
import type { ImportedInputConfig } from "./config.ts";

/** A row of ids, and which of them are of the text. */
export interface FilledRow {
  readonly ids: readonly number[];
  /** The first id of the text. */
  readonly start: number;
  /** Ids of the text. */
  readonly count: number;
}

type Filling = Pick<ImportedInputConfig, "maxLength" | "padding" | "truncating" | "padId">;

/** One text's ids as a row. */
export function fillRow(ids: readonly number[], options: Filling): FilledRow {
  const filled = fillIds(ids, options);
  const count = Math.min(ids.length, filled.length);
  return { ids: filled, start: options.padding === "pre" ? filled.length - count : 0, count };
}

/** One text's ids, cut or filled to the length of the config; without one, as they are, but never none. */
function fillIds(ids: readonly number[], { maxLength, padding, truncating, padId }: Filling): readonly number[] {
  const length = maxLength ?? Math.max(1, ids.length);
  const kept =
    ids.length <= length ? ids : truncating === "pre" ? ids.slice(ids.length - length) : ids.slice(0, length);
  const filling = new Array<number>(length - kept.length).fill(padId);
  return padding === "pre" ? [...filling, ...kept] : [...kept, ...filling];
}

/** Rows of ids of one length, as Keras's `pad_sequences` makes them. */
import type { ImportedInputConfig } from "./config.ts";

/** One text's ids, cut or filled to the length of the config; without one, as they are, but never none. */
export function fillIds(
  ids: readonly number[],
  { maxLength, padding, truncating, padId }: ImportedInputConfig,
): readonly number[] {
  const length = maxLength ?? Math.max(1, ids.length);
  const kept =
    ids.length <= length ? ids : truncating === "pre" ? ids.slice(ids.length - length) : ids.slice(0, length);
  const filling = new Array<number>(length - kept.length).fill(padId);
  return padding === "pre" ? [...filling, ...kept] : [...kept, ...filling];
}

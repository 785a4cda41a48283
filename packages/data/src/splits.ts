/** Deterministic parts of a list: held-out fractions and samples, fixed by a seed and kept in file order. */
import { permutation } from "./random.ts";

/** A list cut in two, both in the order of the original. */
export interface SplitResult<T> {
  readonly rest: readonly T[];
  readonly heldOut: readonly T[];
}

/**
 * Holds out a fraction of the items, at least one, and leaves at least one.
 *
 * @param fraction      share held out, 0 < fraction < 1, rounded to whole items
 * @param options.from  `end` takes the last items, `random` draws them by seed
 * @throws {RangeError} if there are fewer than two items
 */
export function holdOut<T>(
  items: readonly T[],
  fraction: number,
  options: { readonly from: "end" | "random"; readonly seed: number },
): SplitResult<T> {
  const size = items.length;
  if (size < 2) throw new RangeError(`holdOut: expected at least two items to split, got ${size}`);
  const count = Math.min(size - 1, Math.max(1, Math.round(size * fraction)));
  if (options.from === "end") return { rest: items.slice(0, size - count), heldOut: items.slice(size - count) };
  const chosen = new Set(permutation(size, options.seed, "split").subarray(0, count));
  return { rest: items.filter((_, i) => !chosen.has(i)), heldOut: items.filter((_, i) => chosen.has(i)) };
}

/** At most `max` of the items, drawn by seed; all of them where `max` is undefined or large enough. */
export function sample<T>(items: readonly T[], max: number | undefined, seed: number): readonly T[] {
  if (max === undefined || max >= items.length) return items;
  const chosen = permutation(items.length, seed, "sample").subarray(0, max).sort();
  return Array.from(chosen, (i) => items[i] as T);
}

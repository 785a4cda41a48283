/** Deterministic parts of a list: held-out fractions and samples, fixed by a seed and kept in file order. */
import { DrawStream, permutation } from "./random.ts";

/** How held-out items are chosen. */
export type Division =
  | { readonly by: "random"; readonly seed: number }
  /** The last ones, in the order that they stand in. */
  | { readonly by: "end" }
  /** The latest ones: `keys` holds the time of each item, as numbers, or as texts that sort by time. Equal times keep their order. */
  | { readonly by: "time"; readonly keys: readonly string[] }
  /** Whole groups, drawn by seed: as many as fit into the fraction, or else the smallest one. `keys` holds the group of each item. */
  | { readonly by: "group"; readonly keys: readonly string[]; readonly seed: number };

/**
 * Holds fractions of `count` items out, at least one item each, and leaves at least one.
 *
 * @param fractions  share of each held-out part, all above 0 and together below 1, rounded to whole items. By `end` and by
 *   `time` the last part gets the last items
 * @returns `[count]`: 0 for an item that stays, else the number of its part from 1
 * @throws {RangeError} if there are too few items, or too few groups, to give each part one
 */
export function divide(count: number, fractions: readonly number[], division: Division): Uint8Array {
  const least = fractions.length + 1;
  if (count < least) throw new RangeError(`divide: expected at least ${least} items to split, got ${count}`);
  const sizes = sizesOf(count, fractions);
  if (division.by === "group") return divideGroups(division, sizes);
  const order = orderOf(count, division);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const parts = new Uint8Array(count);
  let start = division.by === "random" ? 0 : count - total;
  for (const [part, size] of sizes.entries()) {
    for (const item of order.subarray(start, start + size)) parts[item] = part + 1;
    start += size;
  }
  return parts;
}

/** At most `max` of `count` places, drawn by seed, rising; `undefined` where that is all of them. */
export function samplePlaces(count: number, max: number | undefined, seed: number): Int32Array | undefined {
  if (max === undefined || max >= count) return undefined;
  return permutation(count, seed, "sample").subarray(0, max).sort();
}

function sizesOf(count: number, fractions: readonly number[]): number[] {
  let left = count;
  return fractions.map((fraction, part) => {
    const needed = fractions.length - part; // one for each later part, and one that stays
    const size = Math.min(left - needed, Math.max(1, Math.round(count * fraction)));
    left -= size;
    return size;
  });
}

function divideGroups({ keys, seed }: Extract<Division, { by: "group" }>, sizes: readonly number[]): Uint8Array {
  const members = new Map<string, number>();
  for (const key of keys) members.set(key, (members.get(key) ?? 0) + 1);
  const least = sizes.length + 1;
  if (members.size < least)
    throw new RangeError(`divide: expected at least ${least} groups to split, got ${members.size}`);
  const left = new Set(new DrawStream(seed, "split").shuffle([...members.keys()]));
  const sizeOf = (group: string) => members.get(group)!;
  const partOf = new Map<string, number>();
  for (const [part, size] of sizes.entries()) {
    const needed = sizes.length - part; // one for each later part, and one that stays
    let room = size;
    const take = (group: string) => {
      partOf.set(group, part + 1);
      left.delete(group);
      room -= sizeOf(group);
    };
    for (const group of left) if (sizeOf(group) <= room && left.size > needed) take(group);
    if (room === size) take([...left].reduce((least, group) => (sizeOf(group) < sizeOf(least) ? group : least)));
  }
  return Uint8Array.from(keys, (key) => partOf.get(key) ?? 0);
}

/** Items in the order in which parts are taken: shuffled, as they stand, or from the earliest to the latest. */
function orderOf(count: number, division: Exclude<Division, { by: "group" }>): Int32Array {
  if (division.by === "random") return permutation(count, division.seed, "split");
  const order = Int32Array.from({ length: count }, (_, item) => item);
  return division.by === "end" ? order : sortByTime(order, division.keys);
}

/** Sorts items in place, as numbers where all keys are. */
function sortByTime(order: Int32Array, keys: readonly string[]): Int32Array {
  const numbers = keys.map((key) => (key.trim() === "" ? Number.NaN : Number(key)));
  if (numbers.every(Number.isFinite)) return order.sort((a, b) => numbers[a]! - numbers[b]!);
  return order.sort((a, b) => (keys[a]! < keys[b]! ? -1 : keys[a]! > keys[b]! ? 1 : 0));
}

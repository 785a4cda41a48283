/** Deterministic parts of a list: held-out fractions and samples, fixed by a seed and kept in file order. */
import { DrawStream, permutation } from "./random.ts";

/** How held-out items are chosen. */
export type Division =
  /**
   * Drawn evenly by seed. With `keys`, the class of each item, each part holds every class in proportion: see `divide`.
   */
  | { readonly by: "random"; readonly seed: number; readonly keys?: ArrayLike<string | number> | undefined }
  /**
   * The last ones, in the order that they stand in. With `sizes`, such as characters of lines, fractions are shares of their sum, and a part
   * begins with the first item that lies in it as a whole.
   */
  | { readonly by: "end"; readonly sizes?: ArrayLike<number> | undefined }
  /** The latest ones: `keys` holds the time of each item, as numbers, or as texts that sort by time. Equal times keep their order. */
  | { readonly by: "time"; readonly keys: readonly string[] }
  /** Whole groups, drawn by seed: as many as fit into the fraction, or else the smallest one. `keys` holds the group of each item. */
  | { readonly by: "group"; readonly keys: readonly string[]; readonly seed: number };

/**
 * Holds fractions of `count` items out, at least one item each, and leaves at least one.
 *
 * With classes, a part of `size` items has `size * classSize / count` of each class, rounded down; what is still missing goes to the
 * classes with the largest remainders, of equal ones to the class that the draw meets first. One item of each class stays as long as
 * there are others to hold out. The items of a class are taken in the order of the same draw that decides without classes.
 *
 * @param fractions  share of each held-out part, all above 0 and together below 1, rounded to whole items. By `end` and by
 *   `time` the last part gets the last items
 * @returns `[count]`: 0 for an item that stays, else the number of its part from 1
 * @throws {RangeError} if there are too few items, or too few groups, to give each part one
 */
export function divide(count: number, fractions: readonly number[], division: Division): Uint8Array {
  const least = fractions.length + 1;
  if (count < least) throw new RangeError(`divide: expected at least ${least} items to split, got ${count}`);
  const sizes =
    division.by === "end" && division.sizes !== undefined
      ? sizesAtEnd(division.sizes, fractions)
      : sizesOf(count, fractions);
  if (division.by === "group") return divideGroups(division, sizes);
  if (division.by === "random" && division.keys !== undefined)
    return divideClasses(division.keys, division.seed, sizes);
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

/**
 * The fold of each item, from 1 to `folds`: parts of equal size as {@link divide} makes them, so each with every class in proportion, or
 * with whole groups.
 *
 * @param folds  an integer from 2 to 255
 * @returns `[count]`
 * @throws {RangeError} if there are fewer items, or groups, than folds
 */
export function divideIntoFolds(
  count: number,
  folds: number,
  division: Extract<Division, { by: "random" | "group" }>,
): Uint8Array {
  if (!Number.isInteger(folds) || folds < 2 || folds > 255) {
    throw new RangeError(`divideIntoFolds: expected folds to be an integer from 2 to 255, got ${folds}`);
  }
  const parts = divide(count, new Array<number>(folds - 1).fill(1 / folds), division);
  // What no other part took is the last one.
  return parts.map((part) => (part === 0 ? folds : part));
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

/** Items of each part at the end, counted from there. */
function sizesAtEnd(items: ArrayLike<number>, fractions: readonly number[]): number[] {
  let total = 0;
  for (let item = 0; item < items.length; item++) total += items[item]!;
  const parts = new Array<number>(fractions.length).fill(0);
  let [left, taken, share] = [items.length, 0, 0];
  for (let part = fractions.length - 1; part >= 0; part--) {
    share += fractions[part]! * total;
    const isRoom = () => left > part + 1; // one for each earlier part, and one that stays
    while (isRoom() && (parts[part] === 0 || taken + items[left - 1]! <= share)) {
      taken += items[--left]!;
      parts[part]! += 1;
    }
  }
  return parts;
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

function divideClasses(keys: ArrayLike<string | number>, seed: number, sizes: readonly number[]): Uint8Array {
  const order = permutation(keys.length, seed, "split");
  const members = new Map<string | number, number>();
  for (const item of order) members.set(keys[item]!, (members.get(keys[item]!) ?? 0) + 1);
  const seats = shareOut(members, sizes);
  const parts = new Uint8Array(keys.length);
  for (const item of order) {
    const key = keys[item]!;
    const part = seats.findIndex((ofPart) => ofPart.get(key)! > 0);
    if (part === -1) continue;
    seats[part]!.set(key, seats[part]!.get(key)! - 1);
    parts[item] = part + 1;
  }
  return parts;
}

/** How many items of each class each part gets: the largest remainders, within what the class has left. */
function shareOut<Key>(members: ReadonlyMap<Key, number>, sizes: readonly number[]): Map<Key, number>[] {
  const count = [...members.values()].reduce((sum, size) => sum + size, 0);
  const left = new Map(members);
  return sizes.map((size) => {
    const seats = new Map<Key, number>();
    let missing = size;
    const give = (key: Key, more: number) => {
      seats.set(key, (seats.get(key) ?? 0) + more);
      left.set(key, left.get(key)! - more);
      missing -= more;
    };
    const quotaOf = (key: Key) => (size * members.get(key)!) / count;
    for (const key of members.keys()) give(key, Math.max(0, Math.min(Math.floor(quotaOf(key)), left.get(key)! - 1)));
    const remainderOf = (key: Key) => quotaOf(key) - seats.get(key)!;
    const byRemainder = [...members.keys()].sort((a, b) => remainderOf(b) - remainderOf(a));
    // Round by round, as long as one item of a class stays; where no class has two, the last ones go, too.
    for (const stays of [1, 0]) {
      for (let before = -1; missing > 0 && before !== missing; ) {
        before = missing;
        for (const key of byRemainder) if (missing > 0 && left.get(key)! > stays) give(key, 1);
      }
    }
    return seats;
  });
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

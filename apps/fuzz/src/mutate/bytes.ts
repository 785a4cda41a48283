/** Changes of bytes that know nothing of a format: flipped bits, cuts, copies, joins, and numbers that are limits. */
import type { Random } from "../random.ts";
import type { Mutator } from "../target.ts";

/** Inputs never grow beyond this, unless a target makes larger ones itself. */
export const MAX_INPUT_BYTES = 64 * 1024;

const EDGE_NUMBERS = [0n, 1n, 7n, 127n, 128n, 255n, 256n, 32767n, 65535n, 65536n, 0x7fffffffn, 0xffffffffn];
const LARGE_NUMBERS = [...EDGE_NUMBERS, 1n << 32n, (1n << 53n) - 1n, (1n << 63n) - 1n, (1n << 64n) - 1n];

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const all = Buffer.concat(parts);
  return new Uint8Array(all.buffer, all.byteOffset, Math.min(all.length, MAX_INPUT_BYTES));
}

/** A range of the input, short more often than long. */
function range(input: Uint8Array, random: Random): readonly [begin: number, end: number] {
  const begin = random.below(input.length + 1);
  const most = random.oneIn(4) ? Math.max(1, input.length) : 16;
  return [begin, Math.min(input.length, begin + random.few(most))];
}

const flipBits: Mutator = (input, random) => {
  const changed = Uint8Array.from(input);
  if (input.length === 0) return changed;
  for (let flips = random.few(8); flips > 0; flips--) changed[random.below(input.length)]! ^= 1 << random.below(8);
  return changed;
};

const setBytes: Mutator = (input, random) => {
  const changed = Uint8Array.from(input);
  if (input.length === 0) return changed;
  for (let count = random.few(4); count > 0; count--) changed[random.below(input.length)] = random.below(256);
  return changed;
};

/** As a field of a binary format may hold: 1 to 8 bytes, either order. */
const setNumber: Mutator = (input, random) => {
  const changed = Uint8Array.from(input);
  const width = random.pick([1, 2, 4, 8]);
  if (input.length < width) return changed;
  const number = Buffer.alloc(8);
  number.writeBigUInt64LE(random.pick(LARGE_NUMBERS));
  const bytes = number.subarray(0, width);
  changed.set(random.oneIn(2) ? bytes : bytes.reverse(), random.below(input.length - width + 1));
  return changed;
};

const insertBytes: Mutator = (input, random) => {
  const at = random.below(input.length + 1);
  const count = random.few(16);
  const byte = random.below(256);
  const same = random.oneIn(2);
  const inserted = Uint8Array.from({ length: count }, () => (same ? byte : random.below(256)));
  return concat(input.subarray(0, at), inserted, input.subarray(at));
};

const deleteRange: Mutator = (input, random) => {
  const [begin, end] = range(input, random);
  return concat(input.subarray(0, begin), input.subarray(end));
};

const repeatRange: Mutator = (input, random) => {
  const [begin, end] = range(input, random);
  const part = input.subarray(begin, end);
  const copies = random.times(random.few(random.oneIn(8) ? 200 : 4), () => part);
  return concat(input.subarray(0, end), ...copies, input.subarray(end));
};

const truncate: Mutator = (input, random) => input.slice(0, random.below(input.length + 1));

/** The beginning of one input and the end of another. */
const join: Mutator = (input, random, bases) => {
  const other = random.pick(bases);
  return concat(input.subarray(0, random.below(input.length + 1)), other.subarray(random.below(other.length + 1)));
};

const copyFromOther: Mutator = (input, random, bases) => {
  const other = random.pick(bases);
  const [begin, end] = range(other, random);
  const at = random.below(input.length + 1);
  return concat(input.subarray(0, at), other.subarray(begin, end), input.subarray(at));
};

export const byteMutators: readonly Mutator[] = [
  flipBits,
  setBytes,
  setNumber,
  insertBytes,
  deleteRange,
  repeatRange,
  truncate,
  join,
  copyFromOther,
];

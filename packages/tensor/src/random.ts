/**
 * Counter-based random numbers: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"),
 * addressed by seed, stream name and position. Asking twice gives the same number; no order of calls matters.
 */
import { cos, log } from "./scalar.ts";
import type { Session } from "./session.ts";

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;

/** High 32 bits of an unsigned 32 by 32 bit product, as an integer with a sign; no sum on the way has more than 32 bits. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16);
  const carry = Math.imul(aLow, bHigh) + (middle & 0xffff);
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (carry >>> 16)) | 0;
}

/** One block: four 32-bit words from a 128-bit counter and a 64-bit key, written to `out`. */
export function philox(
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  key: readonly [number, number],
  out: Uint32Array,
): void {
  let c0 = counter0 | 0;
  let c1 = counter1 | 0;
  let c2 = counter2 | 0;
  let c3 = counter3 | 0;
  let key0 = key[0] | 0;
  let key1 = key[1] | 0;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = high1 ^ c1 ^ key0;
    c1 = low1;
    c2 = high0 ^ c3 ^ key1;
    c3 = low0;
    key0 = (key0 + WEYL_0) | 0;
    key1 = (key1 + WEYL_1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** FNV-1a over UTF-16 code units: spreads stream names over key space. */
function hashName(name: string, basis: number): number {
  let hash = basis;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** A seed from which any number of independent named streams grow. */
export class Rng {
  readonly seed: number;

  /** @throws {RangeError} unless `seed` is an integer in `[0, 2^53)` */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new RangeError(`Rng: expected a seed that is an integer in [0, 2^53), got ${seed}`);
    }
    this.seed = seed;
  }

  /** The stream called `name`; equal names give equal numbers. */
  stream(name: string): RandomStream {
    return new RandomStream(this.seed, name);
  }
}

/** Numbers addressed by position within one named stream. */
export class RandomStream {
  readonly #seed: number;
  readonly name: string;
  /** Philox key of this stream. */
  readonly key: readonly [number, number];
  readonly #block = new Uint32Array(4);

  constructor(seed: number, name: string) {
    this.#seed = seed;
    this.name = name;
    philox(
      seed >>> 0,
      Math.floor(seed / 4294967296),
      name.length,
      0,
      [hashName(name, 0x811c9dc5), hashName(name, 0x9747b28c)],
      this.#block,
    );
    this.key = [this.#block[0]!, this.#block[1]!];
  }

  /** A stream of its own under this one. */
  fork(name: string): RandomStream {
    return new RandomStream(this.#seed, `${this.name}/${name}`);
  }

  /** The 32-bit word at an address of up to three 32-bit coordinates; `first` counts single words. */
  uint32At(first: number, second = 0, third = 0): number {
    const word = first % 4;
    philox((first - word) / 4, second, third, 0, this.key, this.#block);
    return this.#block[word]!;
  }

  /** A float64 in `[0, 1)` with 53 random bits. */
  uniformAt(position: number): number {
    this.#drawPair(Math.floor(position / 2));
    return this.#uniformOfPair(position % 2);
  }

  /** `count` numbers in `[low, high)`. The kernels of a session, if one is given, draw the same ones sooner. */
  uniform(count: number, low = 0, high = 1, session?: Session): Float64Array {
    const numbers = new Float64Array(count);
    const backend = session?.liveBackend;
    if (backend?.drawUniform) {
      backend.drawUniform(numbers, this.key, low, high);
      return numbers;
    }
    for (let i = 0; i < count; i++) {
      if (i % 2 === 0) this.#drawPair(i / 2);
      numbers[i] = low + (high - low) * this.#uniformOfPair(i % 2);
    }
    return numbers;
  }

  /** `count` numbers of mean 0 and variance 1 (Box & Muller 1958). The kernels of a session, if one is given, draw the same ones sooner. */
  normal(count: number, session?: Session): Float64Array {
    const numbers = new Float64Array(count);
    const backend = session?.liveBackend;
    if (backend?.drawNormal) {
      backend.drawNormal(numbers, this.key);
      return numbers;
    }
    for (let i = 0; i < count; i++) {
      this.#drawPair(i);
      const radius = Math.sqrt(-2 * log(1 - this.#uniformOfPair(0)));
      numbers[i] = radius * cos(2 * Math.PI * this.#uniformOfPair(1));
    }
    return numbers;
  }

  /** Draws the block that the uniform numbers at the positions `2 * pair` and `2 * pair + 1` come from. */
  #drawPair(pair: number): void {
    philox(pair >>> 0, Math.floor(pair / 4294967296), 0, 1, this.key, this.#block);
  }

  #uniformOfPair(index: number): number {
    const high = this.#block[2 * index]! >>> 5;
    const low = this.#block[2 * index + 1]! >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** A random order of `0 .. n - 1` (Fisher & Yates). */
  permutation(n: number): Int32Array {
    if (!Number.isSafeInteger(n) || n < 0) throw new RangeError(`permutation: expected an integer >= 0, got ${n}`);
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = Math.floor(this.uniformAt(i) * (i + 1));
      const swap = order[i]!;
      order[i] = order[j]!;
      order[j] = swap;
    }
    return order;
  }
}

/**
 * A small counter-based random generator for splits, shuffles and generated data.
 *
 * Draw number i of a stream is `mix(mix(i * golden + key0) ^ key1)`, where `mix` is the 32-bit finalizer of MurmurHash3
 * (Appleby, public domain) and the two key words hash the seed and the stream's name. All arithmetic is on 32-bit
 * integers, so every engine gives the same draws. It is not for model weights or dropout: those have Philox streams.
 */

const GOLDEN = 0x9e3779b9;
const TWO_32 = 0x1_0000_0000;

/** @internal The MurmurHash3 finalizer: a bijection of 32-bit words in which each input bit moves about half of the output bits. */
export function mix32(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A stream of 32-bit draws that seed, name and position address: equal arguments give equal draws. */
export class DrawStream {
  readonly #key0: number;
  readonly #key1: number;
  #position = 0;

  /**
   * @param seed  integer, 0 <= seed <= 2^53 - 1
   * @param name  what the draws are for, such as `split` or `shuffle/3`; other names give unrelated draws
   * @throws {RangeError} if the seed is not such an integer
   */
  constructor(seed: number, name: string) {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new RangeError(`DrawStream: expected a seed that is an integer from 0 to 2^53 - 1, got ${seed}`);
    }
    let key0 = mix32((seed >>> 0) ^ GOLDEN);
    let key1 = mix32(Math.floor(seed / TWO_32) ^ key0);
    for (let i = 0; i < name.length; i++) {
      key0 = mix32(key0 ^ (name.charCodeAt(i) + Math.imul(i + 1, GOLDEN)));
      key1 = mix32((key1 + key0) | 0);
    }
    this.#key0 = key0;
    this.#key1 = key1;
  }

  /** The next draw: an integer from 0 to 2^32 - 1, uniform. */
  next(): number {
    const position = this.#position++;
    return mix32(mix32((Math.imul(position, GOLDEN) + this.#key0) | 0) ^ this.#key1);
  }

  /**
   * The next integer from 0 to `bound - 1`, uniform without bias (draws past the last whole multiple are thrown away).
   *
   * @throws {RangeError} if `bound` is not an integer from 1 to 2^32
   */
  below(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > TWO_32) {
      throw new RangeError(`DrawStream.below: expected an integer bound from 1 to 2^32, got ${bound}`);
    }
    const limit = TWO_32 - (TWO_32 % bound);
    let draw = this.next();
    while (draw >= limit) draw = this.next();
    return draw % bound;
  }

  /** One of `items`, uniform; `items` must not be empty. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  /** Shuffles in place (Fisher-Yates from the end) and returns the same array. */
  shuffle<T extends unknown[] | Int32Array>(items: T): T {
    const list: { [index: number]: unknown } = items;
    for (let last = items.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      const held = list[last];
      list[last] = list[other];
      list[other] = held;
    }
    return items;
  }
}

/** The numbers 0 to `count - 1` in an order that seed and stream name decide. */
export function permutation(count: number, seed: number, name: string): Int32Array {
  return new DrawStream(seed, name).shuffle(Int32Array.from({ length: count }, (_, i) => i));
}

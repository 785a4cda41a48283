/** Memory of the kernels: size classes with free lists, so that a long run reuses what its first steps took. */
import { BackendError } from "../../errors.ts";

const PAGE = 65536;
const ALIGNMENT = 64;
/** Kernels may read and write to the end of the last group of 16 elements. */
const PADDING = 64;
const GROWTH = 16 * 1024 * 1024;

/** Bytes that a request takes: four classes for each power of two. */
export function classBytes(bytes: number): number {
  const padded = Math.ceil((bytes + PADDING) / ALIGNMENT) * ALIGNMENT;
  const power = 2 ** (31 - Math.clz32(padded));
  const step = Math.max(power / 4, ALIGNMENT);
  return Math.ceil(padded / step) * step;
}

export class Heap {
  readonly #memory: WebAssembly.Memory;
  readonly #free = new Map<number, number[]>();
  #top: number;
  #used = 0;
  #peak = 0;
  #bytes: Uint8Array;
  #floats: Float32Array;
  #ints: Int32Array;

  constructor(memory: WebAssembly.Memory, base: number) {
    this.#memory = memory;
    this.#top = Math.ceil(base / ALIGNMENT) * ALIGNMENT;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#floats = new Float32Array(memory.buffer);
    this.#ints = new Int32Array(memory.buffer);
  }

  /** All memory as bytes; asked for anew after each allocation, since growing replaces it. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get floats(): Float32Array {
    return this.#floats;
  }

  get ints(): Int32Array {
    return this.#ints;
  }

  get peakBytes(): number {
    return this.#peak;
  }

  /** Address of a block of at least `bytes`, aligned to 64. @throws {BackendError} when memory runs out */
  allocate(bytes: number): number {
    const size = classBytes(bytes);
    this.#used += size;
    this.#peak = Math.max(this.#peak, this.#used);
    const reused = this.#free.get(size)?.pop();
    if (reused !== undefined) return reused;
    const address = this.#top;
    this.#top += size;
    if (this.#top > this.#bytes.length) this.#grow(size);
    return address;
  }

  /** Takes back a block that was allocated with the same `bytes`. */
  free(address: number, bytes: number): void {
    const size = classBytes(bytes);
    this.#used -= size;
    const list = this.#free.get(size);
    if (list) list.push(address);
    else this.#free.set(size, [address]);
  }

  #grow(wanted: number): void {
    const missing = Math.max(this.#top - this.#bytes.length, GROWTH);
    try {
      this.#memory.grow(Math.ceil(missing / PAGE));
    } catch {
      this.#top -= wanted;
      this.#used -= wanted;
      const megabytes = (n: number) => `${Math.ceil(n / 1048576)} MiB`;
      throw new BackendError(
        `out of memory: wanted ${megabytes(wanted)} more than the ${megabytes(this.#used)} in use; use a smaller batch or model`,
      );
    }
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#floats = new Float32Array(this.#memory.buffer);
    this.#ints = new Int32Array(this.#memory.buffer);
  }
}

/**
 * Memory of the kernels. Freed blocks wait in a list of their size, so that equal steps take the same blocks again; where that
 * has none, free neighbours are merged and cut anew, so that ragged steps share one stretch of memory too.
 */
import { BackendError, MEMORY_ADVICE } from "../../errors.ts";

const PAGE = 65536;
const ALIGNMENT = 64;
/** Kernels may read and write to the end of the last group of 16 elements, and read a vector that begins before it. */
const PADDING = 64;
const GROWTH = 16 * 1024 * 1024;
/** C numbers the bytes of one block with 32 bits and a sign. */
const MAX_BLOCK = 2 ** 31;
/** What 32-bit addresses reach. */
const MAX_MEMORY = 2 ** 32;

/** @internal Bytes that a request below 4 GiB takes: eight sizes for each power of two. */
export function classBytes(bytes: number): number {
  const padded = Math.ceil((bytes + PADDING) / ALIGNMENT) * ALIGNMENT;
  const power = 2 ** (31 - Math.clz32(padded));
  const step = Math.max(power / 8, ALIGNMENT);
  return Math.ceil(padded / step) * step;
}

/** What a build that checks each access to memory is told: only what was allocated may be touched. */
export interface MemoryGuard {
  forbid(address: number, bytes: number): void;
  permit(address: number, bytes: number): void;
}

/** Free memory, `[start, end)`. */
interface Gap {
  start: number;
  end: number;
}

export class Heap {
  readonly #memory: WebAssembly.Memory;
  readonly #guard: MemoryGuard | undefined;
  /** Addresses of freed blocks by size. */
  #free = new Map<number, number[]>();
  /** Gaps between blocks, of any size: freed neighbours that were merged. */
  #gaps: Gap[] = [];
  /** All memory from here on is free. */
  #top: number;
  #used = 0;
  #peak = 0;
  #bytes: Uint8Array;
  #floats: Float32Array;
  #ints: Int32Array;

  constructor(memory: WebAssembly.Memory, base: number, guard?: MemoryGuard) {
    this.#memory = memory;
    this.#guard = guard;
    this.#top = Math.ceil(base / ALIGNMENT) * ALIGNMENT;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#floats = new Float32Array(memory.buffer);
    this.#ints = new Int32Array(memory.buffer);
    guard?.forbid(this.#top, Math.max(0, this.#bytes.length - this.#top));
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
    if (bytes > MAX_BLOCK) throw new BackendError(`wanted ${mebibytes(bytes)} in one tensor: the most is 2048 MiB`);
    const size = classBytes(bytes);
    const address = this.#free.get(size)?.pop() ?? this.#carve(size) ?? this.#makeRoom(size);
    this.#used += size;
    this.#peak = Math.max(this.#peak, this.#used);
    this.#guard?.permit(address, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    return address;
  }

  /** Takes back a block that was allocated with the same `bytes`. */
  free(address: number, bytes: number): void {
    const size = classBytes(bytes);
    this.#used -= size;
    this.#guard?.forbid(address, size);
    const list = this.#free.get(size);
    if (list) list.push(address);
    else this.#free.set(size, [address]);
  }

  /** The start of the smallest gap that is large enough. */
  #carve(size: number): number | undefined {
    let best: Gap | undefined;
    for (const gap of this.#gaps) {
      const room = gap.end - gap.start;
      if (room >= size && (best === undefined || room < best.end - best.start)) best = gap;
    }
    if (best === undefined) return undefined;
    const address = best.start;
    best.start += size;
    if (best.start === best.end) this.#gaps.splice(this.#gaps.indexOf(best), 1);
    return address;
  }

  /** Room behind the last block, if the memory reaches so far. */
  #append(size: number): number | undefined {
    const address = this.#top;
    if (address + size > this.#bytes.length) return undefined;
    this.#top += size;
    return address;
  }

  /** Merges what is free, and grows the memory only if that is not enough. */
  #makeRoom(size: number): number {
    this.#merge();
    const address = this.#carve(size) ?? this.#append(size);
    if (address !== undefined) return address;
    this.#grow(size);
    return this.#append(size)!;
  }

  /** Joins free blocks and gaps that touch, and gives those before the top back to it. */
  #merge(): void {
    const pieces = this.#gaps;
    for (const [size, addresses] of this.#free)
      for (const start of addresses) pieces.push({ start, end: start + size });
    this.#free = new Map();
    pieces.sort((a, b) => a.start - b.start);
    this.#gaps = [];
    for (const piece of pieces) {
      const last = this.#gaps.at(-1);
      if (last?.end === piece.start) last.end = piece.end;
      else this.#gaps.push(piece);
    }
    if (this.#gaps.at(-1)?.end === this.#top) this.#top = this.#gaps.pop()!.start;
  }

  #grow(wanted: number): void {
    const missing = Math.max(this.#top + wanted - this.#bytes.length, GROWTH);
    const limit = memoryLimit();
    try {
      if (this.#bytes.length + missing > limit) throw new RangeError("more than the machine has");
      this.#memory.grow(Math.ceil(missing / PAGE));
    } catch {
      throw new BackendError(
        `out of memory: wanted ${mebibytes(wanted)} more than the ${mebibytes(this.#used)} in use, of at most ` +
          `${mebibytes(Math.min(limit, MAX_MEMORY))}; ${MEMORY_ADVICE}`,
      );
    }
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#guard?.forbid(this.#top, this.#bytes.length - this.#top);
    this.#floats = new Float32Array(this.#memory.buffer);
    this.#ints = new Int32Array(this.#memory.buffer);
  }
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 1048576)} MiB`;
}

/** Bytes that this machine or container has; more would be granted, and the process killed as it touches them. */
function memoryLimit(): number {
  const node = globalThis.process; // absent in a browser
  const total = node?.getBuiltinModule?.("node:os")?.totalmem() ?? Infinity;
  return Math.min(total, node?.constrainedMemory?.() || Infinity);
}

/** Arguments of the C kernels: addresses of storages, scratch space, and the structs that gemm.c, attention.c and layer_norm.c read. */
import type {
  AttentionBackwardArgs,
  AttentionForwardArgs,
  LayerNormBackwardArgs,
  LayerNormForwardArgs,
  ProductSumArgs,
} from "../../backend.ts";
import { SessionError } from "../../errors.ts";
import type { Storage } from "../../storage.ts";
import type { Heap } from "./heap.ts";
import type { Kernels } from "./kernels.ts";
import type { PackCache } from "./pack-cache.ts";

export interface HeapStorage extends Storage {
  readonly heap: Heap;
  readonly address: number;
}

/** @throws {SessionError} if the storage lies in another heap, where its address means something else */
export function addressIn(heap: Heap, storage: Storage): number {
  const { heap: own, address } = storage as HeapStorage;
  if (own !== heap) throw new SessionError();
  return address;
}

/** Addresses of storages, 0 where there is none. */
export function addressesIn(heap: Heap): (storage: Storage | undefined) => number {
  return (storage) => (storage ? addressIn(heap, storage) : 0);
}

/** Blocks that live for one kernel call: arguments and work space. */
export class Scratch {
  readonly #heap: Heap;
  readonly #blocks: [address: number, bytes: number][] = [];

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  /** Room for `count` 4-byte elements. */
  room(count: number): number {
    const address = this.#heap.allocate(count * 4);
    this.#blocks.push([address, count * 4]);
    return address;
  }

  ints(values: ArrayLike<number>): number {
    const address = this.room(values.length);
    this.#heap.ints.set(values, address / 4);
    return address;
  }

  /** Optional storage, else zeros. */
  orZeros(storage: Storage | undefined, count: number): number {
    if (storage) return addressIn(this.#heap, storage);
    const address = this.room(count);
    this.#heap.floats.fill(0, address / 4, address / 4 + count);
    return address;
  }

  [Symbol.dispose](): void {
    for (const [address, bytes] of this.#blocks) this.#heap.free(address, bytes);
  }
}

/** Elements that a packed k x n matrix takes in gemm.c. */
export function packed(kernels: Kernels, k: number, n: number): number {
  return kernels.packed_elements(k, n);
}

/** What arguments are made with. */
export interface Tools {
  readonly kernels: Kernels;
  readonly heap: Heap;
  readonly packs: PackCache;
  readonly threads: number;
}

/** LEFT_ROWS of pack.h. */
const LEFT_ROWS = 48;

/** The fields of the C struct ProductSum, in order. */
export function productSumStruct(
  { kernels, heap, threads }: Tools,
  scratch: Scratch,
  { terms, out, m, n }: ProductSumArgs,
): number {
  const termEnds = new Int32Array(terms.length);
  let rows = 0;
  for (const [index, term] of terms.entries()) {
    rows += term.rows;
    termEnds[index] = rows;
  }
  /** The first address, and where the others lie behind (or before) it, in elements. */
  const places = (addresses: readonly number[]) => {
    const [first = 0] = addresses;
    return { first, at: scratch.ints(addresses.map((address) => (address - first) / 4)) };
  };
  const left = places(terms.map((term) => addressIn(heap, term.left)));
  const right = places(terms.map((term) => addressIn(heap, term.right)));
  const fields = [
    m,
    n,
    rows,
    terms.length,
    scratch.ints(termEnds),
    left.first,
    right.first,
    left.at,
    right.at,
    addressIn(heap, out),
    scratch.room(packed(kernels, rows, n)),
    scratch.room(threads * LEFT_ROWS * rows),
  ];
  const address = scratch.room(fields.length);
  heap.ints.set(fields, address / 4);
  return address;
}

/** The fields of the C struct Attention, in order. */
export function attentionStruct(
  heap: Heap,
  scratch: Scratch,
  args: AttentionForwardArgs | AttentionBackwardArgs,
): number {
  const { batch, time, querySize, valueSize, lengths } = args.shape;
  const backward = "contextGradient" in args ? args : undefined;
  const of = addressesIn(heap);
  const fields = [
    batch,
    time,
    querySize,
    valueSize,
    backward?.addToKeys ? 1 : 0,
    backward?.addToValues ? 1 : 0,
    scratch.ints(lengths),
    of(args.query),
    of(args.keys),
    of(args.values),
    of(args.energy),
    of(args.context),
    of(args.weights),
    of(args.tanhs),
    of(backward?.contextGradient),
    of(backward?.weightsGradient),
    of(backward?.queryGradient),
    of(backward?.keysGradient),
    of(backward?.valuesGradient),
    of(backward?.energyGradient),
    scratch.room(batch * time),
  ];
  const address = scratch.room(fields.length);
  heap.ints.set(fields, address / 4);
  return address;
}

/** The fields of the C struct LayerNorm, in order. */
export function layerNormStruct(
  heap: Heap,
  scratch: Scratch,
  args: LayerNormForwardArgs | LayerNormBackwardArgs,
): number {
  const forward = "out" in args ? args : undefined;
  const backward = "outputGradient" in args ? args : undefined;
  const of = addressesIn(heap);
  const fields = [
    args.rows,
    args.features,
    0, // epsilon
    of(args.x),
    of(args.gain),
    of(forward?.bias),
    of(forward?.out),
    of(args.means),
    of(args.inverseDeviations),
    of(backward?.outputGradient),
    of(backward?.inputGradient),
    of(backward?.gainGradient),
    of(backward?.biasGradient),
  ];
  const address = scratch.room(fields.length);
  heap.ints.set(fields, address / 4);
  heap.floats[address / 4 + 2] = forward?.epsilon ?? 0;
  return address;
}

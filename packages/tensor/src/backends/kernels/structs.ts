/** Arguments of the C kernels: addresses of storages, scratch space, and the structs that lstm.c and attention.c read. */
import type {
  AttentionBackwardArgs,
  AttentionForwardArgs,
  LstmBackwardArgs,
  LstmForwardArgs,
  ProductSumArgs,
  Storage,
} from "../../backend.ts";
import { BackendError } from "../../errors.ts";
import type { Heap } from "./heap.ts";
import type { Kernels } from "./kernels.ts";
import type { PackCache } from "./pack-cache.ts";

export interface HeapStorage extends Storage {
  readonly address: number;
}

export function addressOf(storage: Storage): number {
  if (!("address" in storage)) throw new BackendError("internal: a storage of another backend reached the kernels");
  return (storage as HeapStorage).address;
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
    if (storage) return addressOf(storage);
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

/** The fields of the C struct Lstm, in order; undefined ones belong to the other pass. */
export function lstmStruct(
  { kernels, heap, packs, threads }: Tools,
  scratch: Scratch,
  args: LstmForwardArgs | LstmBackwardArgs,
): number {
  const { batch, time, inputSize, hiddenSize, reverse, lengths } = args.shape;
  const gates = 4 * hiddenSize;
  const positionAt = new Int32Array(time + 1);
  const rows: number[] = [];
  for (let t = 0; t < time; t++) {
    for (let row = 0; row < batch; row++) if (t < lengths[row]!) rows.push(row);
    positionAt[t + 1] = rows.length;
  }
  const forward = "hiddenState" in args ? args : undefined;
  const backward = "outputGradient" in args ? args : undefined;
  const of = (storage: Storage | undefined) => (storage ? addressOf(storage) : 0);
  const weightRoom = (count: number) => (backward?.weightIhGradient ? scratch.room(count) : 0);
  const pack = (weight: Storage, columns: number) => {
    const [k, n] = backward ? [gates, columns] : [columns, gates];
    const count = packed(kernels, k, n);
    if (!args.keepWeights) return { address: scratch.room(count), isPacked: false };
    return packs.find(weight, backward ? "lstm backward" : "lstm forward", count);
  };
  const unused = { address: 0, isPacked: true };
  const packedIh = backward && !backward.inputGradient ? unused : pack(args.weightIh, inputSize);
  const packedHh = pack(args.weightHh, hiddenSize);
  const fields = [
    batch,
    time,
    inputSize,
    hiddenSize,
    reverse ? 1 : 0,
    rows.length,
    scratch.ints(lengths),
    scratch.ints(positionAt),
    scratch.ints(rows),
    packedIh.isPacked && packedHh.isPacked ? 1 : 0,
    of(args.input),
    of(args.weightIh),
    of(args.weightHh),
    of(args.biasIh),
    of(args.biasHh),
    scratch.orZeros(args.initialHidden, batch * hiddenSize),
    scratch.orZeros(args.initialCell, batch * hiddenSize),
    of(args.output),
    of(forward?.hiddenState),
    of(forward?.cellState),
    of(args.saved.gates),
    of(args.saved.cells),
    of(args.saved.tanhCells),
    of(backward?.outputGradient),
    of(backward?.hiddenGradient),
    of(backward?.cellGradient),
    of(backward?.inputGradient),
    of(backward?.weightIhGradient),
    of(backward?.weightHhGradient),
    of(backward?.biasGradient),
    of(backward?.initialHiddenGradient),
    of(backward?.initialCellGradient),
    of(backward?.gateGradient),
    scratch.room(packed(kernels, 1, gates)),
    packedIh.address,
    packedHh.address,
    weightRoom(packed(kernels, rows.length, inputSize)),
    weightRoom(packed(kernels, rows.length, hiddenSize)),
    weightRoom(4 * rows.length), // pointers, of up to eight bytes, to the rows of x and of the previous hidden state
    weightRoom(threads * kernels.left_elements(rows.length)),
  ];
  const address = scratch.room(fields.length);
  heap.ints.set(fields, address / 4);
  return address;
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
  const left = places(terms.map((term) => addressOf(term.left)));
  const right = places(terms.map((term) => addressOf(term.right)));
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
    addressOf(out),
    scratch.room(packed(kernels, rows, n)),
    scratch.room(threads * LEFT_ROWS * rows),
    scratch.room(2 * rows), // pointers of up to eight bytes
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
  const of = (storage: Storage | undefined) => (storage ? addressOf(storage) : 0);
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

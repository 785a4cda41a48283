/** Arguments of the C kernels: addresses of storages, scratch space, and the structs of gemm.c, attention.c and layer_norm.c. */
import type {
  AttentionBackwardArgs,
  AttentionForwardArgs,
  LayerNormBackwardArgs,
  LayerNormForwardArgs,
  LikeliestArgs,
  LinearCrossEntropyArgs,
  LinearCrossEntropyGradients,
  ProductSumArgs,
} from "../../backend.ts";
import { SessionError } from "../../errors.ts";
import type { Storage } from "../../storage.ts";
import type { Heap } from "./heap.ts";
import {
  Attention,
  type Kernels,
  LayerNorm,
  LEFT_ROWS,
  Likeliest,
  LinearCrossEntropy,
  LOSS_SUMS,
  ProductSum,
  RowOfX,
} from "./kernels.generated.ts";
import type { Pack, PackCache } from "./pack-cache.ts";
import type { StructLayout } from "./struct-layout.ts";

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

  /** The same as a storage. */
  storage(length: number): HeapStorage {
    return { dtype: "float32", length, heap: this.#heap, address: this.room(length) };
  }

  ints(values: ArrayLike<number>): number {
    const address = this.room(values.length);
    this.#heap.ints.set(values, address / 4);
    return address;
  }

  /** A struct with these fields. */
  struct<Fields>(layout: StructLayout<Fields>, fields: Fields): number {
    const address = this.room(layout.size);
    layout.write(this.#heap, address / 4, fields);
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

/** A k x n right side of a product, which is `[n, k]` where transposed. */
interface RightSide {
  readonly storage: Storage;
  readonly k: number;
  readonly n: number;
  readonly transposed: boolean;
  /** It is a parameter: its packed form is kept until it is written. */
  readonly isKept: boolean;
}

/** Room for the packed form of a right side, or that form itself. */
export function packOf({ kernels, packs }: Tools, scratch: Scratch, right: RightSide): Pack {
  const { storage, k, n, transposed, isKept } = right;
  const count = packed(kernels, k, n);
  if (isKept) return packs.find(storage, `matmul ${k} ${n} ${transposed}`, count);
  return { address: scratch.room(count), isPacked: false };
}

/** The address of a ProductSum. */
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
  const left = places(terms.map((term) => addressIn(heap, term.left) + 4 * m * term.leftRow));
  const right = places(terms.map((term) => addressIn(heap, term.right) + 4 * n * term.rightRow));
  return scratch.struct(ProductSum, {
    m,
    n,
    rows,
    terms: terms.length,
    termEnds: scratch.ints(termEnds),
    left: left.first,
    right: right.first,
    leftAt: left.at,
    rightAt: right.at,
    out: addressIn(heap, out),
    packed: scratch.room(packed(kernels, rows, n)),
    strips: scratch.room(threads * LEFT_ROWS * rows),
  });
}

/** The address of an Attention. */
export function attentionStruct(
  heap: Heap,
  scratch: Scratch,
  args: AttentionForwardArgs | AttentionBackwardArgs,
): number {
  const { batch, time } = args.shape;
  return scratch.struct(Attention, { ...attentionFields(heap, scratch, args), scratch: scratch.room(batch * time) });
}

/** All fields but the work space. */
export function attentionFields(
  heap: Heap,
  scratch: Scratch,
  args: AttentionForwardArgs | AttentionBackwardArgs,
): Omit<Attention, "scratch"> {
  const { batch, time, querySize, valueSize, lengths } = args.shape;
  const backward = "contextGradient" in args ? args : undefined;
  const of = addressesIn(heap);
  return {
    batch,
    time,
    querySize,
    valueSize,
    contextStride: valueSize,
    weightsStride: time,
    addToKeys: backward?.addToKeys ? 1 : 0,
    addToValues: backward?.addToValues ? 1 : 0,
    lengths: scratch.ints(lengths),
    query: of(args.query),
    keys: of(args.keys),
    values: of(args.values),
    energy: of(args.energy),
    context: of(args.context),
    weights: of(args.weights),
    tanhs: of(args.tanhs),
    dContext: of(backward?.contextGradient),
    dWeights: of(backward?.weightsGradient),
    dQuery: of(backward?.queryGradient),
    dKeys: of(backward?.keysGradient),
    dValues: of(backward?.valuesGradient),
    dEnergy: of(backward?.energyGradient),
  };
}

/** The address of a LayerNorm. */
export function layerNormStruct(
  heap: Heap,
  scratch: Scratch,
  args: LayerNormForwardArgs | LayerNormBackwardArgs,
): number {
  const forward = "out" in args ? args : undefined;
  const backward = "outputGradient" in args ? args : undefined;
  const of = addressesIn(heap);
  return scratch.struct(LayerNorm, {
    rows: args.rows,
    features: args.features,
    epsilon: forward?.epsilon ?? 0,
    x: of(args.x),
    gain: of(args.gain),
    bias: of(forward?.bias),
    out: of(forward?.out),
    means: of(args.means),
    inverseDeviations: of(args.inverseDeviations),
    dy: of(backward?.outputGradient),
    dx: of(backward?.inputGradient),
    dGain: of(backward?.gainGradient),
    dBias: of(backward?.biasGradient),
  });
}

/** The address of a LinearCrossEntropy. */
export function linearCrossEntropyStruct(
  tools: Tools,
  scratch: Scratch,
  args: LinearCrossEntropyArgs,
  pass: { readonly losses: number } | { readonly scale: number; readonly gradients: LinearCrossEntropyGradients },
): number {
  const { kernels, heap, threads } = tools;
  const { rows, classes, features, weight, keepWeight } = args;
  const stride = args.logSumExp.length;
  const of = addressesIn(heap);
  const backward = "gradients" in pass ? pass.gradients : undefined;
  const packX = backward === undefined || backward.weight !== undefined;
  const packedX = backward ? packed(kernels, rows, features) : packed(kernels, features, rows);
  const right = { storage: weight, k: classes, n: features, transposed: false, isKept: keepWeight };
  const weightPack = backward?.x && packOf(tools, scratch, right);
  return scratch.struct(LinearCrossEntropy, {
    rows,
    classes,
    features,
    stride,
    x: of(args.x),
    weight: of(weight),
    bias: of(args.bias),
    classWeights: of(args.classWeights),
    targets: of(args.targets),
    smoothing: args.labelSmoothing,
    logits: of(args.logits),
    shifts: of(args.shifts),
    logSumExps: of(args.logSumExp),
    packedX: packX ? scratch.room(packedX) : 0,
    maxima: backward ? 0 : scratch.room(threads * stride),
    sums: backward ? 0 : scratch.room(LOSS_SUMS * stride),
    losses: "losses" in pass ? pass.losses : 0,
    scale: "scale" in pass ? pass.scale : 0,
    own: backward ? scratch.room(stride) : 0,
    all: backward ? scratch.room(stride) : 0,
    packedWeight: weightPack?.address ?? 0,
    isPacked: weightPack?.isPacked ? 1 : 0,
    strips: weightPack ? scratch.room(threads * kernels.left_elements(classes)) : 0,
    dX: of(backward?.x),
    dWeight: of(backward?.weight),
    dBias: of(backward?.bias),
  });
}

/** The address of a Likeliest. */
export function likeliestStruct({ heap, packs, threads }: Tools, scratch: Scratch, args: LikeliestArgs): number {
  const { rows, classes, features, weight } = args;
  const of = addressesIn(heap);
  const stride = Math.ceil(features / 64) * 64;
  const coarseSize = (classes * stride) / 4;
  const count = coarseSize + 3 * classes;
  const { address, isPacked } = args.keepWeight
    ? packs.find(weight, `likeliest ${classes} ${features}`, count)
    : { address: scratch.room(count), isPacked: false };
  const [scales, losses, sizes] = [0, 1, 2].map((part) => address + 4 * (coarseSize + part * classes));
  return scratch.struct(Likeliest, {
    rows,
    classes,
    features,
    excludedCount: args.excluded.length,
    x: of(args.x),
    weight: of(weight),
    bias: of(args.bias),
    excluded: scratch.ints(args.excluded),
    out: of(args.out),
    isCoarse: isPacked ? 1 : 0,
    coarse: address,
    scales: scales!,
    losses: losses!,
    sizes: sizes!,
    coarseX: scratch.room((rows * stride) / 2),
    rowsOfX: scratch.room(rows * RowOfX.size),
    sums: scratch.room(threads * stride),
    least: scratch.room(rows * classes),
    most: scratch.room(rows * classes),
    logits: scratch.room(classes),
    candidates: scratch.room(classes),
  });
}

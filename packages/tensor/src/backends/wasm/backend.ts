/** The WebAssembly backend: hands storages and shapes to the C kernels; float32 only, same bits as the reference. */
import type {
  AttentionBackwardArgs,
  AttentionForwardArgs,
  Backend,
  BinaryOp,
  CrossEntropyArgs,
  GradientStorage,
  LstmBackwardArgs,
  LstmForwardArgs,
  Storage,
  UnaryOp,
} from "../../backend.ts";
import { arrayOf, bytesOf, type DType, type TypedArray } from "../../dtype.ts";
import { BackendError } from "../../errors.ts";
import { Heap } from "./heap.ts";
import { type Kernels, startTeam } from "./module.ts";
import { runsOf } from "./runs.ts";

interface HeapStorage extends Storage {
  readonly address: number;
}

/** Numbers of the ops in kernels/elementwise.c. */
const UNARY = { neg: 0, exp: 1, log: 2, tanh: 3, sigmoid: 4, relu: 5, sqrt: 6, square: 7 } satisfies Record<
  UnaryOp,
  number
>;
const BINARY = { add: 0, sub: 1, mul: 2, div: 3, maximum: 4, greater: 5 } satisfies Record<BinaryOp, number>;
const POOL = { max: 0, mean: 1, last: 2 };
const CHUNK = 4096;

function addressOf(storage: Storage): number {
  if (!("address" in storage))
    throw new BackendError("internal: a storage of another backend reached the wasm backend");
  return (storage as HeapStorage).address;
}

/** Blocks that live for one kernel call: arguments and work space. */
class Scratch {
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
function packed(kernels: Kernels, k: number, n: number): number {
  return kernels.packed_elements(k, n);
}

/** The fields of the C struct Lstm, in order; undefined ones belong to the other pass. */
function lstmStruct(kernels: Kernels, heap: Heap, scratch: Scratch, args: LstmForwardArgs | LstmBackwardArgs): number {
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
  const backwardRoom = (count: number) => (backward ? scratch.room(count) : 0);
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
    backwardRoom(rows.length * gates),
    scratch.room(gates),
    scratch.room(backward ? packed(kernels, gates, inputSize) : packed(kernels, inputSize, gates)),
    scratch.room(backward ? packed(kernels, gates, hiddenSize) : packed(kernels, hiddenSize, gates)),
    backwardRoom(packed(kernels, rows.length, inputSize)),
    backwardRoom(packed(kernels, rows.length, hiddenSize)),
    backwardRoom(2 * rows.length),
  ];
  const address = scratch.room(fields.length);
  heap.ints.set(fields, address / 4);
  return address;
}

/** The fields of the C struct Attention, in order. */
function attentionStruct(heap: Heap, scratch: Scratch, args: AttentionForwardArgs | AttentionBackwardArgs): number {
  const { batch, time, querySize, valueSize, lengths } = args.shape;
  const backward = "contextGradient" in args ? args : undefined;
  const of = (storage: Storage | undefined) => (storage ? addressOf(storage) : 0);
  const fields = [
    batch,
    time,
    querySize,
    valueSize,
    scratch.ints(lengths),
    of(args.query),
    of(args.keys),
    of(args.values),
    of(args.energy),
    of(args.context),
    of(args.weights),
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

/** Row of the stored gradient for each row of the parameter, or 0 when the gradient is dense. */
function gradientSlots(heap: Heap, scratch: Scratch, gradient: GradientStorage, count: number): number {
  if (!gradient.rows) return 0;
  const slots = new Int32Array(count / gradient.width).fill(-1);
  const start = addressOf(gradient.rows) / 4;
  for (let slot = 0; slot < gradient.rows.length; slot++) slots[heap.ints[start + slot]!] = slot;
  return scratch.ints(slots);
}

/** Starts the WebAssembly backend with a team of `threads`. */
export async function createWasmBackend(threads: number): Promise<Backend> {
  const { kernels, memory, heapBase, stop } = await startTeam(threads);
  const heap = new Heap(memory, heapBase);
  const view = (storage: Storage): TypedArray => {
    const at = addressOf(storage) / 4;
    return (storage.dtype === "int32" ? heap.ints : heap.floats).subarray(at, at + storage.length);
  };
  /** Calls a kernel with scratch space that is given back afterwards. */
  const withScratch = <T>(call: (scratch: Scratch) => T): T => {
    using scratch = new Scratch(heap);
    return call(scratch);
  };
  const crossEntropyAddresses = (args: CrossEntropyArgs): [number, number, number, number] => [
    addressOf(args.logits),
    addressOf(args.targets),
    args.classWeights ? addressOf(args.classWeights) : 0,
    addressOf(args.logSumExp),
  ];

  return {
    name: "wasm",
    threads,
    floatType: "float32",

    allocate: (dtype: DType, length: number): Storage => {
      if (dtype === "float64") throw new BackendError("wasm: float64 needs the reference backend");
      return { dtype, length, address: heap.allocate(length * bytesOf(dtype)) } as HeapStorage;
    },
    free: (storage) => heap.free(addressOf(storage), storage.length * bytesOf(storage.dtype)),
    write: (storage, data) => view(storage).set(data),
    read: (storage) => {
      const copy = arrayOf(storage.dtype, storage.length);
      copy.set(view(storage));
      return copy;
    },
    peakBytes: () => heap.peakBytes,
    dispose: stop,

    fill: (out, value) => {
      if (out.dtype === "int32") view(out).fill(value);
      else kernels.fill(addressOf(out), out.length, value);
    },
    unary: (op, x, out) => kernels.unary(UNARY[op], addressOf(x), addressOf(out), out.length),
    unaryGradient: (op, x, y, dy, dx) =>
      kernels.unary_gradient(UNARY[op], addressOf(x), addressOf(y), addressOf(dy), addressOf(dx), dx.length),
    binary: (op, a, aStrides, b, bStrides, out, shape) =>
      withScratch((scratch) => {
        if (out.length === 0) return;
        const runs = runsOf(shape, { offset: 0, strides: aStrides }, { offset: 0, strides: bStrides });
        kernels.binary(
          BINARY[op],
          addressOf(a),
          addressOf(b),
          addressOf(out),
          scratch.ints(runs.offsets),
          runs.outer,
          runs.strideA,
          runs.strideB,
          runs.count,
        );
      }),
    copy: (from, fromLayout, to, toLayout, shape, accumulate) =>
      withScratch((scratch) => {
        if (shape.includes(0)) return;
        const runs = runsOf(shape, fromLayout, toLayout);
        kernels.copy_runs(
          addressOf(from),
          addressOf(to),
          scratch.ints(runs.offsets),
          runs.outer,
          runs.strideA,
          runs.strideB,
          runs.count,
          accumulate ? 1 : 0,
        );
      }),
    reduce: (op, x, out, outer, length, inner) =>
      kernels.reduce(op === "max" ? 1 : 0, addressOf(x), addressOf(out), outer, length, inner),
    sumAll: (x) => kernels.sum_all(addressOf(x), x.length),
    firstNonFinite: (x) => kernels.first_non_finite(addressOf(x), x.length),
    matmul: (args) =>
      withScratch((scratch) =>
        kernels.matmul(
          addressOf(args.a),
          addressOf(args.b),
          addressOf(args.out),
          scratch.room(packed(kernels, args.k, args.n)),
          args.batch,
          args.m,
          args.n,
          args.k,
          args.transposeA ? 1 : 0,
          args.transposeB ? 1 : 0,
          args.sharedB ? 1 : 0,
        ),
      ),

    softmax: (x, out, rows, classes, log) => kernels.softmax(addressOf(x), addressOf(out), rows, classes, log ? 1 : 0),
    softmaxGradient: (y, dy, dx, rows, classes, log) =>
      kernels.softmax_gradient(addressOf(y), addressOf(dy), addressOf(dx), rows, classes, log ? 1 : 0),
    argMax: (x, out, rows, classes) => kernels.arg_max(addressOf(x), addressOf(out), rows, classes),
    topK: (x, values, indices, rows, classes, k) =>
      kernels.top_k(addressOf(x), addressOf(values), addressOf(indices), rows, classes, k),

    gatherRows: (table, ids, out, width) =>
      kernels.gather_rows(addressOf(table), addressOf(ids), addressOf(out), ids.length, width),
    scatterAddRows: (rows, slots, out, width) =>
      kernels.scatter_add_rows(addressOf(rows), addressOf(slots), addressOf(out), slots.length, width, out.length),
    dropout: (x, out, batch, time, features, rate, address) =>
      withScratch((scratch) =>
        kernels.dropout(
          addressOf(x),
          addressOf(out),
          batch,
          time,
          features,
          Math.fround(1 / (1 - rate)),
          Math.floor(rate * 4294967296),
          address.key[0],
          address.key[1],
          address.step,
          scratch.ints(address.examples),
          address.timeOffset,
        ),
      ),
    pool: (kind, x, out, chosen, time, features, lengths) =>
      withScratch((scratch) =>
        kernels.pool(
          POOL[kind],
          addressOf(x),
          addressOf(out),
          addressOf(chosen),
          scratch.ints(lengths),
          lengths.length,
          time,
          features,
        ),
      ),
    poolGradient: (kind, dy, dx, chosen, time, features, lengths) =>
      withScratch((scratch) =>
        kernels.pool_gradient(
          POOL[kind],
          addressOf(dy),
          addressOf(dx),
          addressOf(chosen),
          scratch.ints(lengths),
          lengths.length,
          time,
          features,
        ),
      ),

    lstmForward: (args) => withScratch((scratch) => kernels.lstm_forward(lstmStruct(kernels, heap, scratch, args))),
    lstmBackward: (args) => withScratch((scratch) => kernels.lstm_backward(lstmStruct(kernels, heap, scratch, args))),
    attentionForward: (args) =>
      withScratch((scratch) => kernels.attention_forward(attentionStruct(heap, scratch, args))),
    attentionBackward: (args) =>
      withScratch((scratch) => kernels.attention_backward(attentionStruct(heap, scratch, args))),

    crossEntropyForward: (args) =>
      withScratch((scratch) => {
        const losses = scratch.room(args.rows);
        kernels.cross_entropy_forward(
          ...crossEntropyAddresses(args),
          losses,
          args.rows,
          args.classes,
          args.labelSmoothing,
        );
        return { lossSum: kernels.sum_all(losses, args.rows), weightSum: targetWeight(args, view) };
      }),
    crossEntropyBackward: (args, scale, logitsGradient) =>
      kernels.cross_entropy_backward(
        ...crossEntropyAddresses(args),
        addressOf(logitsGradient),
        args.rows,
        args.classes,
        args.labelSmoothing,
        scale,
      ),

    sumOfSquares: ({ values, rows, width }) =>
      kernels.sum_of_squares(addressOf(values), rows ? addressOf(rows) : 0, values.length, width),
    adamStep: (args) =>
      withScratch((scratch) => {
        const { parameter, gradient } = args;
        const fields = [
          addressOf(parameter),
          addressOf(gradient.values),
          gradientSlots(heap, scratch, gradient, parameter.length),
          addressOf(args.firstMoment),
          addressOf(args.secondMoment),
          parameter.length / gradient.width,
          gradient.width,
          parameter.length,
        ];
        const scalars = [
          args.gradientScale,
          args.beta1,
          args.beta2,
          1 - args.beta1,
          1 - args.beta2,
          args.epsilon,
          args.stepSize,
          args.secondCorrection,
          args.l2,
          args.decay,
        ];
        const struct = scratch.room(fields.length + scalars.length);
        heap.ints.set(fields, struct / 4);
        heap.floats.set(scalars, struct / 4 + fields.length);
        kernels.adam_step(struct);
      }),
    sgdStep: (args) =>
      withScratch((scratch) => {
        const { parameter, gradient, velocity } = args;
        kernels.sgd_step(
          addressOf(parameter),
          addressOf(gradient.values),
          gradientSlots(heap, scratch, gradient, parameter.length),
          velocity ? addressOf(velocity) : 0,
          parameter.length / gradient.width,
          gradient.width,
          args.gradientScale,
          args.learningRate,
          args.momentum,
          args.l2,
          args.nesterov ? 1 : 0,
        );
      }),
  };
}

/** Summed weight of the counted targets: float64, over chunks of 4,096 rows. */
function targetWeight(args: CrossEntropyArgs, view: (storage: Storage) => TypedArray): number {
  const targets = view(args.targets);
  const weights = args.classWeights && view(args.classWeights);
  let total = 0;
  for (let start = 0; start < targets.length; start += CHUNK) {
    let chunk = 0;
    for (const target of targets.subarray(start, start + CHUNK)) {
      if (target >= 0) chunk += weights ? weights[target]! : 1;
    }
    total += chunk;
  }
  return total;
}

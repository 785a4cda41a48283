/** The backends on C kernels: hands storages and shapes to them; float32 only, same bits as the reference. */
import type { Backend, CrossEntropyArgs } from "../../backend.ts";
import { arrayOf, bytesOf, type DType, type TypedArray } from "../../dtype.ts";
import { BackendError } from "../../errors.ts";
import type { Storage } from "../../storage.ts";
import { attentionalLstmStruct } from "./attentional-lstm-struct.ts";
import { firstValues } from "./first-values.ts";
import { Heap } from "./heap.ts";
import { binaryOps, CHUNK, poolKinds, reduceOps, unaryOps } from "./kernels.generated.ts";
import type { Team } from "./kernels.ts";
import { squaresStruct, stepStruct } from "./optimizers.ts";
import { PackCache } from "./pack-cache.ts";
import { gruStruct, lstmStruct, rnnStruct } from "./recurrent-structs.ts";
import { runsOf } from "./runs.ts";
import {
  addressIn,
  attentionStruct,
  type HeapStorage,
  layerNormStruct,
  likeliestStruct,
  linearCrossEntropyStruct,
  packOf,
  productSumStruct,
  Scratch,
} from "./structs.ts";
import { threadChoice } from "./thread-choice.ts";

/** Of the peak's chains: about 10 microseconds, as long as a job of a small model. */
const SHORT_JOB = 4000;

/**
 * A backend on a team's kernels.
 *
 * @param choosesThreads  whether it measures if more than one thread pays; otherwise jobs run on all
 */
export function createKernelBackend(team: Team, choosesThreads = false): Backend {
  const { name, instructions, threads, kernels, memory, heapBase, guard, stop } = team;
  const heap = new Heap(memory, heapBase, guard);
  const packs = new PackCache(heap);
  const tools = { kernels, heap, packs, threads };
  const addressOf = (storage: Storage) => addressIn(heap, storage);
  const chooseThreads = (): (() => void) => {
    const ends = heap.allocate(4 * threads);
    const run = () => void kernels.multiply_add_chains(SHORT_JOB, ends);
    return threadChoice({ threads, run, useWorkers: team.useWorkers, now: () => performance.now() });
  };
  const view = (storage: Storage): TypedArray => {
    const at = addressOf(storage) / 4;
    return (storage.dtype === "int32" ? heap.ints : heap.floats).subarray(at, at + storage.length);
  };
  /** Calls a kernel with scratch space that is given back afterwards. */
  const withScratch = <T>(call: (scratch: Scratch) => T): T => {
    using scratch = new Scratch(heap);
    try {
      return call(scratch);
    } catch (error) {
      packs.clear(); // memory ran out: a kernel that was to pack a weight has not run
      throw error;
    }
  };
  const crossEntropyAddresses = (args: CrossEntropyArgs): [number, number, number, number, number] => [
    addressOf(args.logits),
    addressOf(args.targets),
    args.classWeights ? addressOf(args.classWeights) : 0,
    addressOf(args.shifts),
    addressOf(args.logSumExp),
  ];

  return {
    name,
    instructions,
    threads,
    floatType: "float32",

    allocate: (dtype: DType, length: number): Storage => {
      if (dtype === "float64") throw new BackendError(`${name}: float64 needs the reference backend`);
      return { dtype, length, heap, address: heap.allocate(length * bytesOf(dtype)) } as HeapStorage;
    },
    free: (storage) => {
      packs.forget(storage);
      heap.free(addressOf(storage), storage.length * bytesOf(storage.dtype));
    },
    write: (storage, data) => {
      packs.drop(storage);
      view(storage).set(data);
    },
    assign: (to, from) => {
      packs.drop(to);
      view(to).set(view(from));
    },
    read: (storage) => {
      const copy = arrayOf(storage.dtype, storage.length);
      copy.set(view(storage));
      return copy;
    },
    peakBytes: () => heap.peakBytes,
    dispose: stop,
    ...(choosesThreads && threads > 1 ? { chooseThreads: chooseThreads() } : {}),

    fill: (out, value) => {
      if (out.dtype === "int32") view(out).fill(value);
      else kernels.fill(addressOf(out), out.length, value);
    },
    unary: (op, x, out) => kernels.unary(unaryOps[op], addressOf(x), addressOf(out), out.length),
    unaryGradient: (op, x, y, dy, dx) =>
      kernels.unary_gradient(unaryOps[op], addressOf(x), addressOf(y), addressOf(dy), addressOf(dx), dx.length),
    binary: (op, a, aStrides, b, bStrides, out, shape) =>
      withScratch((scratch) => {
        if (out.length === 0) return;
        const runs = runsOf(shape, { offset: 0, strides: aStrides }, { offset: 0, strides: bStrides });
        kernels.binary(
          binaryOps[op],
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
    where: (condition, a, b, out) =>
      kernels.where(addressOf(condition), addressOf(a), addressOf(b), addressOf(out), out.length),
    reduce: (op, x, out, outer, length, inner) =>
      kernels.reduce(reduceOps[op], addressOf(x), addressOf(out), outer, length, inner),
    cumulativeSum: (x, out, outer, length, inner, reverse) =>
      kernels.cumulative_sum(addressOf(x), addressOf(out), outer, length, inner, reverse ? 1 : 0),
    sumAll: (x) => kernels.sum_all(addressOf(x), x.length),
    firstNonFinite: (x) => kernels.first_non_finite(addressOf(x), x.length),
    matmul: (args) =>
      withScratch((scratch) => {
        const { b, k, n, transposeB } = args;
        const isKept = args.keepB && args.sharedB;
        const pack = packOf(tools, scratch, { storage: b, k, n, transposed: transposeB, isKept });
        kernels.matmul(
          addressOf(args.a),
          addressOf(b),
          args.bias ? addressOf(args.bias) : 0,
          addressOf(args.out),
          pack.address,
          args.transposeA ? scratch.room(threads * kernels.left_elements(k)) : 0,
          args.batch,
          args.m,
          args.n,
          args.k,
          args.transposeA ? 1 : 0,
          args.transposeB ? 1 : 0,
          args.sharedB ? 1 : 0,
          pack.isPacked ? 1 : 0,
          isKept ? 1 : 0,
        );
      }),
    productSum: (args) => withScratch((scratch) => kernels.product_sum(productSumStruct(tools, scratch, args))),

    softmax: (x, out, rows, classes, log) => kernels.softmax(addressOf(x), addressOf(out), rows, classes, log ? 1 : 0),
    softmaxGradient: (y, dy, dx, rows, classes, log) =>
      kernels.softmax_gradient(addressOf(y), addressOf(dy), addressOf(dx), rows, classes, log ? 1 : 0),
    layerNorm: (args) => withScratch((scratch) => kernels.layer_norm(layerNormStruct(heap, scratch, args))),
    layerNormGradient: (args) =>
      withScratch((scratch) => kernels.layer_norm_gradient(layerNormStruct(heap, scratch, args))),
    argMax: (x, out, rows, classes) => kernels.arg_max(addressOf(x), addressOf(out), rows, classes),
    topK: (x, values, indices, rows, classes, k) =>
      kernels.top_k(addressOf(x), addressOf(values), addressOf(indices), rows, classes, k),
    likeliest: (args) => withScratch((scratch) => kernels.likeliest(likeliestStruct(tools, scratch, args))),

    gatherRows: (table, ids, out, width) =>
      kernels.gather_rows(addressOf(table), addressOf(ids), addressOf(out), ids.length, width),
    scatterAddRows: (rows, slots, out, { width, adds }) =>
      kernels.scatter_add_rows(
        addressOf(rows),
        addressOf(slots),
        addressOf(out),
        slots.length,
        width,
        out.length,
        adds ? 1 : 0,
      ),
    gather: (x, indices, out, { outer, length, count, inner }) =>
      kernels.gather(addressOf(x), addressOf(indices), addressOf(out), outer, length, count, inner),
    gatherGradient: (dy, indices, out, { outer, length, count, inner }) =>
      kernels.gather_gradient(addressOf(dy), addressOf(indices), addressOf(out), outer, length, count, inner),
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
          poolKinds[kind],
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
          poolKinds[kind],
          addressOf(dy),
          addressOf(dx),
          addressOf(chosen),
          scratch.ints(lengths),
          lengths.length,
          time,
          features,
        ),
      ),

    lstmForward: (args) => withScratch((scratch) => kernels.lstm_forward(lstmStruct(tools, scratch, args))),
    lstmForwardBoth: (first, second) =>
      withScratch((scratch) =>
        kernels.lstm_forward_both(lstmStruct(tools, scratch, first), lstmStruct(tools, scratch, second)),
      ),
    lstmBackward: (args) => withScratch((scratch) => kernels.lstm_backward(lstmStruct(tools, scratch, args))),
    gruForward: (args) => withScratch((scratch) => kernels.gru_forward(gruStruct(tools, scratch, args))),
    gruBackward: (args) => withScratch((scratch) => kernels.gru_backward(gruStruct(tools, scratch, args))),
    rnnForward: (args) => withScratch((scratch) => kernels.rnn_forward(rnnStruct(tools, scratch, args))),
    rnnBackward: (args) => withScratch((scratch) => kernels.rnn_backward(rnnStruct(tools, scratch, args))),
    attentionForward: (args) =>
      withScratch((scratch) => kernels.attention_forward(attentionStruct(heap, scratch, args))),
    attentionBackward: (args) =>
      withScratch((scratch) => kernels.attention_backward(attentionStruct(heap, scratch, args))),
    attentionalLstmForward: (args) =>
      withScratch((scratch) => kernels.attentional_lstm_forward(attentionalLstmStruct(tools, scratch, args))),
    attentionalLstmBackward: (args) =>
      withScratch((scratch) => kernels.attentional_lstm_backward(attentionalLstmStruct(tools, scratch, args))),

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
    linearCrossEntropyForward: (args) =>
      withScratch((scratch) => {
        const losses = scratch.room(args.rows);
        kernels.linear_cross_entropy_forward(linearCrossEntropyStruct(tools, scratch, args, { losses }));
        return { lossSum: kernels.sum_all(losses, args.rows), weightSum: targetWeight(args, view) };
      }),
    linearCrossEntropyBackward: (args, scale, gradients) =>
      withScratch((scratch) =>
        kernels.linear_cross_entropy_backward(linearCrossEntropyStruct(tools, scratch, args, { scale, gradients })),
      ),

    sumsOfSquares: (gradients) =>
      withScratch((scratch) => {
        const totals = scratch.room(2 * gradients.length);
        kernels.sums_of_squares(squaresStruct(heap, scratch, gradients, totals));
        return [...new Float64Array(heap.bytes.buffer, totals, gradients.length)];
      }),
    optimizerStep: (rule, segments) =>
      withScratch((scratch) => {
        for (const { parameter } of segments) packs.drop(parameter);
        kernels.optimizer_step(stepStruct(heap, scratch, rule, segments));
      }),
    ...firstValues(tools, withScratch),
    multiplyAddChains: (iterations) =>
      withScratch((scratch) => threads * kernels.multiply_add_chains(iterations, scratch.room(threads))),
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

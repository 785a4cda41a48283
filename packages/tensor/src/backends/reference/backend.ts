/** The reference backend: plain TypeScript, float32 by rounding or float64; slow, readable, and the judge of the others. */
import {
  type AttentionalLstmBackwardArgs,
  type AttentionalLstmForwardArgs,
  makeSaved,
  mapSaved,
} from "../../args/attentional-lstm.ts";
import type { GradientStorage } from "../../args/optimizers.ts";
import type {
  LstmArgs,
  LstmExtras,
  LstmForwardArgs,
  RecurrentArgs,
  RecurrentGradientArgs,
} from "../../args/recurrent.ts";
import type {
  AttentionForwardArgs,
  Backend,
  CrossEntropyArgs,
  LayerNormBackwardArgs,
  LayerNormForwardArgs,
  LinearCrossEntropyArgs,
} from "../../backend.ts";
import { arrayOf, bytesOf, type DType, type FloatType, type TypedArray } from "../../dtype.ts";
import { BackendError, MEMORY_ADVICE } from "../../errors.ts";
import type { Storage } from "../../storage.ts";
import { type Arithmetic, float32, float64 } from "./arithmetic.ts";
import { attentionBackward, attentionForward } from "./attention.ts";
import { attentionalLstmBackward, attentionalLstmForward } from "./attentional-lstm.ts";
import * as elementwise from "./elementwise.ts";
import { gruBackward, gruForward } from "./gru.ts";
import { type LayerNormArrays, layerNorm, layerNormGradient } from "./layer-norm-rows.ts";
import { likeliest } from "./likeliest.ts";
import {
  type LinearCrossEntropyArrays,
  linearCrossEntropyBackward,
  linearCrossEntropyForward,
} from "./linear-cross-entropy.ts";
import { lstmBackward, lstmForward } from "./lstm.ts";
import { matmul, productSums } from "./matmul.ts";
import * as optimizers from "./optimizers.ts";
import * as pooling from "./pooling.ts";
import { rnnBackward, rnnForward } from "./rnn.ts";
import * as rows from "./rows.ts";
import { chunkedSum, type Floats, floatArray } from "./sums.ts";

interface ArrayStorage extends Storage {
  readonly data: TypedArray;
}

function dataOf(storage: Storage): TypedArray {
  if (!("data" in storage))
    throw new BackendError("internal: a storage of another backend reached the reference backend");
  return (storage as ArrayStorage).data;
}

function floats(storage: Storage): Floats {
  const data = dataOf(storage);
  if (data instanceof Int32Array) throw new BackendError("internal: expected a float storage, got int32");
  return data;
}

function ints(storage: Storage): Int32Array {
  const data = dataOf(storage);
  if (!(data instanceof Int32Array)) throw new BackendError("internal: expected an int32 storage");
  return data;
}

function optional(storage: Storage | undefined): Floats | undefined {
  return storage && floats(storage);
}

function gradientArrays(gradient: GradientStorage): optimizers.GradientArrays {
  return { values: floats(gradient.values), rows: gradient.rows && ints(gradient.rows), width: gradient.width };
}

function recurrentArrays(args: RecurrentArgs) {
  return {
    shape: args.shape,
    input: floats(args.input),
    weightIh: floats(args.weightIh),
    weightHh: floats(args.weightHh),
    biasIh: floats(args.biasIh),
    biasHh: floats(args.biasHh),
    initialHidden: optional(args.initialHidden),
    recurrentDropoutMask: optional(args.recurrentDropoutMask),
    output: floats(args.output).subarray(args.outputOffset),
    outputStride: args.outputStride,
  };
}

function recurrentGradients(args: RecurrentArgs & RecurrentGradientArgs) {
  return {
    output: optional(args.outputGradient)?.subarray(args.outputOffset),
    hidden: optional(args.hiddenGradient),
    input: optional(args.inputGradient),
    weightIh: optional(args.weightIhGradient),
    weightHh: optional(args.weightHhGradient),
    initialHidden: floats(args.initialHiddenGradient),
  };
}

function lstmExtraArrays({ weightHr, peepholes, norm }: LstmExtras) {
  return {
    weightHr: optional(weightHr),
    peepholes: optional(peepholes),
    norm: norm && {
      gainIh: floats(norm.gainIh),
      gainHh: floats(norm.gainHh),
      gainCell: floats(norm.gainCell),
      biasCell: floats(norm.biasCell),
    },
  };
}

function lstmArrays({ round }: Arithmetic, args: LstmArgs) {
  const { saved, normSaved, cellClip, activation } = args;
  return {
    ...recurrentArrays(args),
    ...lstmExtraArrays(args.extras),
    shape: args.shape,
    initialCell: optional(args.initialCell),
    gates: floats(saved.gates),
    cells: floats(saved.cells),
    tanhCells: floats(saved.tanhCells),
    normalized: normSaved && {
      ih: floats(normSaved.ih),
      hh: floats(normSaved.hh),
      cell: floats(normSaved.cell),
      scales: floats(normSaved.scales),
    },
    cellClip: cellClip && round(cellClip),
    activation,
  };
}

function attentionArrays(args: AttentionForwardArgs) {
  return {
    shape: args.shape,
    query: floats(args.query),
    keys: floats(args.keys),
    values: floats(args.values),
    energy: optional(args.energy),
    context: floats(args.context),
    weights: floats(args.weights),
    tanhs: optional(args.tanhs),
  };
}

function attentionalLstmArrays(
  { floatType }: Arithmetic,
  args: AttentionalLstmForwardArgs | AttentionalLstmBackwardArgs,
) {
  const { saved } = args;
  const parts = { hasQuery: args.weightQuery !== undefined, keepsTanhs: false };
  const arrays = saved
    ? mapSaved(saved, floats)
    : makeSaved(args.shape, parts, (rows, width) => floatArray(floatType, rows * width));
  return {
    ...arrays,
    shape: args.shape,
    input: floats(args.input),
    weightIh: floats(args.weightIh),
    weightHh: floats(args.weightHh),
    biasIh: floats(args.biasIh),
    biasHh: floats(args.biasHh),
    weightQuery: optional(args.weightQuery),
    energy: optional(args.energy),
    weightCombine: floats(args.weightCombine),
    keys: floats(args.keys),
    values: floats(args.values),
    initialHidden: floats(args.initialHidden),
    initialCell: floats(args.initialCell),
    initialAttentional: optional(args.initialAttentional),
    output: floats(args.output),
    attentionWeights: floats(args.attentionWeights),
  };
}

function layerNormArrays(args: LayerNormForwardArgs | LayerNormBackwardArgs): LayerNormArrays {
  return {
    rows: args.rows,
    features: args.features,
    x: floats(args.x),
    gain: floats(args.gain),
    means: floats(args.means),
    inverseDeviations: floats(args.inverseDeviations),
  };
}

function crossEntropyArrays(args: CrossEntropyArgs): rows.CrossEntropyArrays {
  return {
    shape: args,
    logits: floats(args.logits),
    targets: ints(args.targets),
    classWeights: optional(args.classWeights),
    shifts: floats(args.shifts),
    logSumExp: floats(args.logSumExp),
  };
}

function linearCrossEntropyArrays(args: LinearCrossEntropyArgs): LinearCrossEntropyArrays {
  return {
    ...crossEntropyArrays(args),
    shape: args,
    x: floats(args.x),
    weight: floats(args.weight),
    bias: optional(args.bias),
  };
}

/** @throws {BackendError} when the engine has no room for so many elements */
function allocated(dtype: DType, length: number, usedBytes: number): TypedArray {
  try {
    return arrayOf(dtype, length);
  } catch {
    const mebibytes = (bytes: number) => `${Math.ceil(bytes / 1048576)} MiB`;
    throw new BackendError(
      `out of memory: wanted ${mebibytes(length * bytesOf(dtype))} more than the ${mebibytes(usedBytes)} in use; ${MEMORY_ADVICE}`,
    );
  }
}

/** Creates the reference backend for one float type. */
export function createReferenceBackend(floatType: FloatType): Backend {
  const math = floatType === "float64" ? float64 : float32;
  let used = 0;
  let peak = 0;
  const forwardLstm = (args: LstmForwardArgs) =>
    lstmForward(math, lstmArrays(math, args), floats(args.hiddenState), floats(args.cellState));
  return {
    name: "reference",
    instructions: undefined,
    threads: 1,
    floatType,

    allocate(dtype: DType, length: number): Storage {
      const bytes = length * bytesOf(dtype);
      const storage: ArrayStorage = { dtype, length, data: allocated(dtype, length, used) };
      used += bytes;
      peak = Math.max(peak, used);
      return storage;
    },
    free: (storage) => {
      used -= storage.length * bytesOf(storage.dtype);
    },
    write: (storage, data) => dataOf(storage).set(data),
    assign: (to, from) => dataOf(to).set(dataOf(from)),
    read: (storage) => dataOf(storage).slice(),
    peakBytes: () => peak,
    dispose: async () => {},

    fill: (out, value) => void dataOf(out).fill(value),
    unary: (op, x, out) => elementwise.unary(math, op, floats(x), floats(out)),
    unaryGradient: (op, x, y, dy, dx) =>
      elementwise.unaryGradient(math, op, floats(x), floats(y), floats(dy), floats(dx)),
    binary: (op, a, aStrides, b, bStrides, out, shape) =>
      elementwise.binary(math, op, floats(a), aStrides, floats(b), bStrides, floats(out), shape),
    copy: (from, fromLayout, to, toLayout, shape, accumulate) =>
      elementwise.copy(math, dataOf(from), fromLayout, dataOf(to), toLayout, shape, accumulate),
    where: (condition, a, b, out) => elementwise.where(floats(condition), floats(a), floats(b), floats(out)),
    reduce: (op, x, out, outer, length, inner) =>
      elementwise.reduce(math, op, floats(x), floats(out), outer, length, inner),
    cumulativeSum: (x, out, outer, length, inner, reverse) =>
      elementwise.cumulativeSum(math, floats(x), floats(out), outer, length, inner, reverse),
    sumAll: (x) => {
      const data = floats(x);
      return chunkedSum(data.length, (i) => data[i]!);
    },
    firstNonFinite: (x) => floats(x).findIndex((value) => !Number.isFinite(value)),
    matmul: (args) => matmul(math, args, floats(args.a), floats(args.b), optional(args.bias), floats(args.out)),
    productSum: ({ terms, out, m, n }) => {
      const arrays = terms.map(({ left, right, leftRow, rightRow, rows }) => ({
        left: floats(left).subarray(leftRow * m),
        right: floats(right).subarray(rightRow * n),
        rows,
      }));
      productSums(math, { m, n }, arrays, floats(out));
    },

    softmax: (x, out, count, classes, log) => rows.softmax(math, floats(x), floats(out), count, classes, log),
    softmaxGradient: (y, dy, dx, count, classes, log) =>
      rows.softmaxGradient(math, floats(y), floats(dy), floats(dx), count, classes, log),
    layerNorm: (args) => layerNorm(math, layerNormArrays(args), args.epsilon, floats(args.bias), floats(args.out)),
    layerNormGradient: (args) =>
      layerNormGradient(math, layerNormArrays(args), {
        output: floats(args.outputGradient),
        input: floats(args.inputGradient),
        gain: floats(args.gainGradient),
        bias: floats(args.biasGradient),
      }),
    argMax: (x, out, count, classes) => rows.argMax(floats(x), ints(out), count, classes),
    topK: (x, values, indices, count, classes, k) =>
      rows.topK(floats(x), floats(values), ints(indices), count, classes, k),
    likeliest: (args) =>
      likeliest(
        math,
        args,
        { x: floats(args.x), weight: floats(args.weight), bias: optional(args.bias) },
        ints(args.out),
      ),

    gatherRows: (table, ids, out, width) => rows.gatherRows(floats(table), ints(ids), floats(out), width),
    scatterAddRows: (values, slots, out, options) =>
      rows.scatterAddRows(math, floats(values), ints(slots), floats(out), options),
    gather: (x, indices, out, shape) => rows.gather(floats(x), ints(indices), floats(out), shape),
    gatherGradient: (dy, indices, out, shape) =>
      rows.gatherGradient(math, floats(dy), ints(indices), floats(out), shape),
    dropout: (x, out, batch, time, features, rate, address) =>
      pooling.dropout(math, floats(x), floats(out), batch, time, features, rate, address),
    pool: (kind, x, out, chosen, time, features, lengths) =>
      pooling.pool(math, kind, floats(x), floats(out), ints(chosen), time, features, lengths),
    poolGradient: (kind, dy, dx, chosen, time, features, lengths) =>
      pooling.poolGradient(math, kind, floats(dy), floats(dx), ints(chosen), time, features, lengths),

    lstmForward: forwardLstm,
    lstmForwardBoth: (first, second) => {
      forwardLstm(first);
      forwardLstm(second);
    },
    lstmBackward: (args) =>
      lstmBackward(math, lstmArrays(math, args), {
        ...recurrentGradients(args),
        cell: optional(args.cellGradient),
        gates: floats(args.gateGradient),
        gatesIh: floats(args.gateIhGradient),
        gatesHh: floats(args.gateHhGradient),
        bias: floats(args.biasGradient),
        initialCell: floats(args.initialCellGradient),
        extras: lstmExtraArrays(args.extrasGradient),
      }),
    gruForward: (args) =>
      gruForward(math, { ...recurrentArrays(args), gates: floats(args.gates) }, floats(args.hiddenState)),
    gruBackward: (args) =>
      gruBackward(
        math,
        { ...recurrentArrays(args), gates: floats(args.gates) },
        {
          ...recurrentGradients(args),
          gatesIh: floats(args.gateIhGradient),
          gatesHh: floats(args.gateHhGradient),
          biasIh: floats(args.biasIhGradient),
          biasHh: floats(args.biasHhGradient),
        },
      ),
    rnnForward: (args) =>
      rnnForward(math, { ...recurrentArrays(args), activation: args.activation }, floats(args.hiddenState)),
    rnnBackward: (args) =>
      rnnBackward(
        math,
        { ...recurrentArrays(args), activation: args.activation },
        { ...recurrentGradients(args), gates: floats(args.gateGradient), bias: floats(args.biasGradient) },
      ),
    attentionForward: (args) => attentionForward(math, attentionArrays(args)),
    attentionBackward: (args) =>
      attentionBackward(math, attentionArrays(args), {
        context: floats(args.contextGradient),
        weights: optional(args.weightsGradient),
        query: floats(args.queryGradient),
        keys: floats(args.keysGradient),
        values: floats(args.valuesGradient),
        addToKeys: args.addToKeys,
        addToValues: args.addToValues,
        energy: optional(args.energyGradient),
      }),
    attentionalLstmForward: (args) =>
      attentionalLstmForward(math, attentionalLstmArrays(math, args), floats(args.hiddenState), floats(args.cellState)),
    attentionalLstmBackward: (args) =>
      attentionalLstmBackward(math, attentionalLstmArrays(math, args), {
        output: optional(args.outputGradient),
        hidden: optional(args.hiddenGradient),
        cell: optional(args.cellGradient),
        attentionWeights: optional(args.attentionWeightsGradient),
        input: optional(args.inputGradient),
        gates: floats(args.gateGradient),
        queries: floats(args.queryGradient),
        combine: floats(args.combineGradient),
        bias: floats(args.biasGradient),
        energy: optional(args.energyGradient),
        keys: floats(args.keysGradient),
        values: floats(args.valuesGradient),
        addToKeys: args.addToKeys,
        addToValues: args.addToValues,
        initialHidden: floats(args.initialHiddenGradient),
        initialCell: floats(args.initialCellGradient),
        initialAttentional: optional(args.initialAttentionalGradient),
      }),

    crossEntropyForward: (args) => rows.crossEntropyForward(math, crossEntropyArrays(args)),
    crossEntropyBackward: (args, scale, logitsGradient) =>
      rows.crossEntropyBackward(math, crossEntropyArrays(args), scale, floats(logitsGradient)),
    linearCrossEntropyForward: (args) => linearCrossEntropyForward(math, linearCrossEntropyArrays(args)),
    linearCrossEntropyBackward: (args, scale, { x, weight, bias }) => {
      const gradients = { x: optional(x), weight: optional(weight), bias: optional(bias) };
      linearCrossEntropyBackward(math, linearCrossEntropyArrays(args), scale, gradients);
    },

    sumsOfSquares: (gradients) => gradients.map((gradient) => optimizers.sumOfSquares(gradientArrays(gradient))),
    optimizerStep: (rule, segments) => {
      for (const segment of segments) {
        const { mean, square, velocity, largest, average } = segment.moments;
        optimizers.optimizerStep(math, rule, {
          ...segment,
          parameter: floats(segment.parameter),
          gradient: gradientArrays(segment.gradient),
          moments: {
            mean: optional(mean),
            square: optional(square),
            velocity: optional(velocity),
            largest: optional(largest),
            average: optional(average),
          },
        });
      }
    },
  };
}

/**
 * The one interface that all backends implement, and the closed list of them.
 *
 * Every kernel is defined to the bit by the reference backend (`backends/reference`): a backend is only a choice of
 * speed. Arrays are contiguous and row-major; outputs never overlap inputs unless a comment says "in place".
 */
import type { AttentionalLstmBackwardArgs, AttentionalLstmForwardArgs } from "./args/attentional-lstm.ts";
import type { GradientStorage, StepSegment, UpdateRule } from "./args/optimizers.ts";
import type {
  GruBackwardArgs,
  GruForwardArgs,
  LstmBackwardArgs,
  LstmForwardArgs,
  RnnBackwardArgs,
  RnnForwardArgs,
} from "./args/recurrent.ts";
import type { BinaryOp, PoolKind, ReduceOp, UnaryOp } from "./backends/kernels/kernels.generated.ts";
import type { DType, FloatType, TypedArray } from "./dtype.ts";
import type { Layout, Storage } from "./storage.ts";

export const backendNames = ["reference", "wasm", "native"] as const;
export type BackendName = (typeof backendNames)[number];

/** Raised whenever the bits of any result change; `numericsChanges` says what each one changed. */
export const numericsVersion = 5;

/** The closed sets of ops stand in kernels/kernels.h. */
export type { BinaryOp, PoolKind, ReduceOp, UnaryOp };

export interface MatmulArgs {
  readonly a: Storage;
  readonly b: Storage;
  /** `[n]`, added to every row of the finished product; not with `transposeA`. */
  readonly bias: Storage | undefined;
  readonly out: Storage;
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** `a` is stored `[batch, k, m]`. */
  readonly transposeA: boolean;
  /** `b` is stored `[batch, n, k]`. */
  readonly transposeB: boolean;
  /** `b` is one matrix for the whole batch. */
  readonly sharedB: boolean;
  /** `b` is a parameter: a backend may keep what it makes of it until it is written. */
  readonly keepB: boolean;
}

/** 1 to 256 rows of `left`, `[, m]`, and of `right`, `[, n]`, from `leftRow` and `rightRow` on. */
interface ProductTermArgs {
  readonly left: Storage;
  readonly right: Storage;
  readonly leftRow: number;
  readonly rightRow: number;
  readonly rows: number;
}

/** `out = sum over terms of left^T right`: each product from +0 over its rows, then added in the order of the terms. */
export interface ProductSumArgs {
  /** At least one. */
  readonly terms: readonly ProductTermArgs[];
  readonly out: Storage;
  readonly m: number;
  readonly n: number;
}

export interface AttentionShape {
  readonly batch: number;
  readonly time: number;
  readonly querySize: number;
  readonly valueSize: number;
  readonly lengths: Int32Array;
}

export interface AttentionForwardArgs {
  readonly shape: AttentionShape;
  readonly query: Storage;
  readonly keys: Storage;
  readonly values: Storage;
  /** `[querySize]` for additive scores; absent for dot products. */
  readonly energy: Storage | undefined;
  readonly context: Storage;
  readonly weights: Storage;
  /** `[batch, time, querySize]` for additive scores with a backward pass: `tanh(query + key)`, kept for it. */
  readonly tanhs: Storage | undefined;
}

export interface AttentionBackwardArgs extends AttentionForwardArgs {
  readonly contextGradient: Storage;
  readonly weightsGradient: Storage | undefined;
  readonly queryGradient: Storage;
  readonly keysGradient: Storage;
  readonly valuesGradient: Storage;
  /** Whether `keysGradient` holds a sum that this gradient is added to, rather than nothing. */
  readonly addToKeys: boolean;
  readonly addToValues: boolean;
  /** `[batch, querySize]`: each row's share, summed over rows by the caller. */
  readonly energyGradient: Storage | undefined;
}

export interface CrossEntropyArgs {
  readonly rows: number;
  readonly classes: number;
  readonly logits: Storage;
  /** int32 `[rows]`, -1 where a row does not count. */
  readonly targets: Storage;
  readonly classWeights: Storage | undefined;
  readonly labelSmoothing: number;
  /** `[rows]`: what is subtracted from each row's logits first, its largest one where that is large, else 0. */
  readonly shifts: Storage;
  /** `[rows]`: log of the sum of exponentials of each row less its shift. */
  readonly logSumExp: Storage;
}

/** Cross-entropy of the logits `x weight^T + bias`. */
export interface LinearCrossEntropyArgs extends CrossEntropyArgs {
  readonly features: number;
  /** `[rows, features]` */
  readonly x: Storage;
  /** `[classes, features]` */
  readonly weight: Storage;
  /** `[classes]` */
  readonly bias: Storage | undefined;
  /** Work space of the backend from the forward to the backward pass: for each class the rows, rounded up to a multiple of 16. */
  readonly logits: Storage;
  /** As many elements as a class has in `logits`. */
  readonly shifts: Storage;
  readonly logSumExp: Storage;
  /** `weight` is a parameter: a backend may keep what it makes of it until it is written. */
  readonly keepWeight: boolean;
}

/** Of the logits `x weight^T + bias`. */
export interface LikeliestArgs {
  readonly rows: number;
  readonly classes: number;
  readonly features: number;
  /** `[rows, features]` */
  readonly x: Storage;
  /** `[classes, features]` */
  readonly weight: Storage;
  /** `[classes]` */
  readonly bias: Storage | undefined;
  /** Classes that are not chosen: not all. */
  readonly excluded: Int32Array;
  /** int32 `[rows]` */
  readonly out: Storage;
  /** `weight` is a parameter: a backend may keep what it makes of it until it is written. */
  readonly keepWeight: boolean;
}

/** Where gradients go; undefined where nobody wants one. */
export interface LinearCrossEntropyGradients {
  readonly x: Storage | undefined;
  readonly weight: Storage | undefined;
  readonly bias: Storage | undefined;
}

export interface ScatterOptions {
  /** Elements of a row. */
  readonly width: number;
  /** Whether `out` holds numbers that the rows are added to; otherwise it starts at zero. */
  readonly adds: boolean;
}

/** `x` is `[outer, length, inner]`; indices and output are `[outer, count, inner]`. */
export interface GatherShape {
  readonly outer: number;
  readonly length: number;
  readonly count: number;
  readonly inner: number;
}

/** Normalization of `[rows, features]` over the features. */
export interface LayerNormForwardArgs {
  readonly rows: number;
  readonly features: number;
  readonly epsilon: number;
  readonly x: Storage;
  /** `[features]`, as is `bias`. */
  readonly gain: Storage;
  readonly bias: Storage;
  readonly out: Storage;
  /** `[rows]`, kept for the backward pass, as is `inverseDeviations`: `1 / sqrt(variance + epsilon)`. */
  readonly means: Storage;
  readonly inverseDeviations: Storage;
}

export interface LayerNormBackwardArgs {
  readonly rows: number;
  readonly features: number;
  readonly x: Storage;
  readonly gain: Storage;
  readonly means: Storage;
  readonly inverseDeviations: Storage;
  readonly outputGradient: Storage;
  readonly inputGradient: Storage;
  readonly gainGradient: Storage;
  readonly biasGradient: Storage;
}

/** Address of dropout's random numbers: never a padded position. */
export interface DropoutAddressing {
  readonly key: readonly [number, number];
  readonly step: number;
  readonly examples: Int32Array;
  readonly timeOffset: number;
}

export interface Backend {
  readonly name: BackendName;
  /** What its kernels were compiled for, such as `avx2`; the reference has none. */
  readonly instructions: string | undefined;
  readonly threads: number;
  readonly floatType: FloatType;

  /** A block with undefined contents. @throws {BackendError} when memory runs out, with the wanted size */
  allocate(dtype: DType, length: number): Storage;
  free(storage: Storage): void;
  /** Replaces all elements. */
  write(storage: Storage, data: ArrayLike<number>): void;
  /** Copies the bits of all elements of `from` into `to`, of the same type and length. */
  assign(to: Storage, from: Storage): void;
  /** A copy of all elements. */
  read(storage: Storage): TypedArray;
  /** Most bytes that were in use at once. */
  peakBytes(): number;
  dispose(): Promise<void>;
  /** Measures, at first and then from time to time, whether jobs are to run on all threads or on one. Absent where all run always. */
  chooseThreads?(): void;

  fill(out: Storage, value: number): void;
  unary(op: UnaryOp, x: Storage, out: Storage): void;
  /** `dx` from the input `x`, the output `y` and the output's gradient. */
  unaryGradient(op: UnaryOp, x: Storage, y: Storage, dy: Storage, dx: Storage): void;
  /** Broadcasting: strides are 0 along stretched axes. */
  binary(
    op: BinaryOp,
    a: Storage,
    aStrides: readonly number[],
    b: Storage,
    bStrides: readonly number[],
    out: Storage,
    shape: readonly number[],
  ): void;
  /** Copies (or adds) a strided block; serves slice, concat, transpose and their gradients. */
  copy(
    from: Storage,
    fromLayout: Layout,
    to: Storage,
    toLayout: Layout,
    shape: readonly number[],
    accumulate: boolean,
  ): void;
  /** `condition` where it is not 0 takes `a`, elsewhere `b`: bits are copied. */
  where(condition: Storage, a: Storage, b: Storage, out: Storage): void;
  /** Sum, maximum or minimum along the middle of `[outer, length, inner]`. */
  reduce(op: ReduceOp, x: Storage, out: Storage, outer: number, length: number, inner: number): void;
  /** Sums of `[0, i]` along the middle of `[outer, length, inner]`, or of `[i, length)` in reverse; added in that order. */
  cumulativeSum(x: Storage, out: Storage, outer: number, length: number, inner: number, reverse: boolean): void;
  /** Sum of all elements in float64, over chunks of 4,096. */
  sumAll(x: Storage): number;
  /** Index of the first NaN or infinity, or -1. */
  firstNonFinite(x: Storage): number;
  matmul(args: MatmulArgs): void;
  productSum(args: ProductSumArgs): void;

  softmax(x: Storage, out: Storage, rows: number, classes: number, log: boolean): void;
  softmaxGradient(y: Storage, dy: Storage, dx: Storage, rows: number, classes: number, log: boolean): void;
  layerNorm(args: LayerNormForwardArgs): void;
  layerNormGradient(args: LayerNormBackwardArgs): void;
  /** Lowest index of the largest element of each row, a NaN being the largest; int32 out. */
  argMax(x: Storage, out: Storage, rows: number, classes: number): void;
  /** The `k` largest of each row, falling, NaNs first; the lowest index first among equals. */
  topK(x: Storage, values: Storage, indices: Storage, rows: number, classes: number, k: number): void;

  /** The class of each row that `topK` puts first in the log-softmax of its logits, the excluded ones left out. */
  likeliest(args: LikeliestArgs): void;

  /** `out[i] = table[ids[i]]`; ids are checked by the caller. */
  gatherRows(table: Storage, ids: Storage, out: Storage, width: number): void;
  /** `out[slots[i]] += rows[i]` in rising i; slot -1 is skipped. */
  scatterAddRows(rows: Storage, slots: Storage, out: Storage, options: ScatterOptions): void;
  /** `out[o, j, i] = x[o, indices[o, j, i], i]`; indices, int32, are checked by the caller. */
  gather(x: Storage, indices: Storage, out: Storage, shape: GatherShape): void;
  /** `out[o, indices[o, j, i], i] += dy[o, j, i]` in rising j, `out` starts at zero. */
  gatherGradient(dy: Storage, indices: Storage, out: Storage, shape: GatherShape): void;
  /** Inverted dropout of `[batch, time, features]`. */
  dropout(
    x: Storage,
    out: Storage,
    batch: number,
    time: number,
    features: number,
    rate: number,
    address: DropoutAddressing,
  ): void;
  /** Pools `[batch, time, features]` over real steps; `chosen` is int32 `[batch, features]`, the winning step of max. */
  pool(
    kind: PoolKind,
    x: Storage,
    out: Storage,
    chosen: Storage,
    time: number,
    features: number,
    lengths: Int32Array,
  ): void;
  poolGradient(
    kind: PoolKind,
    dy: Storage,
    dx: Storage,
    chosen: Storage,
    time: number,
    features: number,
    lengths: Int32Array,
  ): void;

  lstmForward(args: LstmForwardArgs): void;
  /** Two layers, neither of which reads what the other makes. */
  lstmForwardBoth(first: LstmForwardArgs, second: LstmForwardArgs): void;
  lstmBackward(args: LstmBackwardArgs): void;
  gruForward(args: GruForwardArgs): void;
  gruBackward(args: GruBackwardArgs): void;
  rnnForward(args: RnnForwardArgs): void;
  rnnBackward(args: RnnBackwardArgs): void;
  attentionForward(args: AttentionForwardArgs): void;
  attentionBackward(args: AttentionBackwardArgs): void;
  attentionalLstmForward(args: AttentionalLstmForwardArgs): void;
  attentionalLstmBackward(args: AttentionalLstmBackwardArgs): void;

  /** Returns the summed loss and the summed target weight, both float64. */
  crossEntropyForward(args: CrossEntropyArgs): { lossSum: number; weightSum: number };
  /** `scale` is the loss's gradient over the summed target weight. */
  crossEntropyBackward(args: CrossEntropyArgs, scale: number, logitsGradient: Storage): void;
  /** The same of an output layer's logits. */
  linearCrossEntropyForward(args: LinearCrossEntropyArgs): { lossSum: number; weightSum: number };
  /** Uses up `args.logits`, in whose place it makes their gradient. */
  linearCrossEntropyBackward(args: LinearCrossEntropyArgs, scale: number, gradients: LinearCrossEntropyGradients): void;

  /** Sum of squares of each gradient in float64, over chunks of 4,096 of its dense flat index. */
  sumsOfSquares(gradients: readonly GradientStorage[]): number[];
  /** One step of all parameters, each of which occurs once. */
  optimizerStep(rule: UpdateRule, segments: readonly StepSegment[]): void;

  /** Fills `out` with the numbers of a stream from position 0 on (random.ts). Absent on the reference, which leaves it to loops. */
  drawUniform?(out: Float64Array, key: readonly [number, number], low: number, high: number): void;
  /** The same for normal numbers. */
  drawNormal?(out: Float64Array, key: readonly [number, number]): void;

  /** Makes the rows of `[count, size]` orthonormal in place (orthonormal.ts). Absent on the reference, which leaves it to loops. */
  orthonormalize?(vectors: Float64Array, count: number, size: number): void;

  /**
   * Runs chains of fused multiply-adds that wait for nothing, on every thread, and returns how many multiplications and additions
   * that were: the peak to measure other kernels by. Absent on the reference, which has no vectors.
   */
  multiplyAddChains?(iterations: number): number;
}

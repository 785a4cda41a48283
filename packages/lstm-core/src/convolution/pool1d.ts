/** Pooling over windows of time. */
import {
  gatherRows,
  type OptionNames,
  poolOverTime,
  requireKnownOptions,
  reshape,
  ShapeError,
  type Tensor,
} from "@cellstate/tensor";
import { requireSize } from "../errors.ts";
import { scatterRows } from "../layers/packing.ts";
import { type Padding, requireWindows, seenSteps } from "./windows.ts";

export interface PoolOptions {
  /** Steps of a window, at least 1. */
  readonly poolSize: number;
  /** Steps from one window to the next. Default: `poolSize`. */
  readonly stride?: number | undefined;
  /** What a window may reach over; nothing of it ever counts. Default `valid`. */
  readonly padding?: Padding | undefined;
  /** `[batch]`: real steps of each row. Default: all. */
  readonly lengths?: Int32Array | undefined;
}

const optionNames: OptionNames<PoolOptions> = { poolSize: true, stride: true, padding: true, lengths: true };

/**
 * The largest value of each feature in each window of real steps.
 *
 * @param x  `[batch, time, feature]`
 * @returns `[batch, windows, feature]`, 0 behind the last window of each row; `windowCount` says how many a row has
 * @throws {OptionError} if an option is unknown or outside its range
 * @throws {ShapeError} if `x` has another shape, or a length lies outside `[0, time]`
 */
export function maxPool1d(x: Tensor, options: PoolOptions): Tensor {
  return pool("maxPool1d", "max", x, options);
}

/** The mean of each feature over the real steps in each window; see {@link maxPool1d}. */
export function averagePool1d(x: Tensor, options: PoolOptions): Tensor {
  return pool("averagePool1d", "mean", x, options);
}

function pool(owner: string, kind: "max" | "mean", x: Tensor, options: PoolOptions): Tensor {
  requireKnownOptions(owner, options, optionNames);
  const { poolSize, stride = poolSize, padding = "valid", lengths } = options;
  requireSize(owner, "poolSize", poolSize);
  const windows = { kernelSize: poolSize, stride, dilation: 1, padding };
  requireWindows(owner, windows);
  if (x.shape.length !== 3) throw new ShapeError(owner, "input of shape [batch, time, feature]", x.shape);
  const [batchSize, seqLen, features] = x.shape as [number, number, number];
  const { rows, places, steps } = seenSteps(owner, windows, { batchSize, seqLen, lengths });
  const counts = realFirst(rows, poolSize);
  const seen = gatherRows(reshape(x, [batchSize * seqLen, features]), rows);
  const pooled = poolOverTime(reshape(seen, [places.length, poolSize, features]), kind, counts);
  return reshape(scatterRows(pooled, places, batchSize * steps), [batchSize, steps, features]);
}

/** Moves the real steps of each window before what stands for a zero, which then names any row; returns how many are real. */
function realFirst(rows: Int32Array, poolSize: number): Int32Array {
  return Int32Array.from({ length: rows.length / poolSize }, (_, window) => {
    const own = rows.subarray(window * poolSize, (window + 1) * poolSize);
    const real = own.filter((row) => row >= 0);
    own.fill(0).set(real);
    return real.length;
  });
}

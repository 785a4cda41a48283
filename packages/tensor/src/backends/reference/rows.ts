/** Kernels that work row by row: softmax, arg-max, top-k, cross-entropy, gather and scatter. */
import type { CrossEntropyArgs, GatherShape, ScatterOptions } from "../../backend.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { maximum } from "./elementwise.ts";
import { chunkedSum, type Floats, laneDot, laneSum } from "./sums.ts";

function rowMax(x: Floats, start: number, classes: number): number {
  let best = x[start]!;
  for (let c = 1; c < classes; c++) best = maximum(best, x[start + c]!);
  return best;
}

/** The largest logit of a row is subtracted from all of them first where it is at least so large. */
const LARGE_LOGIT = 64;

/**
 * What is subtracted from the logits of a row, and the log of the sum of exponentials of what is left. Beside a large maximum that
 * logarithm would be rounded away; rows of usual size keep their logits.
 */
function logSumExp(math: Arithmetic, x: Floats, start: number, classes: number): { shift: number; lse: number } {
  const r = math.round;
  const top = rowMax(x, start, classes);
  const total = laneSum(math, classes, (c) => math.exp(r(x[start + c]! - top)));
  const shift = Math.abs(top) >= LARGE_LOGIT ? top : 0;
  return { shift, lse: r(r(top - shift) + math.log(total)) };
}

export function softmax(math: Arithmetic, x: Floats, out: Floats, rows: number, classes: number, log: boolean): void {
  const r = math.round;
  for (let row = 0; row < rows; row++) {
    const start = row * classes;
    if (log) {
      const { shift, lse } = logSumExp(math, x, start, classes);
      for (let c = 0; c < classes; c++) out[start + c] = r(r(x[start + c]! - shift) - lse);
      continue;
    }
    const top = rowMax(x, start, classes);
    for (let c = 0; c < classes; c++) out[start + c] = math.exp(r(x[start + c]! - top));
    const total = laneSum(math, classes, (c) => out[start + c]!);
    for (let c = 0; c < classes; c++) out[start + c] = r(out[start + c]! / total);
  }
}

export function softmaxGradient(
  math: Arithmetic,
  y: Floats,
  dy: Floats,
  dx: Floats,
  rows: number,
  classes: number,
  log: boolean,
): void {
  const r = math.round;
  for (let row = 0; row < rows; row++) {
    const start = row * classes;
    if (log) {
      const total = laneSum(math, classes, (c) => dy[start + c]!);
      for (let i = start; i < start + classes; i++) dx[i] = r(dy[i]! - r(math.exp(y[i]!) * total));
    } else {
      const total = laneDot(
        math,
        classes,
        (c) => dy[start + c]!,
        (c) => y[start + c]!,
      );
      for (let i = start; i < start + classes; i++) dx[i] = r(y[i]! * r(dy[i]! - total));
    }
  }
}

/** A NaN is larger than every number. */
function isLarger(a: number, b: number): boolean {
  return a > b || (Number.isNaN(a) && !Number.isNaN(b));
}

export function argMax(x: Floats, out: Int32Array, rows: number, classes: number): void {
  for (let row = 0; row < rows; row++) {
    let best = 0;
    for (let c = 1; c < classes; c++) if (isLarger(x[row * classes + c]!, x[row * classes + best]!)) best = c;
    out[row] = best;
  }
}

export function topK(x: Floats, values: Floats, indices: Int32Array, rows: number, classes: number, k: number): void {
  for (let row = 0; row < rows; row++) {
    const start = row * classes;
    const falling = (a: number, b: number) =>
      isLarger(x[start + a]!, x[start + b]!) ? -1 : isLarger(x[start + b]!, x[start + a]!) ? 1 : a - b;
    const order = Array.from({ length: classes }, (_, c) => c).sort(falling);
    for (let rank = 0; rank < k; rank++) {
      indices[row * k + rank] = order[rank]!;
      values[row * k + rank] = x[start + order[rank]!]!;
    }
  }
}

export interface CrossEntropyArrays {
  readonly shape: CrossEntropyArgs;
  readonly logits: Floats;
  readonly targets: Int32Array;
  readonly classWeights: Floats | undefined;
  readonly shifts: Floats;
  readonly logSumExp: Floats;
}

/**
 * Per counted row, with w the class weights (1 if absent), e the smoothing, t the target and C the number of classes:
 * `(1 - e) * w[t] * (lse - x[t]) + e * (mean(w) * lse - mean(w * x))`, as PyTorch defines it, x and lse less the row's shift.
 */
export function crossEntropyForward(
  math: Arithmetic,
  arrays: CrossEntropyArrays,
): { lossSum: number; weightSum: number } {
  const { shape, logits, targets, classWeights, shifts, logSumExp: lses } = arrays;
  const { rows, classes } = shape;
  const r = math.round;
  const smoothing = r(shape.labelSmoothing);
  const meanWeight = classWeights ? r(laneSum(math, classes, (c) => classWeights[c]!) / classes) : 1;
  const losses = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const target = targets[row]!;
    shifts[row] = 0;
    lses[row] = 0;
    if (target < 0) continue;
    const start = row * classes;
    const { shift, lse } = logSumExp(math, logits, start, classes);
    shifts[row] = shift;
    lses[row] = lse;
    const logit = (c: number) => r(logits[start + c]! - shift);
    const weight = classWeights ? classWeights[target]! : 1;
    let loss = r(r(r(1 - smoothing) * weight) * r(lse - logit(target)));
    if (smoothing > 0) {
      const total = classWeights
        ? laneDot(math, classes, (c) => classWeights[c]!, logit)
        : laneSum(math, classes, logit);
      loss = r(loss + r(smoothing * r(r(meanWeight * lse) - r(total / classes))));
    }
    losses[row] = loss;
  }
  const weightOf = (row: number) => (targets[row]! < 0 ? 0 : classWeights ? classWeights[targets[row]!]! : 1);
  return { lossSum: chunkedSum(rows, (row) => losses[row]!), weightSum: chunkedSum(rows, weightOf) };
}

export function crossEntropyBackward(
  math: Arithmetic,
  arrays: CrossEntropyArrays,
  scale: number,
  dLogits: Floats,
): void {
  const { shape, logits, targets, classWeights, shifts, logSumExp: lses } = arrays;
  const { rows, classes } = shape;
  const r = math.round;
  const smoothing = r(shape.labelSmoothing);
  const factor = r(scale);
  const meanWeight = classWeights ? r(laneSum(math, classes, (c) => classWeights[c]!) / classes) : 1;
  const share = r(smoothing / classes);
  for (let row = 0; row < rows; row++) {
    const start = row * classes;
    const target = targets[row]!;
    if (target < 0) {
      dLogits.fill(0, start, start + classes);
      continue;
    }
    const own = r(r(1 - smoothing) * (classWeights ? classWeights[target]! : 1));
    const all = r(own + r(smoothing * meanWeight));
    for (let c = 0; c < classes; c++) {
      let d = r(all * math.exp(r(r(logits[start + c]! - shifts[row]!) - lses[row]!)));
      d = r(d - r(share * (classWeights ? classWeights[c]! : 1)));
      if (c === target) d = r(d - own);
      dLogits[start + c] = r(factor * d);
    }
  }
}

export function gatherRows(table: Floats, ids: Int32Array, out: Floats, width: number): void {
  for (let i = 0; i < ids.length; i++) out.set(table.subarray(ids[i]! * width, (ids[i]! + 1) * width), i * width);
}

export function gather(x: Floats, indices: Int32Array, out: Floats, shape: GatherShape): void {
  const { outer, length, count, inner } = shape;
  for (let o = 0; o < outer; o++) {
    for (let at = o * count * inner; at < (o + 1) * count * inner; at++) {
      out[at] = x[(o * length + indices[at]!) * inner + (at % inner)]!;
    }
  }
}

export function gatherGradient(
  math: Arithmetic,
  dy: Floats,
  indices: Int32Array,
  out: Floats,
  shape: GatherShape,
): void {
  const { outer, length, count, inner } = shape;
  out.fill(0);
  for (let o = 0; o < outer; o++) {
    for (let at = o * count * inner; at < (o + 1) * count * inner; at++) {
      const to = (o * length + indices[at]!) * inner + (at % inner);
      out[to] = math.round(out[to]! + dy[at]!);
    }
  }
}

export function scatterAddRows(
  math: Arithmetic,
  rows: Floats,
  slots: Int32Array,
  out: Floats,
  { width, adds }: ScatterOptions,
): void {
  if (!adds) out.fill(0);
  for (let i = 0; i < slots.length; i++) {
    if (slots[i]! < 0) continue;
    for (let e = 0; e < width; e++) {
      const to = slots[i]! * width + e;
      out[to] = math.round(out[to]! + rows[i * width + e]!);
    }
  }
}

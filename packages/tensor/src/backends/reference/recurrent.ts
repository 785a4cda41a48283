/**
 * What the recurrent layers share: the walk over the real positions of a padded batch, the chain of a pre-activation, and the
 * gradients that are products over positions.
 *
 * Positions are numbered by time, then by row, and only real ones count; all sums over positions run in that order.
 */
import type { RecurrentShape } from "../../args/recurrent.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { type Floats, floatArray, productSum } from "./sums.ts";

/** The real positions of a padded batch. */
export interface Positions {
  readonly count: number;
  /** Batch row and time step of each position. */
  readonly rows: Int32Array;
  readonly times: Int32Array;
  /** Position of `[row, time]`, or -1 on padding: index `row * time + t`. */
  readonly at: Int32Array;
}

export function positionsOf(shape: RecurrentShape): Positions {
  const { batch, time, lengths } = shape;
  const count = lengths.reduce((sum, length) => sum + length, 0);
  const rows = new Int32Array(count);
  const times = new Int32Array(count);
  const at = new Int32Array(batch * time).fill(-1);
  let position = 0;
  for (let t = 0; t < time; t++) {
    for (let row = 0; row < batch; row++) {
      if (t >= lengths[row]!) continue;
      rows[position] = row;
      times[position] = t;
      at[row * time + t] = position++;
    }
  }
  return { count, rows, times, at };
}

/** One real step of one row. */
export interface Place {
  readonly position: number;
  readonly row: number;
  readonly t: number;
  /** Where its input begins. */
  readonly inputAt: number;
}

/** The steps of one row in the order that the layer reads them. */
export function placesOf(shape: RecurrentShape, positions: Positions, row: number): Place[] {
  const { time, inputSize, lengths, reverse } = shape;
  const length = lengths[row]!;
  return Array.from({ length }, (_, step) => {
    const t = reverse ? length - 1 - step : step;
    return { position: positions.at[row * time + t]!, row, t, inputAt: (row * time + t) * inputSize };
  });
}

/** What a layer of any kind reads. */
export interface RecurrentArrays {
  readonly shape: RecurrentShape;
  readonly input: Floats;
  readonly weightIh: Floats;
  readonly weightHh: Floats;
  readonly biasIh: Floats;
  readonly biasHh: Floats;
  readonly initialHidden: Floats | undefined;
  /** `[batch, outputSize]`, see `maskedHidden`. */
  readonly recurrentDropoutMask: Floats | undefined;
  /** `[batch, time, outputStride]`: the layer's features are the first of each step. */
  readonly output: Floats;
  readonly outputStride: number;
}

/** Where the output of `[row, t]` begins, and its gradient. */
export function outputAt({ shape, outputStride }: RecurrentArrays, row: number, t: number): number {
  return (row * shape.time + t) * outputStride;
}

/**
 * Walks the rows from their initial hidden states and fills the output and the last states.
 *
 * @param step from the hidden state, and what the hidden products see of it, to the next one
 */
export function walkForward(
  math: Arithmetic,
  arrays: RecurrentArrays,
  hiddenState: Floats,
  step: (place: Place, hidden: Floats, seen: Floats) => Floats,
): void {
  const { shape, output } = arrays;
  const width = hiddenState.length / shape.batch;
  const positions = positionsOf(shape);
  clearPadding(arrays, width);
  for (let row = 0; row < shape.batch; row++) {
    let hidden = stateRow(math, arrays.initialHidden, row, width);
    for (const place of placesOf(shape, positions, row)) {
      hidden = step(place, hidden, maskedHidden(math, arrays, hidden, row));
      output.set(hidden, outputAt(arrays, row, place.t));
    }
    hiddenState.set(hidden, row * width);
  }
}

/** Zeros the `width` features of the output on padding. */
function clearPadding(arrays: RecurrentArrays, width: number): void {
  const { batch, time, lengths } = arrays.shape;
  for (let row = 0; row < batch; row++) {
    for (let t = lengths[row]!; t < time; t++) {
      const at = outputAt(arrays, row, t);
      arrays.output.fill(0, at, at + width);
    }
  }
}

/** A copy of one row of a state, or of its gradient, of `width` features; zeros where the caller gave none. */
export function stateRow(math: Arithmetic, state: Floats | undefined, row: number, width: number): Floats {
  return state?.slice(row * width, (row + 1) * width) ?? floatArray(math.floatType, width);
}

/** What the hidden products of one row see of its hidden state: all of it, or what the recurrent dropout mask leaves. */
function maskedHidden({ round: r }: Arithmetic, arrays: RecurrentArrays, hidden: Floats, row: number): Floats {
  const mask = arrays.recurrentDropoutMask;
  return hidden.map((value, unit) => (mask ? r(value * mask[row * hidden.length + unit]!) : value)) as Floats;
}

/**
 * `start` plus the products of `count` elements from `left[leftAt]` and `right[rightAt]` on, each a fused multiply-add, in one
 * accumulator without blocks.
 */
export function chain(
  { fma }: Arithmetic,
  start: number,
  count: number,
  left: Floats,
  leftAt: number,
  right: Floats,
  rightAt: number,
): number {
  let sum = start;
  for (let k = 0; k < count; k++) sum = fma(left[leftAt + k]!, right[rightAt + k]!, sum);
  return sum;
}

/** Pre-activation `gate` of `[row, t]`: `round(biasIh + biasHh)`, then the input products, then the hidden products. */
export function preActivation(
  math: Arithmetic,
  arrays: RecurrentArrays,
  gate: number,
  inputAt: number,
  hidden: Floats,
): number {
  const { inputSize } = arrays.shape;
  const bias = math.round(arrays.biasIh[gate]! + arrays.biasHh[gate]!);
  const inputPart = chain(math, bias, inputSize, arrays.input, inputAt, arrays.weightIh, gate * inputSize);
  return chain(math, inputPart, hidden.length, hidden, 0, arrays.weightHh, gate * hidden.length);
}

/** Row `index` of `gradients [n, gates]` times a weight `[gates, columns]`: one element of the product. */
export function backProduct(
  math: Arithmetic,
  gates: number,
  gradients: Floats,
  index: number,
  weight: Floats,
  columns: number,
  column: number,
): number {
  return productSum(
    math,
    gates,
    (gate) => gradients[index * gates + gate]!,
    (gate) => weight[gate * columns + column]!,
  );
}

/** Fills `[batch, time, inputSize]` from gradients of the pre-activations, `[positions, gates]`; zeros on padding. */
function inputGradients(
  math: Arithmetic,
  { shape, weightIh }: RecurrentArrays,
  positions: Positions,
  gateGradients: Floats,
  out: Floats,
): void {
  const { time, inputSize } = shape;
  const gates = weightIh.length / inputSize;
  out.fill(0);
  for (let position = 0; position < positions.count; position++) {
    const to = (positions.rows[position]! * time + positions.times[position]!) * inputSize;
    for (let k = 0; k < inputSize; k++) {
      out[to + k] = backProduct(math, gates, gateGradients, position, weightIh, inputSize, k);
    }
  }
}

/** Gradients that layers of all kinds have. */
export interface RecurrentGradientArrays {
  /** Of the outputs, laid out like them: zeros where absent. */
  readonly output: Floats | undefined;
  readonly hidden: Floats | undefined;
  readonly input: Floats | undefined;
  readonly weightIh: Floats | undefined;
  readonly weightHh: Floats | undefined;
  readonly initialHidden: Floats;
}

/**
 * Fills the gradients of the input and of both weights, where wanted, from those of what each weight made: `gatesIh` and
 * `gatesHh`, `[positions, gates]`.
 */
export function inputAndWeightGradients(
  math: Arithmetic,
  arrays: RecurrentArrays,
  gradients: RecurrentGradientArrays,
  positions: Positions,
  gatesIh: Floats,
  gatesHh: Floats,
): void {
  const { inputSize } = arrays.shape;
  const { input, weightIh, weightHh } = gradients;
  if (input) inputGradients(math, arrays, positions, gatesIh, input);
  if (weightIh) weightGradient(math, positions.count, gatesIh, inputSize, inputSeen(arrays, positions), weightIh);
  if (weightHh) {
    const outputSize = (arrays.weightHh.length * inputSize) / arrays.weightIh.length;
    weightGradient(
      math,
      positions.count,
      gatesHh,
      outputSize,
      hiddenSeen(math, arrays, positions, outputSize),
      weightHh,
    );
  }
}

/** A number of each real position. */
type OfPosition = (position: number) => number;

/** Fills a bias's gradient: sums of `gradients [positions, gates]` over positions. */
export function biasGradient(math: Arithmetic, count: number, gradients: Floats, out: Floats): void {
  const gates = out.length;
  for (let gate = 0; gate < gates; gate++) {
    out[gate] = productSum(
      math,
      count,
      (position) => gradients[position * gates + gate]!,
      () => 1,
    );
  }
}

/** Fills a weight's gradient `[gates, columns]`; `seen(k)` is what column `k` of the weight met at each position. */
export function weightGradient(
  math: Arithmetic,
  count: number,
  gradients: Floats,
  columns: number,
  seen: (k: number) => OfPosition,
  out: Floats,
): void {
  const gates = out.length / columns;
  for (let gate = 0; gate < gates; gate++) {
    const gradient = (position: number) => gradients[position * gates + gate]!;
    for (let k = 0; k < columns; k++) out[gate * columns + k] = productSum(math, count, gradient, seen(k));
  }
}

/** What input weights met: the input at each position. */
function inputSeen({ shape, input }: RecurrentArrays, { rows, times }: Positions): (k: number) => OfPosition {
  const { time, inputSize } = shape;
  return (k) => (position) => input[(rows[position]! * time + times[position]!) * inputSize + k]!;
}

/** What hidden weights met: the (masked) hidden state before each position, of `width` features. */
export function hiddenSeen(
  { round }: Arithmetic,
  arrays: RecurrentArrays,
  { rows, times }: Positions,
  width: number,
): (unit: number) => OfPosition {
  const { lengths, reverse } = arrays.shape;
  const mask = arrays.recurrentDropoutMask;
  return (unit) => (position) => {
    const row = rows[position]!;
    const t = times[position]! + (reverse ? 1 : -1);
    const isInside = t >= 0 && t < lengths[row]!;
    const previous = isInside
      ? arrays.output[outputAt(arrays, row, t) + unit]!
      : (arrays.initialHidden?.[row * width + unit] ?? 0);
    return mask ? round(previous * mask[row * width + unit]!) : previous;
  };
}

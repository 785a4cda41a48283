/**
 * A whole LSTM layer in one direction, forward and backward (Hochreiter & Schmidhuber 1997, with the forget gate of Gers
 * et al. 2000), in PyTorch's gate order i, f, g, o, and its variants. This file is the definition of the op's bits, with
 * `recurrent.ts`.
 *
 * Layer-normalized pre-activation: `round(biasIh + biasHh)`, then the input part, then the hidden part; each part is a product
 * as in `matmul`, normalized over all gates and scaled by its gain. Peepholes are added to finished pre-activations.
 */
import type { LstmShape, RnnActivation } from "../../args/recurrent.ts";
import { activate, slope } from "./activation.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { normalize, normalizeGradient } from "./layer-norm.ts";
import {
  backProduct,
  biasGradient,
  inputAndWeightGradients,
  outputAt,
  type Place,
  type Positions,
  placesOf,
  positionsOf,
  preActivation,
  type RecurrentArrays,
  type RecurrentGradientArrays,
  stateRow,
  walkForward,
  weightGradient,
} from "./recurrent.ts";
import { type Floats, floatArray, productSum } from "./sums.ts";

interface LstmNormArrays {
  readonly gainIh: Floats;
  readonly gainHh: Floats;
  readonly gainCell: Floats;
  readonly biasCell: Floats;
}

interface LstmExtraArrays {
  readonly weightHr: Floats | undefined;
  readonly peepholes: Floats | undefined;
  readonly norm: LstmNormArrays | undefined;
}

export interface LstmArrays extends RecurrentArrays, LstmExtraArrays {
  readonly shape: LstmShape;
  readonly initialCell: Floats | undefined;
  readonly gates: Floats;
  readonly cells: Floats;
  readonly tanhCells: Floats;
  /** Normalized values and their scales, with `norm`. */
  readonly normalized:
    | { readonly ih: Floats; readonly hh: Floats; readonly cell: Floats; readonly scales: Floats }
    | undefined;
  readonly cellClip: number | undefined;
  readonly activation: RnnActivation;
}

/** `cellState` holds the cell of each row as its steps go on. */
export function lstmForward(math: Arithmetic, arrays: LstmArrays, hiddenState: Floats, cellState: Floats): void {
  const { batch, hiddenSize } = arrays.shape;
  for (let row = 0; row < batch; row++) {
    cellState.set(stateRow(math, arrays.initialCell, row, hiddenSize), row * hiddenSize);
  }
  walkForward(math, arrays, hiddenState, (place, _, seen) => {
    const before = stateRow(math, cellState, place.row, hiddenSize);
    const cell = updateCell(math, arrays, place, preActivations(math, arrays, place, seen), before);
    cellState.set(cell, place.row * hiddenSize);
    return cellOutput(math, arrays, place, cell);
  });
}

/** The four gates of all units before their functions, without peepholes. */
function preActivations(math: Arithmetic, arrays: LstmArrays, { position, inputAt }: Place, seen: Floats): Floats {
  const { shape, norm, normalized, biasIh, biasHh } = arrays;
  const { inputSize, hiddenSize } = shape;
  const r = math.round;
  const values = floatArray(math.floatType, 4 * hiddenSize);
  if (!norm || !normalized) {
    return values.map((_, gate) => preActivation(math, arrays, gate, inputAt, seen)) as Floats;
  }
  const input = arrays.input.subarray(inputAt, inputAt + inputSize);
  const ih = values.map((_, gate) => rowProduct(math, input, arrays.weightIh, gate)) as Floats;
  const hh = values.map((_, gate) => rowProduct(math, seen, arrays.weightHh, gate)) as Floats;
  normalized.scales[3 * position] = normalize(math, ih);
  normalized.scales[3 * position + 1] = normalize(math, hh);
  normalized.ih.set(ih, position * 4 * hiddenSize);
  normalized.hh.set(hh, position * 4 * hiddenSize);
  return values.map((_, gate) => {
    const bias = r(biasIh[gate]! + biasHh[gate]!);
    return math.fma(norm.gainHh[gate]!, hh[gate]!, math.fma(norm.gainIh[gate]!, ih[gate]!, bias));
  }) as Floats;
}

/** `x` times row `row` of a weight. */
function rowProduct(math: Arithmetic, x: Floats, weight: Floats, row: number): number {
  return productSum(
    math,
    x.length,
    (k) => x[k]!,
    (k) => weight[row * x.length + k]!,
  );
}

/** Fills the gates and cells of a position and returns the next cell state. */
function updateCell(math: Arithmetic, arrays: LstmArrays, { position }: Place, pre: Floats, cell: Floats): Floats {
  const { gates, cells, peepholes, cellClip, activation } = arrays;
  const { hiddenSize } = arrays.shape;
  const r = math.round;
  const next = cell.map((before, unit) => {
    const peep = (peephole: number, value: number, state: number) =>
      peepholes ? math.fma(peepholes[peephole * hiddenSize + unit]!, state, value) : value;
    const i = math.sigmoid(peep(0, pre[unit]!, before));
    const f = math.sigmoid(peep(1, pre[hiddenSize + unit]!, before));
    const g = activate(math, activation, pre[2 * hiddenSize + unit]!);
    const c = clipped(math.fma(f, before, r(i * g)), cellClip);
    const o = math.sigmoid(peep(2, pre[3 * hiddenSize + unit]!, c));
    [i, f, g, o].forEach((value, gate) => {
      gates[(position * 4 + gate) * hiddenSize + unit] = value;
    });
    return c;
  }) as Floats;
  cells.set(next, position * hiddenSize);
  return next;
}

function clipped(c: number, limit = Infinity): number {
  return Math.min(Math.max(c, -limit), limit);
}

/** Fills the cell's tanh of a position and returns the next hidden state. */
function cellOutput(math: Arithmetic, arrays: LstmArrays, { position }: Place, cell: Floats): Floats {
  const { gates, tanhCells, norm, normalized, weightHr, activation } = arrays;
  const { hiddenSize, outputSize } = arrays.shape;
  const r = math.round;
  const values = cell.slice();
  if (norm && normalized) {
    normalized.scales[3 * position + 2] = normalize(math, values);
    normalized.cell.set(values, position * hiddenSize);
    values.forEach((value, unit) => {
      values[unit] = math.fma(norm.gainCell[unit]!, value, norm.biasCell[unit]!);
    });
  }
  const hidden = values.map((value, unit) => {
    const tanhC = activate(math, activation, value);
    tanhCells[position * hiddenSize + unit] = tanhC;
    return r(gates[(position * 4 + 3) * hiddenSize + unit]! * tanhC);
  }) as Floats;
  if (!weightHr) return hidden;
  return floatArray(math.floatType, outputSize).map((_, k) => rowProduct(math, hidden, weightHr, k)) as Floats;
}

export interface LstmGradientArrays extends RecurrentGradientArrays {
  /** Of the last cell state: zeros where absent. */
  readonly cell: Floats | undefined;
  /** `[positions, 4 * hiddenSize]`: of the pre-activations. */
  readonly gates: Floats;
  /** The same of the products before their normalization; `gates` itself where there is none. */
  readonly gatesIh: Floats;
  readonly gatesHh: Floats;
  readonly bias: Floats;
  readonly initialCell: Floats;
  readonly extras: LstmExtraArrays;
}

/** Gradients by position that only the weights of the variants need. */
interface ExtraGradients {
  /** `[positions, outputSize]`: of the hidden state. */
  readonly hidden: Floats;
  /** `[positions, hiddenSize]`: of the argument of the cell's tanh. */
  readonly cell: Floats;
}

export function lstmBackward(math: Arithmetic, arrays: LstmArrays, gradients: LstmGradientArrays): void {
  const { batch, hiddenSize, outputSize } = arrays.shape;
  const positions = positionsOf(arrays.shape);
  const { count } = positions;
  const extra = {
    hidden: floatArray(math.floatType, count * outputSize),
    cell: floatArray(math.floatType, count * hiddenSize),
  };
  for (let row = 0; row < batch; row++) backwardRow(math, arrays, gradients, extra, positions, row);
  inputAndWeightGradients(math, arrays, gradients, positions, gradients.gatesIh, gradients.gatesHh);
  biasGradient(math, count, gradients.gates, gradients.bias);
  extraGradients(math, arrays, gradients, extra, positions);
}

/** The recurrence of one row from its last step to its first; fills all gradients by position. */
function backwardRow(
  math: Arithmetic,
  arrays: LstmArrays,
  gradients: LstmGradientArrays,
  extra: ExtraGradients,
  positions: Positions,
  row: number,
): void {
  const { shape, weightHh, recurrentDropoutMask: mask } = arrays;
  const { hiddenSize, outputSize } = shape;
  const r = math.round;
  const hiddenGradient = stateRow(math, gradients.hidden, row, outputSize);
  const cellGradient = stateRow(math, gradients.cell, row, hiddenSize);
  for (const place of placesOf(shape, positions, row).reverse()) {
    for (let unit = 0; unit < outputSize; unit++) {
      hiddenGradient[unit] = r(
        (gradients.output?.[outputAt(arrays, row, place.t) + unit] ?? 0) + hiddenGradient[unit]!,
      );
    }
    extra.hidden.set(hiddenGradient, place.position * outputSize);
    outputGradient(math, arrays, gradients, extra, place, hiddenGradient, cellGradient);
    gateGradients(math, arrays, gradients, positions, place, cellGradient);
    for (let unit = 0; unit < outputSize; unit++) {
      const product = backProduct(math, 4 * hiddenSize, gradients.gatesHh, place.position, weightHh, outputSize, unit);
      hiddenGradient[unit] = mask ? r(product * mask[row * outputSize + unit]!) : product;
    }
  }
  gradients.initialHidden.set(hiddenGradient, row * outputSize);
  gradients.initialCell.set(cellGradient, row * hiddenSize);
}

/** From the gradient of the hidden state to that of the output gate, and on to the cell, whose gradient grows. */
function outputGradient(
  math: Arithmetic,
  arrays: LstmArrays,
  gradients: LstmGradientArrays,
  extra: ExtraGradients,
  { position }: Place,
  hiddenGradient: Floats,
  cellGradient: Floats,
): void {
  const { gates, tanhCells, norm, normalized, peepholes, weightHr, activation } = arrays;
  const { hiddenSize, outputSize } = arrays.shape;
  const r = math.round;
  const [cellAt, outputGateAt] = [position * hiddenSize, (position * 4 + 3) * hiddenSize];
  const ofCell = extra.cell.subarray(cellAt, cellAt + hiddenSize);
  for (let unit = 0; unit < hiddenSize; unit++) {
    const dh = weightHr
      ? backProduct(math, outputSize, hiddenGradient, 0, weightHr, hiddenSize, unit)
      : hiddenGradient[unit]!;
    const [o, tanhC] = [gates[outputGateAt + unit]!, tanhCells[cellAt + unit]!];
    gradients.gates[outputGateAt + unit] = r(r(dh * tanhC) * r(o * r(1 - o)));
    ofCell[unit] = slope(math, activation, tanhC, r(dh * o));
  }
  let share: Floats = ofCell;
  if (norm && normalized) {
    share = ofCell.map((value, unit) => r(value * norm.gainCell[unit]!)) as Floats;
    const normalizedCell = normalized.cell.subarray(cellAt, cellAt + hiddenSize);
    normalizeGradient(math, share, normalizedCell, normalized.scales[3 * position + 2]!);
  }
  for (let unit = 0; unit < hiddenSize; unit++) {
    const dc = r(cellGradient[unit]! + share[unit]!);
    const peephole = peepholes?.[2 * hiddenSize + unit];
    cellGradient[unit] = peephole === undefined ? dc : math.fma(gradients.gates[outputGateAt + unit]!, peephole, dc);
  }
}

/** From the gradient of the cell to those of the other gates and of the products; the cell's moves on to the step before. */
function gateGradients(
  math: Arithmetic,
  arrays: LstmArrays,
  gradients: LstmGradientArrays,
  positions: Positions,
  { position, row, t }: Place,
  cellGradient: Floats,
): void {
  const { gates, norm, normalized, peepholes, cellClip, activation } = arrays;
  const { hiddenSize } = arrays.shape;
  const r = math.round;
  const gateAt = position * 4 * hiddenSize;
  for (let unit = 0; unit < hiddenSize; unit++) {
    const gate = (index: number) => gates[gateAt + index * hiddenSize + unit]!;
    const [i, f, g] = [gate(0), gate(1), gate(2)];
    const before = cellBefore(arrays, positions, row, t, unit);
    const isClipped = cellClip !== undefined && Math.abs(math.fma(f, before, r(i * g))) > cellClip;
    const dc = isClipped ? 0 : cellGradient[unit]!;
    const dInput = r(r(dc * g) * r(i * r(1 - i)));
    const dForget = r(r(dc * before) * r(f * r(1 - f)));
    gradients.gates[gateAt + unit] = dInput;
    gradients.gates[gateAt + hiddenSize + unit] = dForget;
    gradients.gates[gateAt + 2 * hiddenSize + unit] = slope(math, activation, g, r(dc * i));
    cellGradient[unit] = r(dc * f);
    if (peepholes) {
      const withInput = math.fma(dInput, peepholes[unit]!, cellGradient[unit]!);
      cellGradient[unit] = math.fma(dForget, peepholes[hiddenSize + unit]!, withInput);
    }
  }
  if (!norm || !normalized) return;
  const range = [gateAt, gateAt + 4 * hiddenSize] as const;
  const ofGates = gradients.gates.subarray(...range);
  (["ih", "hh"] as const).forEach((part, index) => {
    const gain = part === "ih" ? norm.gainIh : norm.gainHh;
    const ofPart = ofGates.map((value, at) => r(value * gain[at]!)) as Floats;
    normalizeGradient(math, ofPart, normalized[part].subarray(...range), normalized.scales[3 * position + index]!);
    (part === "ih" ? gradients.gatesIh : gradients.gatesHh).set(ofPart, gateAt);
  });
}

/** The cell state that `[row, t]` started from. */
function cellBefore(arrays: LstmArrays, positions: Positions, row: number, t: number, unit: number): number {
  const { time, hiddenSize, lengths, reverse } = arrays.shape;
  const previous = t + (reverse ? 1 : -1);
  if (previous < 0 || previous >= lengths[row]!) return arrays.initialCell?.[row * hiddenSize + unit] ?? 0;
  return arrays.cells[positions.at[row * time + previous]! * hiddenSize + unit]!;
}

/** Gradients of the weights of the variants: sums over positions. */
function extraGradients(
  math: Arithmetic,
  arrays: LstmArrays,
  gradients: LstmGradientArrays,
  extra: ExtraGradients,
  positions: Positions,
): void {
  const { gates, cells, tanhCells, normalized } = arrays;
  const { hiddenSize } = arrays.shape;
  const r = math.round;
  const { count, rows, times } = positions;
  const { weightHr, peepholes, norm } = gradients.extras;
  const gate = (values: Floats, index: number) => (position: number) => values[position * 4 * hiddenSize + index]!;
  const cell = (values: Floats, unit: number) => (position: number) => values[position * hiddenSize + unit]!;
  if (weightHr) {
    const unprojected = (unit: number) => (position: number) =>
      r(gates[(position * 4 + 3) * hiddenSize + unit]! * tanhCells[position * hiddenSize + unit]!);
    weightGradient(math, count, extra.hidden, hiddenSize, unprojected, weightHr);
  }
  for (let unit = 0; peepholes && unit < hiddenSize; unit++) {
    const before = (position: number) => cellBefore(arrays, positions, rows[position]!, times[position]!, unit);
    const ofGate = (index: number) => gate(gradients.gates, index * hiddenSize + unit);
    peepholes[unit] = productSum(math, count, ofGate(0), before);
    peepholes[hiddenSize + unit] = productSum(math, count, ofGate(1), before);
    peepholes[2 * hiddenSize + unit] = productSum(math, count, ofGate(3), cell(cells, unit));
  }
  if (!norm || !normalized) return;
  for (let index = 0; index < 4 * hiddenSize; index++) {
    norm.gainIh[index] = productSum(math, count, gate(gradients.gates, index), gate(normalized.ih, index));
    norm.gainHh[index] = productSum(math, count, gate(gradients.gates, index), gate(normalized.hh, index));
  }
  for (let unit = 0; unit < hiddenSize; unit++) {
    norm.gainCell[unit] = productSum(math, count, cell(extra.cell, unit), cell(normalized.cell, unit));
  }
  biasGradient(math, count, extra.cell, norm.biasCell);
}

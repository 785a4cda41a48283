/**
 * A whole LSTM layer in one direction, forward and backward (Hochreiter & Schmidhuber 1997, with the forget gate of Gers
 * et al. 2000), in PyTorch's gate order i, f, g, o. This file is the definition of the op's bits.
 *
 * Pre-activation: `round(biasIh + biasHh)`, then the input products, then the hidden products, in one accumulator.
 * Positions are numbered by time, then by row, and only real ones count; all sums over positions run in that order.
 */
import type { LstmShape } from "../../backend.ts";
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

export function positionsOf(shape: LstmShape): Positions {
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

/** Time steps of one row in the order that the layer reads them. */
export function stepOrder(length: number, reverse: boolean): number[] {
  return Array.from({ length }, (_, step) => (reverse ? length - 1 - step : step));
}

export interface LstmArrays {
  readonly shape: LstmShape;
  readonly input: Floats;
  readonly weightIh: Floats;
  readonly weightHh: Floats;
  readonly biasIh: Floats;
  readonly biasHh: Floats;
  readonly initialHidden: Floats | undefined;
  readonly initialCell: Floats | undefined;
  readonly output: Floats;
  readonly gates: Floats;
  readonly cells: Floats;
  readonly tanhCells: Floats;
}

export function lstmForward(math: Arithmetic, arrays: LstmArrays, hiddenState: Floats, cellState: Floats): void {
  const { shape, output, gates, cells, tanhCells } = arrays;
  const { batch, time, hiddenSize, lengths, reverse } = shape;
  const r = math.round;
  const positions = positionsOf(shape);
  output.fill(0);
  for (let row = 0; row < batch; row++) {
    const hidden = floatArray(math.floatType, hiddenSize);
    const cell = floatArray(math.floatType, hiddenSize);
    for (let unit = 0; unit < hiddenSize; unit++) {
      hidden[unit] = arrays.initialHidden?.[row * hiddenSize + unit] ?? 0;
      cell[unit] = arrays.initialCell?.[row * hiddenSize + unit] ?? 0;
    }
    for (const t of stepOrder(lengths[row]!, reverse)) {
      const position = positions.at[row * time + t]!;
      const [gateAt, cellAt] = [position * 4 * hiddenSize, position * hiddenSize];
      const previous = hidden.slice();
      for (let unit = 0; unit < hiddenSize; unit++) {
        const pre = (gate: number) =>
          preActivation(r, arrays, gate * hiddenSize + unit, (row * time + t) * shape.inputSize, previous);
        const i = math.sigmoid(pre(0));
        const f = math.sigmoid(pre(1));
        const g = math.tanh(pre(2));
        const o = math.sigmoid(pre(3));
        const c = r(r(f * cell[unit]!) + r(i * g));
        const tanhC = math.tanh(c);
        const h = r(o * tanhC);
        [i, f, g, o].forEach((value, gate) => {
          gates[gateAt + gate * hiddenSize + unit] = value;
        });
        cells[cellAt + unit] = c;
        tanhCells[cellAt + unit] = tanhC;
        cell[unit] = c;
        hidden[unit] = h;
        output[(row * time + t) * hiddenSize + unit] = h;
      }
    }
    hiddenState.set(hidden, row * hiddenSize);
    cellState.set(cell, row * hiddenSize);
  }
}

function preActivation(
  r: (x: number) => number,
  arrays: LstmArrays,
  gate: number,
  inputAt: number,
  hidden: Floats,
): number {
  const { input, weightIh, weightHh, biasIh, biasHh, shape } = arrays;
  const { inputSize, hiddenSize } = shape;
  let sum = r(biasIh[gate]! + biasHh[gate]!);
  for (let k = 0; k < inputSize; k++) sum = r(sum + r(input[inputAt + k]! * weightIh[gate * inputSize + k]!));
  for (let k = 0; k < hiddenSize; k++) sum = r(sum + r(hidden[k]! * weightHh[gate * hiddenSize + k]!));
  return sum;
}

export interface LstmGradientArrays {
  /** Of the outputs: zeros where absent. */
  readonly output: Floats | undefined;
  readonly hidden: Floats | undefined;
  readonly cell: Floats | undefined;
  readonly input: Floats | undefined;
  /** `[positions, 4 * hiddenSize]` */
  readonly gates: Floats;
  readonly weightIh: Floats | undefined;
  readonly weightHh: Floats | undefined;
  readonly bias: Floats;
  readonly initialHidden: Floats;
  readonly initialCell: Floats;
}

export function lstmBackward(math: Arithmetic, arrays: LstmArrays, gradients: LstmGradientArrays): void {
  const { shape } = arrays;
  const positions = positionsOf(shape);
  for (let row = 0; row < shape.batch; row++) backwardRow(math, arrays, gradients, positions, row);
  if (gradients.input) inputGradients(math, arrays, gradients.gates, gradients.input, positions);
  weightGradients(math, arrays, gradients, positions);
}

/** The recurrence of one row from its last step to its first; fills its gate gradients. */
function backwardRow(
  math: Arithmetic,
  arrays: LstmArrays,
  gradients: LstmGradientArrays,
  positions: Positions,
  row: number,
): void {
  const gateGradients = gradients.gates;
  const { shape, gates, cells, tanhCells, weightHh } = arrays;
  const { time, hiddenSize, lengths, reverse } = shape;
  const r = math.round;
  const ofRow = (states: Floats | undefined) =>
    states?.slice(row * hiddenSize, (row + 1) * hiddenSize) ?? floatArray(math.floatType, hiddenSize);
  const hiddenGradient = ofRow(gradients.hidden);
  const cellGradient = ofRow(gradients.cell);
  const order = stepOrder(lengths[row]!, reverse);
  for (let step = order.length - 1; step >= 0; step--) {
    const t = order[step]!;
    const position = positions.at[row * time + t]!;
    const gateAt = position * 4 * hiddenSize;
    const previous = step > 0 ? positions.at[row * time + order[step - 1]!]! : -1;
    for (let unit = 0; unit < hiddenSize; unit++) {
      const [i, f, g, o] = [0, 1, 2, 3].map((gate) => gates[gateAt + gate * hiddenSize + unit]!) as [
        number,
        number,
        number,
        number,
      ];
      const tanhC = tanhCells[position * hiddenSize + unit]!;
      const before =
        previous >= 0 ? cells[previous * hiddenSize + unit]! : (arrays.initialCell?.[row * hiddenSize + unit] ?? 0);
      const dh = r((gradients.output?.[(row * time + t) * hiddenSize + unit] ?? 0) + hiddenGradient[unit]!);
      const dc = r(cellGradient[unit]! + r(r(dh * o) * r(1 - r(tanhC * tanhC))));
      gateGradients[gateAt + unit] = r(r(dc * g) * r(i * r(1 - i)));
      gateGradients[gateAt + hiddenSize + unit] = r(r(dc * before) * r(f * r(1 - f)));
      gateGradients[gateAt + 2 * hiddenSize + unit] = r(r(dc * i) * r(1 - r(g * g)));
      gateGradients[gateAt + 3 * hiddenSize + unit] = r(r(dh * tanhC) * r(o * r(1 - o)));
      cellGradient[unit] = r(dc * f);
    }
    for (let unit = 0; unit < hiddenSize; unit++) {
      hiddenGradient[unit] = productSum(
        4 * hiddenSize,
        r,
        (gate) => gateGradients[gateAt + gate]!,
        (gate) => weightHh[gate * hiddenSize + unit]!,
      );
    }
  }
  gradients.initialHidden.set(hiddenGradient, row * hiddenSize);
  gradients.initialCell.set(cellGradient, row * hiddenSize);
}

function inputGradients(
  math: Arithmetic,
  arrays: LstmArrays,
  gateGradients: Floats,
  inputGradient: Floats,
  positions: Positions,
): void {
  const { time, inputSize, hiddenSize } = arrays.shape;
  inputGradient.fill(0);
  for (let position = 0; position < positions.count; position++) {
    const to = (positions.rows[position]! * time + positions.times[position]!) * inputSize;
    for (let k = 0; k < inputSize; k++) {
      inputGradient[to + k] = productSum(
        4 * hiddenSize,
        math.round,
        (gate) => gateGradients[position * 4 * hiddenSize + gate]!,
        (gate) => arrays.weightIh[gate * inputSize + k]!,
      );
    }
  }
}

function weightGradients(
  math: Arithmetic,
  arrays: LstmArrays,
  gradients: LstmGradientArrays,
  positions: Positions,
): void {
  const gateGradients = gradients.gates;
  const { time, inputSize, hiddenSize, lengths, reverse } = arrays.shape;
  const r = math.round;
  const { count, rows, times } = positions;
  const previousHidden = (position: number, unit: number): number => {
    const row = rows[position]!;
    const t = times[position]! + (reverse ? 1 : -1);
    if (t >= 0 && t < lengths[row]!) return arrays.output[(row * time + t) * hiddenSize + unit]!;
    return arrays.initialHidden?.[row * hiddenSize + unit] ?? 0;
  };
  for (let gate = 0; gate < 4 * hiddenSize; gate++) {
    const gradient = (position: number) => gateGradients[position * 4 * hiddenSize + gate]!;
    gradients.bias[gate] = productSum(count, r, gradient, () => 1);
    for (let k = 0; gradients.weightIh && k < inputSize; k++) {
      const input = (position: number) => arrays.input[(rows[position]! * time + times[position]!) * inputSize + k]!;
      gradients.weightIh[gate * inputSize + k] = productSum(count, r, gradient, input);
    }
    for (let unit = 0; gradients.weightHh && unit < hiddenSize; unit++) {
      gradients.weightHh[gate * hiddenSize + unit] = productSum(count, r, gradient, (position) =>
        previousHidden(position, unit),
      );
    }
  }
}

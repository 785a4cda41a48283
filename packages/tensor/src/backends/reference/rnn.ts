/**
 * A whole layer of a simple recurrent network (Elman 1990) in one direction, forward and backward:
 * `h = activation(W_ih x + b_ih + W_hh h + b_hh)`. This file is the definition of the op's bits.
 */
import type { RnnActivation } from "../../args/recurrent.ts";
import { activate, slope } from "./activation.ts";
import type { Arithmetic } from "./arithmetic.ts";
import {
  backProduct,
  biasGradient,
  inputAndWeightGradients,
  outputAt,
  type Positions,
  placesOf,
  positionsOf,
  preActivation,
  type RecurrentArrays,
  type RecurrentGradientArrays,
  stateRow,
  walkForward,
} from "./recurrent.ts";
import type { Floats } from "./sums.ts";

export interface RnnArrays extends RecurrentArrays {
  readonly activation: RnnActivation;
}

export function rnnForward(math: Arithmetic, arrays: RnnArrays, hiddenState: Floats): void {
  const { activation } = arrays;
  walkForward(math, arrays, hiddenState, ({ inputAt }, hidden, seen) => {
    const pre = (unit: number) => preActivation(math, arrays, unit, inputAt, seen);
    return hidden.map((_, unit) => activate(math, activation, pre(unit))) as Floats;
  });
}

export interface RnnGradientArrays extends RecurrentGradientArrays {
  /** `[positions, hiddenSize]`: gradients of the pre-activations. */
  readonly gates: Floats;
  readonly bias: Floats;
}

export function rnnBackward(math: Arithmetic, arrays: RnnArrays, gradients: RnnGradientArrays): void {
  const positions = positionsOf(arrays.shape);
  for (let row = 0; row < arrays.shape.batch; row++) backwardRow(math, arrays, gradients, positions, row);
  inputAndWeightGradients(math, arrays, gradients, positions, gradients.gates, gradients.gates);
  biasGradient(math, positions.count, gradients.gates, gradients.bias);
}

/** The recurrence of one row from its last step to its first; fills the gradients of its pre-activations. */
function backwardRow(
  math: Arithmetic,
  arrays: RnnArrays,
  gradients: RnnGradientArrays,
  positions: Positions,
  row: number,
): void {
  const { shape, output, activation, weightHh, recurrentDropoutMask: mask } = arrays;
  const { hiddenSize } = shape;
  const r = math.round;
  const hiddenGradient = stateRow(math, gradients.hidden, row, hiddenSize);
  for (const { position, t } of placesOf(shape, positions, row).reverse()) {
    for (let unit = 0; unit < hiddenSize; unit++) {
      const y = output[outputAt(arrays, row, t) + unit]!;
      const dh = r((gradients.output?.[outputAt(arrays, row, t) + unit] ?? 0) + hiddenGradient[unit]!);
      gradients.gates[position * hiddenSize + unit] = slope(math, activation, y, dh);
    }
    for (let unit = 0; unit < hiddenSize; unit++) {
      const product = backProduct(math, hiddenSize, gradients.gates, position, weightHh, hiddenSize, unit);
      hiddenGradient[unit] = mask ? r(product * mask[row * hiddenSize + unit]!) : product;
    }
  }
  gradients.initialHidden.set(hiddenGradient, row * hiddenSize);
}

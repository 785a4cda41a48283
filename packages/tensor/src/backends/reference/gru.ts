/**
 * A whole GRU layer in one direction, forward and backward (Cho et al. 2014), in PyTorch's gate order r, z, n and with its
 * candidate `n = tanh(W_in x + b_in + r * (W_hn h + b_hn))`. This file is the definition of the op's bits.
 *
 * Pre-activations of r and z: see `recurrent.ts`. The candidate's two parts are a chain each, from their own biases.
 */
import type { Arithmetic } from "./arithmetic.ts";
import {
  backProduct,
  biasGradient,
  chain,
  hiddenSeen,
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
} from "./recurrent.ts";
import type { Floats } from "./sums.ts";

export interface GruArrays extends RecurrentArrays {
  /** `[positions, 4 * hiddenSize]`: r, z, the candidate's hidden part `W_hn h + b_hn`, n */
  readonly gates: Floats;
}

export function gruForward(math: Arithmetic, arrays: GruArrays, hiddenState: Floats): void {
  walkForward(math, arrays, hiddenState, (place, hidden, seen) => forwardStep(math, arrays, place, hidden, seen));
}

/** One step of one row: fills the gates of its position and returns the next hidden state. */
function forwardStep(
  math: Arithmetic,
  arrays: GruArrays,
  { position, inputAt }: Place,
  hidden: Floats,
  seen: Floats,
): Floats {
  const { gates, input, weightIh, weightHh, biasIh, biasHh } = arrays;
  const { inputSize, hiddenSize } = arrays.shape;
  const r = math.round;
  return hidden.map((before, unit) => {
    const reset = math.sigmoid(preActivation(math, arrays, unit, inputAt, seen));
    const update = math.sigmoid(preActivation(math, arrays, hiddenSize + unit, inputAt, seen));
    const at = 2 * hiddenSize + unit;
    const inputPart = chain(math, biasIh[at]!, inputSize, input, inputAt, weightIh, at * inputSize);
    const hiddenPart = chain(math, biasHh[at]!, hiddenSize, seen, 0, weightHh, at * hiddenSize);
    const candidate = math.tanh(math.fma(reset, hiddenPart, inputPart));
    [reset, update, hiddenPart, candidate].forEach((value, gate) => {
      gates[(position * 4 + gate) * hiddenSize + unit] = value;
    });
    return math.fma(update, before, r(r(1 - update) * candidate));
  }) as Floats;
}

export interface GruGradientArrays extends RecurrentGradientArrays {
  /** `[positions, 3 * hiddenSize]`: gradients of what `weightIh` made. */
  readonly gatesIh: Floats;
  /** `[positions, 3 * hiddenSize]`: gradients of what `weightHh` made; differs in the candidate's part. */
  readonly gatesHh: Floats;
  readonly biasIh: Floats;
  readonly biasHh: Floats;
}

export function gruBackward(math: Arithmetic, arrays: GruArrays, gradients: GruGradientArrays): void {
  const positions = positionsOf(arrays.shape);
  for (let row = 0; row < arrays.shape.batch; row++) backwardRow(math, arrays, gradients, positions, row);
  inputAndWeightGradients(math, arrays, gradients, positions, gradients.gatesIh, gradients.gatesHh);
  biasGradient(math, positions.count, gradients.gatesIh, gradients.biasIh);
  biasGradient(math, positions.count, gradients.gatesHh, gradients.biasHh);
}

/** The recurrence of one row from its last step to its first; fills its gate gradients. */
function backwardRow(
  math: Arithmetic,
  arrays: GruArrays,
  gradients: GruGradientArrays,
  positions: Positions,
  row: number,
): void {
  const { shape, gates, weightHh, recurrentDropoutMask: mask } = arrays;
  const { hiddenSize } = shape;
  const r = math.round;
  const { gatesIh, gatesHh } = gradients;
  const hiddenBefore = hiddenSeen(math, { ...arrays, recurrentDropoutMask: undefined }, positions, hiddenSize);
  const hiddenGradient = stateRow(math, gradients.hidden, row, hiddenSize);
  for (const { position, t } of placesOf(shape, positions, row).reverse()) {
    for (let unit = 0; unit < hiddenSize; unit++) {
      const gate = (index: number) => gates[(position * 4 + index) * hiddenSize + unit]!;
      const [reset, update, hiddenPart, candidate] = [gate(0), gate(1), gate(2), gate(3)];
      const dh = r((gradients.output?.[outputAt(arrays, row, t) + unit] ?? 0) + hiddenGradient[unit]!);
      const dCandidate = r(r(dh * r(1 - update)) * math.fma(-candidate, candidate, 1));
      const dUpdate = r(r(dh * r(hiddenBefore(unit)(position) - candidate)) * r(update * r(1 - update)));
      const dReset = r(r(dCandidate * hiddenPart) * r(reset * r(1 - reset)));
      [dReset, dUpdate, dCandidate].forEach((value, index) => {
        gatesIh[(position * 3 + index) * hiddenSize + unit] = value;
        gatesHh[(position * 3 + index) * hiddenSize + unit] = value;
      });
      gatesHh[(position * 3 + 2) * hiddenSize + unit] = r(dCandidate * reset);
      hiddenGradient[unit] = r(dh * update);
    }
    for (let unit = 0; unit < hiddenSize; unit++) {
      const product = backProduct(math, 3 * hiddenSize, gatesHh, position, weightHh, hiddenSize, unit);
      const share = mask ? r(product * mask[row * hiddenSize + unit]!) : product;
      hiddenGradient[unit] = r(hiddenGradient[unit]! + share);
    }
  }
  gradients.initialHidden.set(hiddenGradient, row * hiddenSize);
}

/** One step of a GRU from small operations: what the fused layer is tested against. */
import {
  add,
  linear,
  mul,
  type RecurrentOptions,
  type RecurrentState,
  type RecurrentWeights,
  sigmoid,
  slice,
  sub,
  type Tensor,
  tanh,
} from "@cellstate/tensor";

/** See `gru` of `@cellstate/tensor`. */
export type GruCellOptions = Pick<RecurrentOptions, "recurrentDropoutMask">;

/**
 * One step of gated recurrent units, PyTorch's variant: the reset gate acts on the hidden product of the candidate.
 *
 * @param weights   rows stacked reset, update, candidate, as in PyTorch
 * @param input     `[batch, inputSize]`
 * @param previous  the state before the step
 * @see Cho et al. 2014
 */
export function gruCell(
  weights: RecurrentWeights,
  input: Tensor,
  previous: RecurrentState,
  { recurrentDropoutMask: mask }: GruCellOptions = {},
): RecurrentState {
  const { hiddenState } = previous;
  const hiddenSize = hiddenState.shape[1]!;
  const ofInput = linear(input, weights.weightIh, weights.biasIh); // [batch, 3 * hiddenSize]
  const ofHidden = linear(mask ? mul(hiddenState, mask) : hiddenState, weights.weightHh, weights.biasHh); // [batch, 3 * hiddenSize]
  const gate = (x: Tensor, index: number) => slice(x, 1, index * hiddenSize, (index + 1) * hiddenSize); // [batch, hiddenSize]
  const resetGate = sigmoid(add(gate(ofInput, 0), gate(ofHidden, 0)));
  const updateGate = sigmoid(add(gate(ofInput, 1), gate(ofHidden, 1)));
  const candidate = tanh(add(gate(ofInput, 2), mul(resetGate, gate(ofHidden, 2))));
  return { hiddenState: add(candidate, mul(updateGate, sub(hiddenState, candidate))) };
}

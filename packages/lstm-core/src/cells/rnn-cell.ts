/** One step of a simple recurrent network from small operations: what the fused layer is tested against. */
import {
  add,
  linear,
  mul,
  type RecurrentState,
  type RecurrentWeights,
  type RnnOptions,
  relu,
  type Tensor,
  tanh,
} from "@cellstate/tensor";

/** See `rnn` of `@cellstate/tensor`. */
export type RnnCellOptions = Pick<RnnOptions, "activation" | "recurrentDropoutMask">;

/**
 * One step of a simple recurrent network.
 *
 * @param input     `[batch, inputSize]`
 * @param previous  the state before the step
 * @see Elman 1990
 */
export function rnnCell(
  weights: RecurrentWeights,
  input: Tensor,
  { hiddenState }: RecurrentState,
  { activation = "tanh", recurrentDropoutMask: mask }: RnnCellOptions = {},
): RecurrentState {
  const ofInput = linear(input, weights.weightIh, weights.biasIh); // [batch, hiddenSize]
  const ofHidden = linear(mask ? mul(hiddenState, mask) : hiddenState, weights.weightHh, weights.biasHh);
  const activate = activation === "tanh" ? tanh : relu;
  return { hiddenState: activate(add(ofInput, ofHidden)) };
}

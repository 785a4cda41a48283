/** One step of a simple recurrent network from small operations: what the fused layer is tested against. */
import {
  add,
  linear,
  mul,
  type RecurrentOptions,
  type RecurrentState,
  type RecurrentWeights,
  type Tensor,
} from "@cellstate/tensor";
import { resolveActivation } from "../activations/activations.ts";
import type { ActivationOptions } from "../layers/recurrent-activations.ts";

/** See `rnn` of `@cellstate/tensor`, and `Rnn` for the activation. */
export type RnnCellOptions = Pick<RecurrentOptions, "recurrentDropoutMask"> & Pick<ActivationOptions, "activation">;

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
  previous: RecurrentState,
  options: RnnCellOptions = {},
): RecurrentState {
  return rnnStep(weights, linear(input, weights.weightIh, weights.biasIh), previous, options);
}

/** A step from the inputs' part of the pre-activations, `[batch, hiddenSize]`. */
export function rnnStep(
  { weightHh, biasHh }: RecurrentWeights,
  ofInput: Tensor,
  { hiddenState }: RecurrentState,
  { activation = "tanh", recurrentDropoutMask: mask }: RnnCellOptions = {},
): RecurrentState {
  const ofHidden = linear(mask ? mul(hiddenState, mask) : hiddenState, weightHh, biasHh);
  const activate = resolveActivation("rnnCell", "activation", activation);
  return { hiddenState: activate(add(ofInput, ofHidden)) };
}

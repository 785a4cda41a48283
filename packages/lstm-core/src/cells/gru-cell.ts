/** One step of a GRU from small operations: what the fused layer is tested against, and what variants of it walk. */
import {
  add,
  linear,
  mul,
  type RecurrentOptions,
  type RecurrentState,
  type RecurrentWeights,
  slice,
  sub,
  type Tensor,
} from "@cellstate/tensor";
import { resolveActivation } from "../activations/activations.ts";
import type { ActivationOptions } from "../layers/recurrent-activations.ts";

/** See `gru` of `@cellstate/tensor`, and `Gru` for the others. */
export interface GruCellOptions extends Pick<RecurrentOptions, "recurrentDropoutMask">, ActivationOptions {
  /** Whether the reset gate acts on the hidden product of the candidate, or before it on the hidden state. Default true. */
  readonly resetAfter?: boolean | undefined;
}

/**
 * One step of gated recurrent units.
 *
 * @param weights   rows stacked reset, update, candidate, as in PyTorch
 * @param input     `[batch, inputSize]`
 * @param previous  the state before the step
 * @see Cho et al. 2014, whose reset gate acts on the hidden state; by default it acts after the product, as in PyTorch
 */
export function gruCell(
  weights: RecurrentWeights,
  input: Tensor,
  previous: RecurrentState,
  options: GruCellOptions = {},
): RecurrentState {
  return gruStep(weights, linear(input, weights.weightIh, weights.biasIh), previous, options);
}

/** A step from the inputs' part of the pre-activations, `[batch, 3 * hiddenSize]`. */
export function gruStep(
  { weightHh, biasHh }: RecurrentWeights,
  ofInput: Tensor,
  { hiddenState }: RecurrentState,
  options: GruCellOptions = {},
): RecurrentState {
  const { recurrentDropoutMask: mask, resetAfter = true } = options;
  const activate = resolveActivation("gruCell", "activation", options.activation ?? "tanh");
  const gateOf = resolveActivation("gruCell", "recurrentActivation", options.recurrentActivation ?? "sigmoid");
  const hiddenSize = hiddenState.shape[1]!;
  const seen = mask ? mul(hiddenState, mask) : hiddenState;
  const part = (x: Tensor, axis: number, from: number, to: number = from + 1) =>
    slice(x, axis, from * hiddenSize, to * hiddenSize);
  const product = (state: Tensor, from: number, to: number) =>
    linear(state, part(weightHh, 0, from, to), part(biasHh, 0, from, to));
  const ofHidden = resetAfter ? linear(seen, weightHh, biasHh) : product(seen, 0, 2);
  const gate = (index: number) => gateOf(add(part(ofInput, 1, index), part(ofHidden, 1, index))); // [batch, hiddenSize]
  const [resetGate, updateGate] = [gate(0), gate(1)];
  const reset = resetAfter ? mul(resetGate, part(ofHidden, 1, 2)) : product(mul(resetGate, seen), 2, 3);
  const candidate = activate(add(part(ofInput, 1, 2), reset));
  return { hiddenState: add(candidate, mul(updateGate, sub(hiddenState, candidate))) };
}

/** One step of an LSTM from small operations: the definition that the fused layer is tested against. */
import {
  add,
  type LstmOptions,
  type LstmState,
  type LstmWeights,
  linear,
  maximum,
  mul,
  neg,
  slice,
  type Tensor,
} from "@cellstate/tensor";
import { resolveActivation } from "../activations/activations.ts";
import { normalize } from "../layers/layer-norm.ts";
import type { ActivationOptions } from "../layers/recurrent-activations.ts";

/** See `lstm` of `@cellstate/tensor`, and `Lstm` for the activations. */
export type LstmCellOptions = Pick<LstmOptions, "recurrentDropoutMask" | "cellClip"> & ActivationOptions;

/**
 * One step of a long short-term memory with forget gate.
 *
 * @param weights   rows stacked input, forget, candidate, output gate, as in PyTorch
 * @param input     `[batch, inputSize]`
 * @param previous  the state before the step
 * @see Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000 (forget gate)
 */
export function lstmCell(
  weights: LstmWeights,
  input: Tensor,
  previous: LstmState,
  options: LstmCellOptions = {},
): LstmState {
  return lstmStep(weights, lstmInputPart(weights, input), previous, options);
}

/** The inputs' part of the pre-activations, `[rows, 4 * hiddenSize]`. */
export function lstmInputPart({ weightIh, biasIh, norm }: LstmWeights, input: Tensor): Tensor {
  if (norm === undefined) return linear(input, weightIh, biasIh);
  return add(mul(normalize(linear(input, weightIh), epsilonOf(input)), norm.gainIh), biasIh);
}

/** A step from the inputs' part. */
export function lstmStep(
  weights: LstmWeights,
  ofInput: Tensor,
  previous: LstmState,
  options: LstmCellOptions = {},
): LstmState {
  const { recurrentDropoutMask: mask } = options;
  const { norm } = weights;
  const seen = mask ? mul(previous.hiddenState, mask) : previous.hiddenState;
  const epsilon = epsilonOf(ofInput);
  const ofHidden = norm
    ? add(mul(normalize(linear(seen, weights.weightHh), epsilon), norm.gainHh), weights.biasHh)
    : linear(seen, weights.weightHh, weights.biasHh);
  return lstmFromGates(weights, add(ofInput, ofHidden), previous, options);
}

/**
 * A step from the pre-activations.
 *
 * @param gates  `[batch, 4 * hiddenSize]`
 */
export function lstmFromGates(
  { peepholes, norm, weightHr }: Pick<LstmWeights, "peepholes" | "norm" | "weightHr">,
  gates: Tensor,
  { cellState: previous }: Pick<LstmState, "cellState">,
  options: Omit<LstmCellOptions, "recurrentDropoutMask"> = {},
): LstmState {
  const activate = resolveActivation("lstmCell", "activation", options.activation ?? "tanh");
  const gateOf = resolveActivation("lstmCell", "recurrentActivation", options.recurrentActivation ?? "sigmoid");
  const hiddenSize = previous.shape[1]!;
  const gate = (index: number) => slice(gates, 1, index * hiddenSize, (index + 1) * hiddenSize); // [batch, hiddenSize]
  const peep = (index: number, x: Tensor, state: Tensor) =>
    peepholes ? add(x, mul(state, slice(peepholes, 0, index * hiddenSize, (index + 1) * hiddenSize))) : x;
  const inputGate = gateOf(peep(0, gate(0), previous));
  const forgetGate = gateOf(peep(1, gate(1), previous));
  const cellCandidate = activate(gate(2));
  const cellState = clip(add(mul(forgetGate, previous), mul(inputGate, cellCandidate)), options.cellClip);
  const outputGate = gateOf(peep(2, gate(3), cellState));
  const cellOutput = norm ? add(mul(normalize(cellState, epsilonOf(gates)), norm.gainCell), norm.biasCell) : cellState;
  const hidden = mul(outputGate, activate(cellOutput));
  return { hiddenState: weightHr ? linear(hidden, weightHr) : hidden, cellState };
}

function epsilonOf({ session }: Tensor): Tensor {
  return session.tensor([1e-5], []);
}

function clip(x: Tensor, limit: number | undefined): Tensor {
  return limit === undefined ? x : neg(maximum(neg(maximum(x, -limit)), -limit));
}

/** The LSTM with coupled input and forget gate, "CIFG" (Greff et al. 2017, arXiv:1503.04069): its cell, and the layers that walk it. */
import {
  add,
  type LstmState,
  linear,
  mul,
  type RecurrentWeights,
  requireKnownOptions,
  type Session,
  sigmoid,
  slice,
  sub,
  type Tensor,
  tanh,
} from "@cellstate/tensor";
import { forgetBias } from "../initializers/per-gate.ts";
import { type CellOptions, composedKind } from "../layers/composed.ts";
import { RecurrentLayers } from "../layers/recurrent.ts";
import { type RecurrentLayerOptions, recurrentLayerOptionNames } from "../layers/recurrent-options.ts";
import { stackedWeights } from "../layers/stacked-weights.ts";

/** Gates in the order of their rows. */
const cifgGates = ["forget", "candidate", "output"] as const;

/**
 * One step: what the forget gate lets go, the candidate fills, so that the cell state stays a mean of candidates.
 *
 * @param weights  rows stacked forget, candidate, output
 * @param input    `[batch, inputSize]`
 */
export function cifgCell(
  { weightIh, weightHh, biasIh, biasHh }: RecurrentWeights,
  input: Tensor,
  { hiddenState, cellState }: LstmState,
  { recurrentDropoutMask: mask }: CellOptions = {},
): LstmState {
  const hiddenSize = cellState.shape[1]!;
  const seen = mask ? mul(hiddenState, mask) : hiddenState;
  const gates = add(linear(input, weightIh, biasIh), linear(seen, weightHh, biasHh)); // [batch, 3 * hiddenSize]
  const gate = (index: number) => slice(gates, 1, index * hiddenSize, (index + 1) * hiddenSize); // [batch, hiddenSize]
  const [forgetGate, candidate, outputGate] = [sigmoid(gate(0)), tanh(gate(1)), sigmoid(gate(2))];
  const next = add(candidate, mul(forgetGate, sub(cellState, candidate)));
  return { hiddenState: mul(outputGate, tanh(next)), cellState: next };
}

/**
 * Layers of LSTM cells with coupled gates. Input weights start Glorot uniform, recurrent weights orthogonal (both gate by gate),
 * `bias_ih` 1 for the forget gate.
 */
export class Cifg extends RecurrentLayers<RecurrentWeights, LstmState> {
  /** @throws {OptionError} if an option is unknown, a size no integer of at least 1, or a rate outside `[0, 1)` */
  constructor(session: Session, options: RecurrentLayerOptions) {
    requireKnownOptions("Cifg", options, recurrentLayerOptionNames);
    const kindOf = (hiddenSize: number) =>
      composedKind<RecurrentWeights, LstmState>({
        name: "Cifg",
        stateSize: hiddenSize,
        makeWeights: stackedWeights(cifgGates, hiddenSize, forgetBias(hiddenSize, cifgGates)),
        startState: (hiddenState) => ({ hiddenState, cellState: session.zeros(hiddenState.shape) }),
        cell: cifgCell,
      });
    super(session, kindOf, options);
  }
}

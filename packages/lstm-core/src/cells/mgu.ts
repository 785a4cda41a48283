/** The minimal gated unit, a GRU with one gate (Zhou et al. 2016): its cell, and the layers that walk it. */
import {
  add,
  linear,
  mul,
  type RecurrentState,
  type RecurrentWeights,
  requireKnownOptions,
  type Session,
  sigmoid,
  slice,
  sub,
  type Tensor,
  tanh,
} from "@cellstate/tensor";
import { type CellOptions, composedKind } from "../layers/composed.ts";
import { RecurrentLayers } from "../layers/recurrent.ts";
import { type RecurrentLayerOptions, recurrentLayerOptionNames } from "../layers/recurrent-options.ts";
import { stackedWeights } from "../layers/stacked-weights.ts";

/** Gates in the order of their rows. */
const mguGates = ["forget", "candidate"] as const;

/**
 * One step: the forget gate says how much of the hidden state the candidate sees, and how much the candidate replaces.
 *
 * @param weights  rows stacked forget, candidate
 * @param input    `[batch, inputSize]`
 * @see Zhou et al. 2016, arXiv:1603.09420
 */
export function mguCell(
  { weightIh, weightHh, biasIh, biasHh }: RecurrentWeights,
  input: Tensor,
  { hiddenState }: RecurrentState,
  { recurrentDropoutMask: mask }: CellOptions = {},
): RecurrentState {
  const hiddenSize = hiddenState.shape[1]!;
  const seen = mask ? mul(hiddenState, mask) : hiddenState;
  const ofInput = linear(input, weightIh, biasIh); // [batch, 2 * hiddenSize]
  const gate = (index: number, hidden: Tensor) => {
    const [start, end] = [index * hiddenSize, (index + 1) * hiddenSize];
    const ofHidden = linear(hidden, slice(weightHh, 0, start, end), slice(biasHh, 0, start, end));
    return add(slice(ofInput, 1, start, end), ofHidden); // [batch, hiddenSize]
  };
  const forgetGate = sigmoid(gate(0, seen));
  const candidate = tanh(gate(1, mul(forgetGate, seen)));
  return { hiddenState: add(hiddenState, mul(forgetGate, sub(candidate, hiddenState))) };
}

/** Layers of minimal gated units. Input weights start Glorot uniform, recurrent weights orthogonal (both gate by gate), biases 0. */
export class Mgu extends RecurrentLayers<RecurrentWeights, RecurrentState> {
  /** @throws {OptionError} if an option is unknown, a size no integer of at least 1, or a rate outside `[0, 1)` */
  constructor(session: Session, options: RecurrentLayerOptions) {
    requireKnownOptions("Mgu", options, recurrentLayerOptionNames);
    const kindOf = (hiddenSize: number) =>
      composedKind({
        name: "Mgu",
        stateSize: hiddenSize,
        makeWeights: stackedWeights(mguGates, hiddenSize),
        startState: (hiddenState) => ({ hiddenState }),
        cell: mguCell,
      });
    super(session, kindOf, options);
  }
}

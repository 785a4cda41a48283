/** Layers of gated recurrent units. */
import {
  bidirectionalGru,
  gru,
  type OptionNames,
  type RecurrentState,
  type RecurrentWeights,
  requireKnownOptions,
  type Session,
  sigmoid,
  tanh,
} from "@cellstate/tensor";
import { type GruWeights, gruCell } from "../cells/gru-cell.ts";
import { glorotUniform } from "../initializers/glorot-uniform.ts";
import { zeros } from "../initializers/initializer.ts";
import { orthogonal } from "../initializers/orthogonal.ts";
import { gruGates, perGate } from "../initializers/per-gate.ts";
import { composedKind } from "./composed.ts";
import { RecurrentLayers } from "./recurrent.ts";
import { type ActivationOptions, recurrentFunction } from "./recurrent-activations.ts";
import type { DirectionRun, MakeWeight, RecurrentKind } from "./recurrent-kind.ts";
import { type RecurrentLayerOptions, recurrentLayerOptionNames } from "./recurrent-options.ts";
import { type WeightDropOptions, withWeightDrop } from "./weight-drop.ts";

export interface GruOptions extends RecurrentLayerOptions, ActivationOptions, WeightDropOptions {
  /**
   * Whether the reset gate acts on the hidden product of the candidate, as in PyTorch and in Keras since version 2, or before it on the
   * hidden state, as in Cho et al. 2014 and Keras 1; the latter has no `bias_hh` and goes step by step. Default true.
   */
  readonly resetAfter?: boolean | undefined;
}

const optionNames: OptionNames<GruOptions> = {
  ...recurrentLayerOptionNames,
  activation: true,
  recurrentActivation: true,
  resetAfter: true,
  weightDropRate: true,
};

/**
 * Gated recurrent units (Cho et al. 2014) with PyTorch's formula, parameter names (`weight_ih_l0`, ...) and gate order reset,
 * update, candidate. Input weights start Glorot uniform, recurrent weights orthogonal (both gate by gate), biases 0.
 */
export class Gru extends RecurrentLayers<GruWeights, RecurrentState> {
  /** @throws {OptionError} if an option is unknown, a size no integer of at least 1, a rate outside `[0, 1)`, or there is no such activation */
  constructor(session: Session, options: GruOptions) {
    requireKnownOptions("Gru", options, optionNames);
    super(session, gruKinds(options), options);
  }
}

type Run = DirectionRun<GruWeights, RecurrentState>;

function gruKinds(options: GruOptions): (hiddenSize: number) => RecurrentKind<GruWeights, RecurrentState> {
  const { activation = "tanh", recurrentActivation = "sigmoid", resetAfter = true, weightDropRate } = options;
  const functions = {
    activation: recurrentFunction("Gru", "activation", activation, "clip gradients, or take tanh"),
    recurrentActivation: recurrentFunction("Gru", "recurrentActivation", recurrentActivation, "take sigmoid"),
  };
  const isFused = resetAfter && functions.activation === tanh && functions.recurrentActivation === sigmoid;
  return (hiddenSize) => {
    const walked = composedKind<GruWeights, RecurrentState>({
      name: "Gru",
      stateSize: hiddenSize,
      makeWeights: (inputSize, make) => makeWeights(hiddenSize, resetAfter, inputSize, make),
      startState: (hiddenState) => ({ hiddenState }),
      cell: (weights, input, previous, { recurrentDropoutMask }) =>
        gruCell(weights, input, previous, { ...functions, resetAfter, recurrentDropoutMask }),
    });
    return withWeightDrop(isFused ? { ...walked, ...fused } : walked, weightDropRate);
  };
}

const fused: Pick<RecurrentKind<GruWeights, RecurrentState>, "run" | "runBoth"> = {
  run: (input, { weights, options }) => {
    const { output, hiddenState } = gru(input, bothBiases(weights), options);
    return { output, states: [{ hiddenState }] };
  },
  runBoth: (input, [first, second]) => {
    const directionOf = ({ weights, options }: Run) => ({ weights: bothBiases(weights), options });
    return bidirectionalGru(input, [directionOf(first), directionOf(second)]);
  },
};

function makeWeights(hiddenSize: number, resetAfter: boolean, inputSize: number, make: MakeWeight): GruWeights {
  const rows = 3 * hiddenSize;
  return {
    weightIh: make("weight_ih", [rows, inputSize], perGate(glorotUniform, gruGates)),
    weightHh: make("weight_hh", [rows, hiddenSize], perGate(orthogonal, gruGates)),
    biasIh: make("bias_ih", [rows], zeros),
    biasHh: resetAfter ? make("bias_hh", [rows], zeros) : undefined,
  };
}

function bothBiases({ biasHh, ...weights }: GruWeights): RecurrentWeights {
  if (biasHh === undefined) throw new Error("internal: a fused GRU has two biases");
  return { ...weights, biasHh };
}

/** Layers of simple recurrent networks. */
import {
  bidirectionalRnn,
  linear,
  type OptionNames,
  type RecurrentState,
  type RecurrentWeights,
  type RnnActivation,
  requireKnownOptions,
  rnn,
  type Session,
} from "@cellstate/tensor";
import { rnnStep } from "../cells/rnn-cell.ts";
import { glorotUniform } from "../initializers/glorot-uniform.ts";
import { zeros } from "../initializers/initializer.ts";
import { orthogonal } from "../initializers/orthogonal.ts";
import { composedKind } from "./composed.ts";
import { RecurrentLayers } from "./recurrent.ts";
import { type ActivationOptions, fusedActivation, recurrentFunction } from "./recurrent-activations.ts";
import type { DirectionRun, MakeWeight, RecurrentKind } from "./recurrent-kind.ts";
import { type RecurrentLayerOptions, recurrentLayerOptionNames } from "./recurrent-options.ts";
import { type WeightDropOptions, withWeightDrop } from "./weight-drop.ts";
import { type BiasOptions, biasNames, withoutBias } from "./without-bias.ts";

export interface RnnLayerOptions extends RecurrentLayerOptions, BiasOptions, WeightDropOptions {
  /** Of the hidden state: a name or a function. Any but `tanh` and `relu` goes step by step, which is slower. Default `tanh`. */
  readonly activation?: ActivationOptions["activation"];
}

const optionNames: OptionNames<RnnLayerOptions> = {
  ...recurrentLayerOptionNames,
  bias: true,
  activation: true,
  weightDropRate: true,
};

/**
 * Simple recurrent layers (Elman 1990) with PyTorch's parameter names (`weight_ih_l0`, ...). Input weights start Glorot uniform,
 * recurrent weights orthogonal, biases 0.
 */
export class Rnn extends RecurrentLayers<RecurrentWeights, RecurrentState> {
  /** @throws {OptionError} if an option is unknown, a size no integer of at least 1, a rate outside `[0, 1)`, or there is no such activation */
  constructor(session: Session, options: RnnLayerOptions) {
    requireKnownOptions("Rnn", options, optionNames);
    super(session, rnnKinds(session, options), options);
  }
}

type Run = DirectionRun<RecurrentWeights, RecurrentState>;

function rnnKinds(
  session: Session,
  options: RnnLayerOptions,
): (hiddenSize: number) => RecurrentKind<RecurrentWeights, RecurrentState> {
  const advice = "clip gradients, or take tanh";
  const activation = recurrentFunction("Rnn", "activation", options.activation ?? "tanh", advice);
  const fusedName = fusedActivation(activation);
  return (hiddenSize) => {
    const walked = composedKind<RecurrentWeights, RecurrentState>({
      name: "Rnn",
      stateSize: hiddenSize,
      makeWeights: (inputSize, make) =>
        makeWeights(hiddenSize, inputSize, options.bias === false ? withoutBias(session, make, biasNames) : make),
      startState: (hiddenState) => ({ hiddenState }),
      prepare: ({ weightIh, biasIh }, inputs) => linear(inputs, weightIh, biasIh),
      cell: (weights, ofInput, previous, mask) => rnnStep(weights, ofInput, previous, { ...mask, activation }),
    });
    const kind = fusedName === undefined ? walked : { ...walked, ...fused(fusedName) };
    return withWeightDrop(kind, options.weightDropRate);
  };
}

function makeWeights(hiddenSize: number, inputSize: number, make: MakeWeight): RecurrentWeights {
  return {
    weightIh: make("weight_ih", [hiddenSize, inputSize], glorotUniform),
    weightHh: make("weight_hh", [hiddenSize, hiddenSize], orthogonal),
    biasIh: make("bias_ih", [hiddenSize], zeros),
    biasHh: make("bias_hh", [hiddenSize], zeros),
  };
}

function fused(activation: RnnActivation): Pick<RecurrentKind<RecurrentWeights, RecurrentState>, "run" | "runBoth"> {
  const directionOf = ({ weights, options }: Run) => ({ weights, options: { ...options, activation } });
  return {
    run: (input, direction) => {
      const { weights, options } = directionOf(direction);
      const { output, hiddenState } = rnn(input, weights, options);
      return { output, states: [{ hiddenState }] };
    },
    runBoth: (input, [first, second]) => bidirectionalRnn(input, [directionOf(first), directionOf(second)]),
  };
}

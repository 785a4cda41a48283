/** Layers of simple recurrent networks. */
import {
  bidirectionalRnn,
  OptionError,
  type OptionNames,
  type RecurrentState,
  type RecurrentWeights,
  type RnnActivation,
  requireKnownOptions,
  rnn,
  type Session,
} from "@cellstate/tensor";
import { glorotUniform } from "../initializers/glorot-uniform.ts";
import { zeros } from "../initializers/initializer.ts";
import { orthogonal } from "../initializers/orthogonal.ts";
import {
  type DirectionRun,
  type RecurrentKind,
  type RecurrentLayerOptions,
  RecurrentLayers,
  recurrentLayerOptionNames,
} from "./recurrent.ts";

export interface RnnLayerOptions extends RecurrentLayerOptions {
  /** Default `tanh`. */
  readonly activation?: RnnActivation | undefined;
}

const optionNames: OptionNames<RnnLayerOptions> = { ...recurrentLayerOptionNames, activation: true };

/**
 * Simple recurrent layers (Elman 1990) with PyTorch's parameter names (`weight_ih_l0`, ...). Input weights start Glorot uniform,
 * recurrent weights orthogonal, biases 0.
 */
export class Rnn extends RecurrentLayers<RecurrentWeights, RecurrentState> {
  /** @throws {OptionError} if an option is unknown, a size no integer of at least 1, or a rate outside `[0, 1)` */
  constructor(session: Session, options: RnnLayerOptions) {
    super(session, rnnKind(options), options);
  }
}

function rnnKind(options: RnnLayerOptions): RecurrentKind<RecurrentWeights, RecurrentState> {
  requireKnownOptions("Rnn", options, optionNames);
  const { hiddenSize, activation } = options;
  if (activation !== undefined && activation !== "tanh" && activation !== "relu") {
    throw new OptionError("Rnn", "activation", "tanh or relu", activation);
  }
  const withActivation = ({ weights, options }: DirectionRun<RecurrentWeights, RecurrentState>) => ({
    weights,
    options: { ...options, activation },
  });
  return {
    name: "Rnn",
    stateSize: hiddenSize,
    makeWeights: (inputSize, make) => ({
      weightIh: make("weight_ih", [hiddenSize, inputSize], glorotUniform),
      weightHh: make("weight_hh", [hiddenSize, hiddenSize], orthogonal),
      biasIh: make("bias_ih", [hiddenSize], zeros),
      biasHh: make("bias_hh", [hiddenSize], zeros),
    }),
    run: (input, direction) => {
      const { weights, options } = withActivation(direction);
      const { output, hiddenState } = rnn(input, weights, options);
      return { output, states: [{ hiddenState }] };
    },
    runBoth: (input, [first, second]) => bidirectionalRnn(input, [withActivation(first), withActivation(second)]),
    startState: (hiddenState) => ({ hiddenState }),
  };
}

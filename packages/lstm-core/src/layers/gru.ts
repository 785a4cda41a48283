/** Layers of gated recurrent units. */
import {
  bidirectionalGru,
  gru,
  type RecurrentState,
  type RecurrentWeights,
  requireKnownOptions,
  type Session,
} from "@cellstate/tensor";
import { gruGates } from "../initializers/per-gate.ts";
import {
  type RecurrentKind,
  type RecurrentLayerOptions,
  RecurrentLayers,
  recurrentLayerOptionNames,
} from "./recurrent.ts";
import { stackedWeights } from "./stacked-weights.ts";

/**
 * Gated recurrent units (Cho et al. 2014) with PyTorch's formula, parameter names (`weight_ih_l0`, ...) and gate order reset,
 * update, candidate. Input weights start Glorot uniform, recurrent weights orthogonal (both gate by gate), biases 0.
 */
export class Gru extends RecurrentLayers<RecurrentWeights, RecurrentState> {
  /** @throws {OptionError} if an option is unknown, a size no integer of at least 1, or a rate outside `[0, 1)` */
  constructor(session: Session, options: RecurrentLayerOptions) {
    super(session, gruKind(options), options);
  }
}

function gruKind(options: RecurrentLayerOptions): RecurrentKind<RecurrentWeights, RecurrentState> {
  requireKnownOptions("Gru", options, recurrentLayerOptionNames);
  const { hiddenSize } = options;
  return {
    name: "Gru",
    stateSize: hiddenSize,
    makeWeights: stackedWeights(gruGates, hiddenSize),
    run: (input, { weights, options }) => {
      const { output, hiddenState } = gru(input, weights, options);
      return { output, states: [{ hiddenState }] };
    },
    runBoth: bidirectionalGru,
    startState: (hiddenState) => ({ hiddenState }),
  };
}

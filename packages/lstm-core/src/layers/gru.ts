/** Layers of gated recurrent units. */
import { bidirectionalGru, gru, type RecurrentState, type RecurrentWeights, type Session } from "@cellstate/tensor";
import { gruGates } from "../initializers/per-gate.ts";
import { type RecurrentKind, type RecurrentLayerOptions, RecurrentLayers } from "./recurrent.ts";
import { stackedWeights } from "./stacked-weights.ts";

/**
 * Gated recurrent units (Cho et al. 2014) with PyTorch's formula, parameter names (`weight_ih_l0`, ...) and gate order reset,
 * update, candidate. Input weights start Glorot uniform, recurrent weights orthogonal (both gate by gate), biases 0.
 */
export class Gru extends RecurrentLayers<RecurrentWeights, RecurrentState> {
  /** @throws {OptionError} if a size is not an integer of at least 1, or a rate lies outside `[0, 1)` */
  constructor(session: Session, options: RecurrentLayerOptions) {
    super(session, gruKind(options), options);
  }
}

function gruKind({ hiddenSize }: RecurrentLayerOptions): RecurrentKind<RecurrentWeights, RecurrentState> {
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

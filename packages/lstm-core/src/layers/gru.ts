/** Layers of gated recurrent units. */
import { bidirectionalGru, gru, type RecurrentState, type RecurrentWeights, type Session } from "@cellstate/tensor";
import { glorotUniform } from "../initializers/glorot-uniform.ts";
import { zeros } from "../initializers/initializer.ts";
import { orthogonal } from "../initializers/orthogonal.ts";
import { gruGates, perGate } from "../initializers/per-gate.ts";
import { type RecurrentKind, type RecurrentLayerOptions, RecurrentLayers } from "./recurrent.ts";

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
  const rows = gruGates.length * hiddenSize;
  return {
    name: "Gru",
    stateSize: hiddenSize,
    makeWeights: (inputSize, make) => ({
      weightIh: make("weight_ih", [rows, inputSize], perGate(glorotUniform, gruGates)),
      weightHh: make("weight_hh", [rows, hiddenSize], perGate(orthogonal, gruGates)),
      biasIh: make("bias_ih", [rows], zeros),
      biasHh: make("bias_hh", [rows], zeros),
    }),
    run: (input, { weights, options }) => {
      const { output, hiddenState } = gru(input, weights, options);
      return { output, states: [{ hiddenState }] };
    },
    runBoth: bidirectionalGru,
    startState: (hiddenState) => ({ hiddenState }),
  };
}

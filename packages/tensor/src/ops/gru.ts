/** A whole layer of gated recurrent units over a whole sequence, in one direction, as one op. */
import { needsGrad } from "../autograd/tape.ts";
import type { Tensor } from "../tensor.ts";
import {
  positionCount,
  type RecurrentOptions,
  type RecurrentOutput,
  type RecurrentWeights,
  recurrentArgs,
  recurrentGradients,
  recurrentShape,
  recurrentSizes,
} from "./recurrent.ts";

/**
 * Runs a GRU layer (Cho et al. 2014) with PyTorch's gates, rows stacked reset, update, candidate:
 * `n = tanh(W_in x + b_in + r * (W_hn h + b_hn))`, `h' = (1 - z) * n + z * h`.
 *
 * Padding changes no real output and no gradient. A row of length 0 gives zeros and returns its initial state.
 *
 * @param input   `[batch, time, inputSize]`
 * @param weights of 3 gates
 * @throws {ShapeError} naming the tensor that does not fit
 */
export function gru(input: Tensor, weights: RecurrentWeights, options: RecurrentOptions = {}): RecurrentOutput {
  const shape = recurrentShape("gru", recurrentSizes(3, weights), input, weights, options);
  const { batch, time, hiddenSize } = shape;
  const { session } = input;
  const initial = options.initialState?.hiddenState;
  const inputs = [input, weights.weightIh, weights.weightHh, weights.biasIh, weights.biasHh, initial];
  const requiresGrad = needsGrad(inputs);
  const positions = positionCount(shape);
  const output = session.empty([batch, time, hiddenSize], { requiresGrad });
  const hiddenState = session.empty([batch, hiddenSize], { requiresGrad });
  const gates = session.empty([positions, 4 * hiddenSize]);
  const run = { shape, input, weights, options, output, hiddenState };
  const common = { ...recurrentArgs(run), gates: gates.storage };
  session.backend.gruForward({ ...common, hiddenState: hiddenState.storage });
  if (requiresGrad) {
    session.record({
      op: "gru",
      inputs,
      outputs: [output, hiddenState],
      saved: [gates],
      backward: (outputs) => {
        const dGates = {
          ih: session.empty([positions, 3 * hiddenSize]),
          hh: session.empty([positions, 3 * hiddenSize]),
        };
        const gradients = recurrentGradients(run, dGates, outputs);
        const dBiasIh = session.empty(weights.biasIh.shape);
        const dBiasHh = session.empty(weights.biasHh.shape);
        session.backend.gruBackward({
          ...common,
          ...gradients.args,
          gateIhGradient: dGates.ih.storage,
          gateHhGradient: dGates.hh.storage,
          biasIhGradient: dBiasIh.storage,
          biasHhGradient: dBiasHh.storage,
        });
        return [gradients.input, ...gradients.weights, dBiasIh, dBiasHh, gradients.initialHidden];
      },
    });
  }
  return { output, hiddenState };
}

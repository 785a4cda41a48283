/** A whole layer of gated recurrent units over a whole sequence as one op. */
import type { Tensor } from "../tensor.ts";
import {
  alone,
  type BidirectionalOutput,
  beginRun,
  type Direction,
  joined,
  type OutputPlace,
  positionCount,
  type RecurrentOptions,
  type RecurrentOutput,
  type RecurrentState,
  type RecurrentWeights,
  recurrentArgs,
  recurrentGradients,
  sideBySide,
} from "./recurrent.ts";

export type GruDirection = Direction<RecurrentWeights, RecurrentOptions>;

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
  return runGru(input, { weights, options }, alone(weights));
}

/**
 * Both directions of a layer: what two calls of `gru` give, their outputs joined along the features.
 *
 * @param input `[batch, time, inputSize]`
 * @throws as `gru`
 */
export function bidirectionalGru(
  input: Tensor,
  directions: readonly [GruDirection, GruDirection],
): BidirectionalOutput<RecurrentState> {
  return joined(sideBySide(directions, (direction, place) => runGru(input, direction, place)));
}

function runGru(input: Tensor, direction: GruDirection, place: OutputPlace): RecurrentOutput {
  const { run, inputs, requiresGrad } = beginRun("gru", 3, input, direction, place);
  const { shape, weights, output, hiddenState } = run;
  const { session } = input;
  const positions = positionCount(shape);
  const gates = session.empty([positions, 4 * shape.hiddenSize]);
  const common = { ...recurrentArgs(run), gates: gates.storage };
  session.backend.gruForward({ ...common, hiddenState: hiddenState.storage });
  if (requiresGrad) {
    session.record({
      op: "gru",
      inputs,
      outputs: [output, hiddenState],
      saved: [gates],
      backward: ([dOutput, dHidden]) => {
        const dGates = {
          ih: session.empty([positions, 3 * shape.hiddenSize]),
          hh: session.empty([positions, 3 * shape.hiddenSize]),
        };
        const gradients = recurrentGradients(run, dGates, [dOutput, dHidden]);
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
        return [gradients.input, ...gradients.weights, dBiasIh, dBiasHh, gradients.initialHidden, dOutput];
      },
    });
  }
  return { output, hiddenState };
}

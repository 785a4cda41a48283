/** A whole layer of gated recurrent units over a whole sequence as one op. */
import type { Tensor } from "../tensor.ts";
import {
  type BidirectionalOutput,
  type Direction,
  positionCount,
  type RecurrentOptions,
  type RecurrentOutput,
  type RecurrentState,
  type RecurrentWeights,
  recurrentArgs,
  recurrentGradients,
  recurrentOptionNames,
} from "./recurrent.ts";
import { recurrentOp } from "./recurrent-op.ts";

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
  return op.one(input, { weights, options });
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
  return op.both(input, directions);
}

const op = recurrentOp<RecurrentOptions>({
  op: "gru",
  gates: 3,
  optionNames: recurrentOptionNames,
  forward(run) {
    const { shape, weights, hiddenState } = run;
    const { session } = run.input;
    const positions = positionCount(shape);
    const gates = session.empty([positions, 4 * shape.hiddenSize]);
    const common = { ...recurrentArgs(run), gates: gates.storage };
    session.backend.gruForward({ ...common, hiddenState: hiddenState.storage });
    return {
      saved: [gates],
      backward(outputs) {
        const dGates = {
          ih: session.empty([positions, 3 * shape.hiddenSize]),
          hh: session.empty([positions, 3 * shape.hiddenSize]),
        };
        const gradients = recurrentGradients(run, dGates, outputs);
        const biasIh = session.empty(weights.biasIh.shape);
        const biasHh = session.empty(weights.biasHh.shape);
        session.backend.gruBackward({
          ...common,
          ...gradients.args,
          gateIhGradient: dGates.ih.storage,
          gateHhGradient: dGates.hh.storage,
          biasIhGradient: biasIh.storage,
          biasHhGradient: biasHh.storage,
        });
        return { ...gradients, biasIh, biasHh };
      },
    };
  },
});

/** A whole layer of a simple recurrent network over a whole sequence as one op. */

import type { RnnActivation } from "../args/recurrent.ts";
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
  requireActivation,
} from "./recurrent.ts";
import { recurrentOp } from "./recurrent-op.ts";

export interface RnnOptions extends RecurrentOptions {
  /** Default `tanh`. */
  readonly activation?: RnnActivation | undefined;
}

export type RnnDirection = Direction<RecurrentWeights, RnnOptions>;

/**
 * Runs a simple recurrent layer (Elman 1990): `h' = activation(W_ih x + b_ih + W_hh h + b_hh)`.
 *
 * Padding changes no real output and no gradient. A row of length 0 gives zeros and returns its initial state.
 *
 * @param input   `[batch, time, inputSize]`
 * @param weights of 1 gate
 * @throws {ShapeError} naming the tensor that does not fit
 */
export function rnn(input: Tensor, weights: RecurrentWeights, options: RnnOptions = {}): RecurrentOutput {
  return op.one(input, { weights, options });
}

/**
 * Both directions of a layer: what two calls of `rnn` give, their outputs joined along the features.
 *
 * @param input `[batch, time, inputSize]`
 * @throws as `rnn`
 */
export function bidirectionalRnn(
  input: Tensor,
  directions: readonly [RnnDirection, RnnDirection],
): BidirectionalOutput<RecurrentState> {
  return op.both(input, directions);
}

const op = recurrentOp<RnnOptions>({
  op: "rnn",
  gates: 1,
  optionNames: { ...recurrentOptionNames, activation: true },
  forward(run, { activation = "tanh" }) {
    requireActivation("rnn", activation);
    const { shape, weights, hiddenState } = run;
    const { session } = run.input;
    const common = { ...recurrentArgs(run), activation };
    session.backend.rnnForward({ ...common, hiddenState: hiddenState.storage });
    return {
      saved: [],
      backward(outputs) {
        const dGates = session.empty([positionCount(shape), shape.hiddenSize]);
        const gradients = recurrentGradients(run, { ih: dGates, hh: dGates }, outputs);
        const bias = session.empty(weights.biasIh.shape);
        session.backend.rnnBackward({
          ...common,
          ...gradients.args,
          gateGradient: dGates.storage,
          biasGradient: bias.storage,
        });
        return { ...gradients, biasIh: bias, biasHh: bias };
      },
    };
  },
});

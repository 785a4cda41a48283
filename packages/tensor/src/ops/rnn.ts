/** A whole layer of a simple recurrent network over a whole sequence as one op. */
import type { RnnActivation } from "../args/recurrent.ts";
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
  return runRnn(input, { weights, options }, alone(weights));
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
  return joined(sideBySide(directions, (direction, place) => runRnn(input, direction, place)));
}

function runRnn(input: Tensor, direction: RnnDirection, place: OutputPlace): RecurrentOutput {
  const { run, inputs, requiresGrad } = beginRun("rnn", 1, input, direction, place);
  const { shape, weights, output, hiddenState } = run;
  const { session } = input;
  const common = { ...recurrentArgs(run), activation: direction.options?.activation ?? "tanh" };
  session.backend.rnnForward({ ...common, hiddenState: hiddenState.storage });
  if (requiresGrad) {
    session.record({
      op: "rnn",
      inputs,
      outputs: [output, hiddenState],
      backward: ([dOutput, dHidden]) => {
        const dGates = session.empty([positionCount(shape), shape.hiddenSize]);
        const gradients = recurrentGradients(run, { ih: dGates, hh: dGates }, [dOutput, dHidden]);
        const dBias = session.empty(weights.biasIh.shape);
        session.backend.rnnBackward({
          ...common,
          ...gradients.args,
          gateGradient: dGates.storage,
          biasGradient: dBias.storage,
        });
        return [gradients.input, ...gradients.weights, dBias, dBias, gradients.initialHidden, dOutput];
      },
    });
  }
  return { output, hiddenState };
}

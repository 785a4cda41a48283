/** A whole layer of a simple recurrent network over a whole sequence, in one direction, as one op. */
import { needsGrad } from "../autograd/tape.ts";
import type { RnnActivation } from "../backend.ts";
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

export interface RnnOptions extends RecurrentOptions {
  /** Default `tanh`. */
  readonly activation?: RnnActivation | undefined;
}

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
  const shape = recurrentShape("rnn", recurrentSizes(1, weights), input, weights, options);
  const { batch, time, hiddenSize } = shape;
  const { session } = input;
  const initial = options.initialState?.hiddenState;
  const inputs = [input, weights.weightIh, weights.weightHh, weights.biasIh, weights.biasHh, initial];
  const requiresGrad = needsGrad(inputs);
  const output = session.empty([batch, time, hiddenSize], { requiresGrad });
  const hiddenState = session.empty([batch, hiddenSize], { requiresGrad });
  const run = { shape, input, weights, options, output, hiddenState };
  const common = { ...recurrentArgs(run), activation: options.activation ?? "tanh" };
  session.backend.rnnForward({ ...common, hiddenState: hiddenState.storage });
  if (requiresGrad) {
    session.record({
      op: "rnn",
      inputs,
      outputs: [output, hiddenState],
      backward: (outputs) => {
        const dGates = session.empty([positionCount(shape), hiddenSize]);
        const gradients = recurrentGradients(run, { ih: dGates, hh: dGates }, outputs);
        const dBias = session.empty(weights.biasIh.shape);
        session.backend.rnnBackward({
          ...common,
          ...gradients.args,
          gateGradient: dGates.storage,
          biasGradient: dBias.storage,
        });
        return [gradients.input, ...gradients.weights, dBias, dBias, gradients.initialHidden];
      },
    });
  }
  return { output, hiddenState };
}

/** The op of a recurrent layer whose hidden state has a feature for each unit: room, tape, and one direction or both. */
import { needsGrad, type OutputGradients } from "../autograd/tape.ts";
import { type OptionNames, requireKnownOptions } from "../known-options.ts";
import type { Tensor } from "../tensor.ts";
import {
  alone,
  type BidirectionalOutput,
  type Direction,
  type OutputPlace,
  outputIn,
  type RecurrentGradients,
  type RecurrentOptions,
  type RecurrentOutput,
  type RecurrentRun,
  type RecurrentState,
  type RecurrentWeights,
  recurrentShape,
  sideBySide,
} from "./recurrent.ts";

/** What a kind of layer is besides what all have in common. */
export interface RecurrentKind<Options extends RecurrentOptions> {
  readonly op: string;
  /** Blocks of rows in the weights. */
  readonly gates: number;
  readonly optionNames: OptionNames<Options>;
  /** Computes the outputs of the run. */
  forward(run: RecurrentRun, options: Options): RecurrentPass;
}

/** A forward pass that is done. */
interface RecurrentPass {
  /** What it made for the backward pass alone. */
  readonly saved: readonly Tensor[];
  /** @param outputs gradients of `output` and `hiddenState` */
  backward(outputs: OutputGradients): BiasedGradients;
}

interface BiasedGradients extends RecurrentGradients {
  readonly biasIh: Tensor;
  readonly biasHh: Tensor;
}

export interface RecurrentOp<Options extends RecurrentOptions> {
  one(input: Tensor, direction: Direction<RecurrentWeights, Options>): RecurrentOutput;
  both(
    input: Tensor,
    directions: readonly [Direction<RecurrentWeights, Options>, Direction<RecurrentWeights, Options>],
  ): BidirectionalOutput<RecurrentState>;
}

/** The op of a kind, on one direction or on two that leave their outputs side by side. */
export function recurrentOp<Options extends RecurrentOptions>(kind: RecurrentKind<Options>): RecurrentOp<Options> {
  return {
    one: (input, direction) => runOne(kind, input, direction, alone(direction.weights)),
    both: (input, directions) => {
      const [first, second] = sideBySide(directions, (direction, place) => runOne(kind, input, direction, place));
      const { output } = second;
      return { output, states: [{ hiddenState: first.hiddenState }, { hiddenState: second.hiddenState }] };
    },
  };
}

function runOne<Options extends RecurrentOptions>(
  kind: RecurrentKind<Options>,
  input: Tensor,
  { weights, options = {} as Options }: Direction<RecurrentWeights, Options>,
  place: OutputPlace,
): RecurrentOutput {
  const { session } = input;
  requireKnownOptions(kind.op, options, kind.optionNames);
  const hiddenSize = weights.weightHh.shape[1] ?? 0;
  const sizes = { gates: kind.gates, hiddenSize, outputSize: hiddenSize };
  const shape = recurrentShape(kind.op, sizes, input, weights, options);
  const initial = options.initialState?.hiddenState;
  const inputs = [input, weights.weightIh, weights.weightHh, weights.biasIh, weights.biasHh, initial, place.beside];
  const requiresGrad = needsGrad(inputs);
  const output = outputIn(place, input, requiresGrad);
  const hiddenState = session.empty([shape.batch, hiddenSize], { requiresGrad });
  const pass = kind.forward({ shape, input, weights, options, output, place, hiddenState }, options);
  if (requiresGrad) {
    session.record({
      op: kind.op,
      inputs,
      outputs: [output, hiddenState],
      saved: pass.saved,
      backward: (outputs) => {
        const { input: dInput, weights: dWeights, biasIh, biasHh, initialHidden } = pass.backward(outputs);
        const [dOutput] = outputs; // of `place.beside` too, whose features lie in the same tensor
        return [dInput, ...dWeights, biasIh, biasHh, initialHidden, dOutput];
      },
    });
  }
  return { output, hiddenState };
}

/** The sLSTM, an LSTM with exponential gates and a normalizer (Beck et al. 2024): its cell, and the layers that walk it. */
import {
  add,
  concat,
  div,
  linear,
  mul,
  type OptionNames,
  type RecurrentState,
  requireKnownOptions,
  type Session,
  sigmoid,
  slice,
  type Tensor,
  tanh,
} from "@cellstate/tensor";
import { glorotUniform } from "../initializers/glorot-uniform.ts";
import type { Initializer } from "../initializers/initializer.ts";
import { orthogonal } from "../initializers/orthogonal.ts";
import { lstmGates, perGate } from "../initializers/per-gate.ts";
import { bothDirections } from "../layers/both-directions.ts";
import { type CellOptions, composedKind } from "../layers/composed.ts";
import { Packing } from "../layers/packing.ts";
import {
  type DirectionRun,
  type MakeWeight,
  type RecurrentKind,
  type RecurrentLayerOptions,
  RecurrentLayers,
  recurrentLayerOptionNames,
} from "../layers/recurrent.ts";

import { exponentialGates, NO_INPUT_YET } from "./exponential-gates.ts";
import { headsOf } from "./heads.ts";

/** Rows stacked input, forget, candidate, output gate, as in an LSTM. */
export interface SlstmWeights {
  /** `[4 * hiddenSize, inputSize]` */
  readonly weightIh: Tensor;
  /** `[4 * hiddenSize, hiddenSize / heads]`: each unit sees the hidden units of its own head. */
  readonly weightHh: Tensor;
  /** `[4 * hiddenSize]` */
  readonly biasIh: Tensor;
}

/** Each tensor is `[batch, hiddenSize]`. */
export interface SlstmState extends RecurrentState {
  /** Divided, like the normalizer, by the exponential of the stabilizer. */
  readonly cellState: Tensor;
  /** What the input gates add up to, each faded by the forget gates since. */
  readonly normalizer: Tensor;
  /** Natural logarithm; no gradient passes through it. */
  readonly stabilizer: Tensor;
}

/**
 * One step: the cell state over the normalizer is a mean of all candidates so far, each with the weight that its input gate and all
 * forget gates since gave it.
 *
 * @param weights   as a layer holds them
 * @param input     `[batch, inputSize]`
 * @param previous  the state before the step
 * @see Beck et al. 2024, arXiv:2405.04517, equations 8 to 17
 */
export function slstmCell(
  weights: SlstmWeights,
  input: Tensor,
  previous: SlstmState,
  options: CellOptions = {},
): SlstmState {
  const gates = linear(input, weights.weightIh, weights.biasIh);
  return slstmStep(overAllHeads(weights, previous.hiddenState.shape[1]!), gates, previous, options);
}

/** The same from the inputs' part of the pre-activations, `[batch, 4 * hiddenSize]`; `weightHh` sees all heads. */
function slstmStep(
  { weightHh }: SlstmWeights,
  ofInput: Tensor,
  previous: SlstmState,
  { recurrentDropoutMask: mask }: CellOptions,
): SlstmState {
  const { hiddenState } = previous;
  const hiddenSize = hiddenState.shape[1]!;
  const gates = add(ofInput, linear(mask ? mul(hiddenState, mask) : hiddenState, weightHh)); // [batch, 4 * hiddenSize]
  const gate = (index: number) => slice(gates, 1, index * hiddenSize, (index + 1) * hiddenSize); // [batch, hiddenSize]
  const { inputGate, forgetGate, stabilizer } = exponentialGates(gate(0), gate(1), previous.stabilizer);
  const cellState = add(mul(forgetGate, previous.cellState), mul(inputGate, tanh(gate(2))));
  const normalizer = add(mul(forgetGate, previous.normalizer), inputGate);
  return { hiddenState: mul(sigmoid(gate(3)), div(cellState, normalizer)), cellState, normalizer, stabilizer };
}

/** The recurrent weights of all heads as one matrix, which is 0 where units belong to two of them. */
function overAllHeads(weights: SlstmWeights, hiddenSize: number): SlstmWeights {
  const { weightHh } = weights;
  const [rows, headSize] = weightHh.shape as [number, number];
  if (headSize === hiddenSize) return weights;
  const sameHead = new Float32Array(rows * hiddenSize);
  for (let row = 0; row < rows; row++) {
    const start = row * hiddenSize + Math.floor((row % hiddenSize) / headSize) * headSize;
    sameHead.fill(1, start, start + headSize);
  }
  const copies = concat(new Array<Tensor>(hiddenSize / headSize).fill(weightHh), 1); // [4 * hiddenSize, hiddenSize]
  return { ...weights, weightHh: mul(copies, weightHh.session.tensor(sameHead, [rows, hiddenSize])) };
}

export interface SlstmOptions extends RecurrentLayerOptions {
  /**
   * Blocks of units that see each other's hidden states; must divide `hiddenSize`. Default: 4, as in the paper, or the largest
   * of 3, 2, 1 that divides it.
   */
  readonly heads?: number | undefined;
}

const optionNames: OptionNames<SlstmOptions> = { ...recurrentLayerOptionNames, heads: true };

/**
 * Layers of sLSTM cells. Parameters are `weight_ih_l0`, `weight_hh_l0` and `bias_ih_l0` with the rows of an LSTM. Input weights start
 * Glorot uniform gate by gate, recurrent weights orthogonal head by head, biases 0 but for the forget gate's.
 */
export class Slstm extends RecurrentLayers<SlstmWeights, SlstmState> {
  /** @throws {OptionError} if an option is unknown, a size no integer of at least 1, a rate outside `[0, 1)`, or `heads` no divisor */
  constructor(session: Session, options: SlstmOptions) {
    requireKnownOptions("Slstm", options, optionNames);
    super(session, slstmKind(session, options), options);
  }
}

function slstmKind(session: Session, options: SlstmOptions): RecurrentKind<SlstmWeights, SlstmState> {
  const { hiddenSize } = options;
  const heads = headsOf("Slstm", hiddenSize, options.heads);
  const steps = composedKind<SlstmWeights, SlstmState>({
    name: "Slstm",
    stateSize: hiddenSize,
    makeWeights: (inputSize, make) => makeWeights(hiddenSize, heads, inputSize, make),
    startState: (hiddenState) => {
      const filled = (value: number) => session.full(hiddenState.shape, value);
      return { hiddenState, cellState: filled(0), normalizer: filled(0), stabilizer: filled(NO_INPUT_YET) };
    },
    cell: slstmStep,
  });
  // The inputs' part of all steps is one product.
  const run = (input: Tensor, { weights, options }: DirectionRun<SlstmWeights, SlstmState>) => {
    const [batchSize, seqLen] = input.shape as [number, number];
    const packing = new Packing("Slstm", { batchSize, seqLen, lengths: options.lengths });
    const gates = packing.unpack(linear(packing.pack(input), weights.weightIh, weights.biasIh));
    return steps.run(gates, { weights: overAllHeads(weights, hiddenSize), options });
  };
  return { ...steps, run, runBoth: bothDirections(run) };
}

function makeWeights(hiddenSize: number, heads: number, inputSize: number, make: MakeWeight): SlstmWeights {
  const rows = lstmGates.length * hiddenSize;
  const headNames = Array.from({ length: heads }, (_, head) => `head${head}`);
  return {
    weightIh: make("weight_ih", [rows, inputSize], perGate(glorotUniform)),
    weightHh: make("weight_hh", [rows, hiddenSize / heads], perGate(perGate(orthogonal, headNames))),
    biasIh: make("bias_ih", [rows], forgetRange(hiddenSize)),
  };
}

/** Biases of the forget gate from 3 to 6, so that units start with memories of different length; 0 elsewhere. */
function forgetRange(hiddenSize: number): Initializer {
  return () => {
    const values = new Float64Array(lstmGates.length * hiddenSize);
    for (let unit = 0; unit < hiddenSize; unit++) values[hiddenSize + unit] = 3 + (3 * (unit + 0.5)) / hiddenSize;
    return values;
  };
}

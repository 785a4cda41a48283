/** The mLSTM, whose memory is a matrix (Beck et al. 2024): its cell, which is the exact reference, and its layers. */
import {
  abs,
  add,
  div,
  exp,
  linear,
  matmul,
  maximum,
  mul,
  neg,
  type OptionNames,
  type RecurrentState,
  requireKnownOptions,
  reshape,
  type Session,
  sigmoid,
  slice,
  type Tensor,
} from "@cellstate/tensor";
import { requireSize } from "../errors.ts";
import { glorotUniform } from "../initializers/glorot-uniform.ts";
import { type Initializer, zeros } from "../initializers/initializer.ts";
import { perGate } from "../initializers/per-gate.ts";
import { bothDirections } from "../layers/both-directions.ts";
import { composedKind } from "../layers/composed.ts";
import { RecurrentLayers } from "../layers/recurrent.ts";
import type { MakeWeight, RecurrentKind } from "../layers/recurrent-kind.ts";
import { type RecurrentLayerOptions, recurrentLayerOptionNames } from "../layers/recurrent-options.ts";
import { exponentialGates, NO_INPUT_YET } from "./exponential-gates.ts";
import { headsOf } from "./heads.ts";
import { runMlstm } from "./mlstm-run.ts";

/** Nothing reads the hidden state, so there are no recurrent weights. */
export interface MlstmWeights {
  /** `[4 * hiddenSize, inputSize]`, rows stacked query, key, value, output gate. */
  readonly weightIh: Tensor;
  /** `[4 * hiddenSize]` */
  readonly biasIh: Tensor;
  /** `[2 * heads, inputSize]`, rows stacked input, forget gate: one of each for a head. */
  readonly weightGates: Tensor;
  /** `[2 * heads]` */
  readonly biasGates: Tensor;
}

/** Memory and normalizer are divided by the exponential of the stabilizer. */
export interface MlstmState extends RecurrentState {
  /** `[batch, heads, headSize, headSize]`: values by key. */
  readonly memory: Tensor;
  /** `[batch, heads, headSize]`: sum of the keys, weighted as in the memory. */
  readonly normalizer: Tensor;
  /** `[batch, heads]`: natural logarithm; no gradient passes through it. */
  readonly stabilizer: Tensor;
}

const projections = ["query", "key", "value", "output"] as const;

/**
 * One step: the memory fades by the forget gate, takes in the value under its key, and is asked by the query.
 *
 * @param weights   as a layer holds them
 * @param input     `[batch, inputSize]`
 * @param previous  the state before the step
 * @see Beck et al. 2024, arXiv:2405.04517, equations 19 to 27
 */
export function mlstmCell(weights: MlstmWeights, input: Tensor, previous: MlstmState): MlstmState {
  const { memory, normalizer, hiddenState } = previous;
  const [batchSize, heads, headSize] = normalizer.shape as [number, number, number];
  const blocks = batchSize * heads;
  const hiddenSize = heads * headSize;
  const projected = linear(input, weights.weightIh, weights.biasIh); // [batch, 4 * hiddenSize]
  const part = (index: number, shape: readonly number[]) =>
    reshape(slice(projected, 1, index * hiddenSize, (index + 1) * hiddenSize), shape);
  const query = part(0, [blocks, 1, headSize]);
  const key = mul(part(1, [blocks, headSize, 1]), 1 / Math.sqrt(headSize));
  const value = part(2, [blocks, 1, headSize]);
  const logs = linear(input, weights.weightGates, weights.biasGates); // [batch, 2 * heads]
  const gates = exponentialGates(slice(logs, 1, 0, heads), slice(logs, 1, heads, 2 * heads), previous.stabilizer);
  const [inputGate, forgetGate, stabilizer] = [gates.inputGate, gates.forgetGate, gates.stabilizer].map((gate) =>
    reshape(gate, [blocks, 1, 1]),
  ) as [Tensor, Tensor, Tensor];

  const taken = mul(key, inputGate); // [blocks, headSize, 1]
  const nextMemory = add(mul(reshape(memory, [blocks, headSize, headSize]), forgetGate), matmul(taken, value));
  const nextNormalizer = add(mul(reshape(normalizer, [blocks, headSize, 1]), forgetGate), taken);
  const weight = maximum(abs(matmul(query, nextNormalizer)), exp(neg(stabilizer))); // [blocks, 1, 1]
  const found = div(matmul(query, nextMemory), weight); // [blocks, 1, headSize]
  return {
    hiddenState: mul(sigmoid(part(3, hiddenState.shape)), reshape(found, hiddenState.shape)),
    memory: reshape(nextMemory, memory.shape),
    normalizer: reshape(nextNormalizer, normalizer.shape),
    stabilizer: gates.stabilizer,
  };
}

export interface MlstmOptions extends Omit<RecurrentLayerOptions, "recurrentDropoutRate"> {
  /** Memories, each with an equal part of the units; must divide `hiddenSize`. Default: 4, or the largest of 3, 2, 1 that divides it. */
  readonly heads?: number | undefined;
  /**
   * Steps that are computed side by side, with the state of the chunk before. 1 walks the cell step by step, the exact recurrence;
   * other sizes agree with it up to rounding and are much faster on sequences. Default 64.
   */
  readonly chunkSize?: number | undefined;
}

/** Steps of a chunk, if nothing else is asked for. */
export const usualChunkSize = 64;

const { recurrentDropoutRate: _, ...sharedOptionNames } = recurrentLayerOptionNames;
export const mlstmOptionNames: OptionNames<MlstmOptions> = { ...sharedOptionNames, heads: true, chunkSize: true };

/**
 * Layers of mLSTM cells. Parameters are `weight_ih_l0` and `bias_ih_l0` (rows query, key, value, output gate), `weight_gates_l0` and
 * `bias_gates_l0` (input and forget gates, one for each head). Projections start Glorot uniform, weights of the gates 0, biases
 * of the forget gates from 3 to 6, so that heads start with memories of different length.
 */
export class Mlstm extends RecurrentLayers<MlstmWeights, MlstmState> {
  /**
   * @throws {OptionError} if an option is unknown (as a recurrent dropout is, since nothing reads the hidden state), a size no
   * integer of at least 1, a rate outside `[0, 1)`, or `heads` no divisor
   */
  constructor(session: Session, options: MlstmOptions) {
    requireKnownOptions("Mlstm", options, mlstmOptionNames);
    super(session, (hiddenSize) => mlstmKind(session, hiddenSize, options), options);
  }
}

function mlstmKind(
  session: Session,
  hiddenSize: number,
  options: MlstmOptions,
): RecurrentKind<MlstmWeights, MlstmState> {
  const { chunkSize = usualChunkSize } = options;
  requireSize("Mlstm", "chunkSize", chunkSize);
  const heads = headsOf("Mlstm", hiddenSize, options.heads);
  const startState = (hiddenState: Tensor): MlstmState => ({
    hiddenState,
    ...emptyMemory(session, [hiddenState.shape[0]!, heads, hiddenSize / heads]),
  });
  const walked = composedKind<MlstmWeights, MlstmState>({
    name: "Mlstm",
    stateSize: hiddenSize,
    makeWeights: (inputSize, make) => makeWeights(hiddenSize, heads, inputSize, make),
    startState,
    cell: mlstmCell,
  });
  if (chunkSize === 1) return walked;
  const run: typeof walked.run = (input, direction) => {
    const { initialState = startState(session.zeros([input.shape[0]!, hiddenSize])) } = direction.options;
    return runMlstm(input, direction, initialState, chunkSize);
  };
  return { ...walked, run, runBoth: bothDirections(run) };
}

/** A memory that nothing has been taken into, of `[batch, heads, headSize]`. */
export function emptyMemory(
  session: Session,
  shape: readonly [number, number, number],
): Omit<MlstmState, "hiddenState"> {
  const [batchSize, heads, headSize] = shape;
  return {
    memory: session.zeros([...shape, headSize]),
    normalizer: session.zeros(shape),
    stabilizer: session.full([batchSize, heads], NO_INPUT_YET),
  };
}

function makeWeights(hiddenSize: number, heads: number, inputSize: number, make: MakeWeight): MlstmWeights {
  const rows = projections.length * hiddenSize;
  return {
    weightIh: make("weight_ih", [rows, inputSize], perGate(glorotUniform, projections)),
    biasIh: make("bias_ih", [rows], zeros),
    weightGates: make("weight_gates", [2 * heads, inputSize], zeros),
    biasGates: make("bias_gates", [2 * heads], forgetRange(heads)),
  };
}

/** Biases of the gates: 0 for input gates, from 3 to 6 for forget gates. */
export function forgetRange(heads: number): Initializer {
  return () =>
    Float64Array.from({ length: 2 * heads }, (_unused, row) =>
      row < heads ? 0 : 3 + (3 * (row - heads + 0.5)) / heads,
    );
}

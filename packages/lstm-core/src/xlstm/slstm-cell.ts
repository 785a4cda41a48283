/** One step of the sLSTM, an LSTM with exponential gates and a normalizer (Beck et al. 2024), and how its heads lie apart. */
import {
  add,
  div,
  linear,
  matmul,
  mul,
  type RecurrentState,
  reshape,
  sigmoid,
  slice,
  type Tensor,
  tanh,
  transpose,
} from "@cellstate/tensor";
import type { CellOptions } from "../layers/composed.ts";
import { exponentialGates } from "./exponential-gates.ts";

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
  { recurrentDropoutMask: mask }: CellOptions = {},
): SlstmState {
  const heads = headCount(weights);
  const blocks = (x: Tensor, parts = 1) => toBlocks(x, heads, parts);
  const { hiddenState } = previous;
  const seen = mask ? mul(hiddenState, mask) : hiddenState;
  const ofHidden = matmul(blocks(seen), headWeights(weights), { transposeB: true });
  const ofInput = blocks(linear(input, weights.weightIh, weights.biasIh), 4);
  const next = slstmStep(
    add(ofInput, ofHidden),
    mapSlstmState((name) => blocks(previous[name])),
  );
  return mapSlstmState((name) => fromBlocks(next[name]));
}

/**
 * A step from its pre-activations.
 *
 * @param gates     `[..., 4 * size]`
 * @param previous  the state before the step, each tensor `[..., size]`
 */
export function slstmStep(gates: Tensor, previous: SlstmState): SlstmState {
  const size = gates.shape.at(-1)! / 4;
  const gate = (index: number) => slice(gates, -1, index * size, (index + 1) * size); // [..., size]
  const { inputGate, forgetGate, stabilizer } = exponentialGates(gate(0), gate(1), previous.stabilizer);
  const cellState = add(mul(forgetGate, previous.cellState), mul(inputGate, tanh(gate(2))));
  const normalizer = add(mul(forgetGate, previous.normalizer), inputGate);
  return { hiddenState: mul(sigmoid(gate(3)), div(cellState, normalizer)), cellState, normalizer, stabilizer };
}

/** A state of one tensor for each name. */
export function mapSlstmState(tensorOf: (name: keyof SlstmState) => Tensor): SlstmState {
  return {
    hiddenState: tensorOf("hiddenState"),
    cellState: tensorOf("cellState"),
    normalizer: tensorOf("normalizer"),
    stabilizer: tensorOf("stabilizer"),
  };
}

export function headCount({ weightHh }: Pick<SlstmWeights, "weightHh">): number {
  const [rows, headSize] = weightHh.shape as [number, number];
  return rows / 4 / headSize;
}

/** The recurrent weights head by head, `[heads, 4 * headSize, headSize]`. */
export function headWeights(weights: Pick<SlstmWeights, "weightHh">): Tensor {
  const heads = headCount(weights);
  const headSize = weights.weightHh.shape[1]!;
  const byHead = transpose(reshape(weights.weightHh, [4, heads, headSize, headSize]), [1, 0, 2, 3]);
  return reshape(byHead, [heads, 4 * headSize, headSize]);
}

/** `[rows, parts * heads * headSize]` head by head: `[heads, rows, parts * headSize]`. */
export function toBlocks(x: Tensor, heads: number, parts: number): Tensor {
  const [rows, features] = x.shape as [number, number];
  const headSize = features / (parts * heads);
  const byHead = transpose(reshape(x, [rows, parts, heads, headSize]), [2, 0, 1, 3]);
  return reshape(byHead, [heads, rows, parts * headSize]);
}

/** `[heads, rows, headSize]` back to `[rows, heads * headSize]`. */
export function fromBlocks(blocks: Tensor): Tensor {
  const [heads, rows, headSize] = blocks.shape as [number, number, number];
  return reshape(transpose(blocks, [1, 0, 2]), [rows, heads * headSize]);
}

/** The memory of an mLSTM over a packed batch: what the queries of all real positions find in it, chunk by chunk. */
import { add, linear, log, maximum, mul, reshape, sigmoid, slice, type Tensor, transpose } from "@cellstate/tensor";
import { Packing } from "../layers/packing.ts";
import type { DirectionRun, LayerResult } from "../layers/recurrent-kind.ts";
import { SMALLEST_GATE } from "./exponential-gates.ts";
import type { MlstmState, MlstmWeights } from "./mlstm.ts";
import { type MlstmSequence, SHUT, walkChunks } from "./mlstm-chunks.ts";

/** One layer in one direction; `input` is `[batch, seqLen, inputSize]`. */
export function runMlstm(
  input: Tensor,
  { weights, options }: DirectionRun<MlstmWeights, MlstmState>,
  start: MlstmState,
  chunkSize: number,
): LayerResult<MlstmState> {
  const [batchSize, seqLen] = input.shape as [number, number];
  const packing = new Packing("Mlstm", { batchSize, seqLen, lengths: options.lengths, reverse: options.reverse });
  const rows = packing.pack(input); // [real positions, inputSize]
  const projected = linear(rows, weights.weightIh, weights.biasIh); // [real positions, 4 * hiddenSize]
  const hiddenSize = projected.shape[1]! / 4;
  const vectors = slice(projected, 1, 0, 3 * hiddenSize);
  const logs = linear(rows, weights.weightGates, weights.biasGates);
  const { found, ...state } = readMemory(packing, { vectors, logs, start, chunkSize });
  const hidden = mul(sigmoid(slice(projected, 1, 3 * hiddenSize, 4 * hiddenSize)), found);
  const hiddenState = packing.lastRead(hidden, start.hiddenState);
  return { output: packing.unpack(hidden), states: [{ hiddenState, ...state }] };
}

/** What is kept from step to step of an mLSTM, but for its output. */
export type MlstmMemory = Pick<MlstmState, "memory" | "normalizer" | "stabilizer">;

export interface ReadMemoryOptions {
  /** `[real positions, 3 * hiddenSize]`: query, key, value. */
  readonly vectors: Tensor;
  /** `[real positions, 2 * heads]`: pre-activations of input and forget gates. */
  readonly logs: Tensor;
  readonly start: MlstmMemory;
  readonly chunkSize: number;
}

/** @returns what was found, `[real positions, hiddenSize]`, and the memory after the last real step of each row */
export function readMemory(
  packing: Packing,
  { vectors, logs, start, chunkSize }: ReadMemoryOptions,
): MlstmMemory & { readonly found: Tensor } {
  const { memory, normalizer, stabilizer } = start;
  const [batchSize, heads, headSize] = normalizer.shape as [number, number, number];
  const blocks = batchSize * heads;
  const { found, state } = walkChunks(
    sequenceOf(packing, vectors, logs),
    {
      memory: reshape(memory, [blocks, headSize, headSize]),
      normalizer: reshape(normalizer, [blocks, headSize, 1]),
      stabilizer: reshape(stabilizer, [blocks, 1]),
    },
    chunkSize,
  );
  const joined = transpose(reshape(found, [batchSize, heads, packing.steps, headSize]), [0, 2, 1, 3]);
  return {
    found: packing.unread(reshape(joined, [batchSize, packing.steps, heads * headSize])),
    memory: reshape(state.memory, memory.shape),
    normalizer: reshape(state.normalizer, normalizer.shape),
    stabilizer: reshape(state.stabilizer, stabilizer.shape),
  };
}

function sequenceOf(packing: Packing, vectors: Tensor, logs: Tensor): MlstmSequence {
  const { steps, lengths } = packing;
  const batchSize = lengths.length;
  const heads = logs.shape[1]! / 2;
  const headSize = vectors.shape[1]! / (3 * heads);
  const byHead = transpose(reshape(packing.read(vectors), [batchSize, steps, 3, heads, headSize]), [2, 0, 3, 1, 4]);
  const part = (index: number) => reshape(slice(byHead, 0, index, index + 1), [batchSize * heads, steps, headSize]);
  const gates = transpose(reshape(packing.read(logs), [batchSize, steps, 2, heads]), [2, 0, 3, 1]);
  const gate = (index: number) => reshape(slice(gates, 0, index, index + 1), [batchSize, heads, steps]);
  const where = (real: number, padding: number) => {
    const values = new Float64Array(batchSize * steps).fill(real);
    lengths.forEach((length, row) => {
      values.fill(padding, row * steps + length, (row + 1) * steps);
    });
    return vectors.session.tensor(values, [batchSize, 1, steps]);
  };
  return {
    query: part(0),
    key: mul(part(1), 1 / Math.sqrt(headSize)),
    value: part(2),
    inputLog: reshape(add(gate(0), where(0, SHUT)), [batchSize * heads, steps]),
    forgetLog: reshape(log(maximum(sigmoid(gate(1)), where(SMALLEST_GATE, 1))), [batchSize * heads, steps]),
  };
}

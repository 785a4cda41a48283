/** One mLSTM layer in one direction over a padded batch, chunk by chunk. */
import { add, linear, log, maximum, mul, reshape, sigmoid, slice, type Tensor, transpose } from "@cellstate/tensor";
import { Packing } from "../layers/packing.ts";
import type { DirectionRun, LayerResult } from "../layers/recurrent-kind.ts";
import { SMALLEST_GATE } from "./exponential-gates.ts";
import type { MlstmState, MlstmWeights } from "./mlstm.ts";
import { type MlstmSequence, SHUT, walkChunks } from "./mlstm-chunks.ts";

/** @param input `[batch, seqLen, inputSize]` */
export function runMlstm(
  input: Tensor,
  { weights, options }: DirectionRun<MlstmWeights, MlstmState>,
  initialState: MlstmState,
  chunkSize: number,
): LayerResult<MlstmState> {
  const [batchSize, seqLen] = input.shape as [number, number];
  const packing = new Packing("Mlstm", { batchSize, seqLen, lengths: options.lengths, reverse: options.reverse });
  const { memory, normalizer, stabilizer } = initialState;
  const [, heads, headSize] = normalizer.shape as [number, number, number];
  const blocks = batchSize * heads;
  const rows = packing.pack(input); // [real positions, inputSize]
  const projected = linear(rows, weights.weightIh, weights.biasIh); // [real positions, 4 * hiddenSize]
  const logs = linear(rows, weights.weightGates, weights.biasGates); // [real positions, 2 * heads]
  const { found, state } = walkChunks(
    sequenceOf(packing, projected, logs, heads),
    {
      memory: reshape(memory, [blocks, headSize, headSize]),
      normalizer: reshape(normalizer, [blocks, headSize, 1]),
      stabilizer: reshape(stabilizer, [blocks, 1]),
    },
    chunkSize,
  );
  const hiddenSize = heads * headSize;
  const joined = transpose(reshape(found, [batchSize, heads, packing.steps, headSize]), [0, 2, 1, 3]);
  const unread = packing.unread(reshape(joined, [batchSize, packing.steps, hiddenSize]));
  const hidden = mul(sigmoid(slice(projected, 1, 3 * hiddenSize, 4 * hiddenSize)), unread); // [real positions, hiddenSize]
  return {
    output: packing.unpack(hidden),
    states: [
      {
        hiddenState: packing.lastRead(hidden, initialState.hiddenState),
        memory: reshape(state.memory, memory.shape),
        normalizer: reshape(state.normalizer, normalizer.shape),
        stabilizer: reshape(state.stabilizer, stabilizer.shape),
      },
    ],
  };
}

function sequenceOf(packing: Packing, projected: Tensor, logs: Tensor, heads: number): MlstmSequence {
  const { steps, lengths } = packing;
  const batchSize = lengths.length;
  const hiddenSize = projected.shape[1]! / 4;
  const headSize = hiddenSize / heads;
  const vectors = packing.read(slice(projected, 1, 0, 3 * hiddenSize)); // [batch, steps, 3 * hiddenSize]
  const byHead = transpose(reshape(vectors, [batchSize, steps, 3, heads, headSize]), [2, 0, 3, 1, 4]);
  const part = (index: number) => reshape(slice(byHead, 0, index, index + 1), [batchSize * heads, steps, headSize]);
  const gates = transpose(reshape(packing.read(logs), [batchSize, steps, 2, heads]), [2, 0, 3, 1]);
  const gate = (index: number) => reshape(slice(gates, 0, index, index + 1), [batchSize, heads, steps]);
  const where = (real: number, padding: number) => {
    const values = new Float64Array(batchSize * steps).fill(real);
    lengths.forEach((length, row) => {
      values.fill(padding, row * steps + length, (row + 1) * steps);
    });
    return projected.session.tensor(values, [batchSize, 1, steps]);
  };
  return {
    query: part(0),
    key: mul(part(1), 1 / Math.sqrt(headSize)),
    value: part(2),
    inputLog: reshape(add(gate(0), where(0, SHUT)), [batchSize * heads, steps]),
    forgetLog: reshape(log(maximum(sigmoid(gate(1)), where(SMALLEST_GATE, 1))), [batchSize * heads, steps]),
  };
}

/**
 * An sLSTM layer over ragged rows. Heads see nothing of each other, and neither do directions: a step computes all of them as blocks of
 * one product, so that both directions take as many operations as one.
 */
import { add, concat, gatherRows, linear, matmul, mul, reshape, slice, type Tensor } from "@cellstate/tensor";
import { scatterRows } from "../layers/packing.ts";
import type { DirectionRun, LayerResult } from "../layers/recurrent-kind.ts";
import { planWalk } from "../layers/walk-rows.ts";
import {
  fromBlocks,
  headCount,
  headWeights,
  mapSlstmState,
  type SlstmState,
  type SlstmWeights,
  slstmStep,
  toBlocks,
} from "./slstm-cell.ts";

/** A direction with the state that it starts from. */
export interface SlstmRun extends DirectionRun<SlstmWeights, SlstmState> {
  readonly start: SlstmState;
}

/**
 * @param input       `[batch, seqLen, inputSize]`
 * @param lengths     `[batch]`, each in `[0, seqLen]`
 * @param directions  one, or forward and reverse
 */
export function walkSlstm(
  input: Tensor,
  lengths: Int32Array,
  directions: readonly SlstmRun[],
): LayerResult<SlstmState> {
  const [batchSize, seqLen, inputSize] = input.shape as [number, number, number];
  const heads = headCount(directions[0]!.weights);
  const flat = reshape(input, [batchSize * seqLen, inputSize]);
  const plans = directions.map(({ options: { reverse = false } }) => planWalk({ lengths, seqLen, reverse }));
  const { rows, counts } = plans[0]!; // the same in both directions
  const blocksOf = (parts: number, tensorOf: (direction: SlstmRun, index: number) => Tensor) =>
    concat(
      directions.map((direction, index) => toBlocks(tensorOf(direction, index), heads, parts)),
      0,
    );
  const gates = blocksOf(4, ({ weights }, index) =>
    linear(gatherRows(flat, plans[index]!.positions), weights.weightIh, weights.biasIh),
  ); // [blocks, real steps, 4 * headSize], step by step
  const hasMask = directions.every(({ options }) => options.recurrentDropoutMask !== undefined);
  const { hiddenStates, last } = walkBlocks(gates, {
    counts,
    recurrent: concat(
      directions.map(({ weights }) => headWeights(weights)),
      0,
    ),
    mask: hasMask ? blocksOf(1, ({ options }) => gatherRows(options.recurrentDropoutMask!, rows)) : undefined,
    start: mapSlstmState((name) => blocksOf(1, ({ start }) => gatherRows(start[name], rows))),
  });
  const ofDirection = (blocks: Tensor, index: number) =>
    fromBlocks(slice(blocks, 0, index * heads, (index + 1) * heads));
  const outputs = plans.map(({ positions }, index) => {
    const output = scatterRows(ofDirection(hiddenStates, index), positions, batchSize * seqLen);
    return reshape(output, [batchSize, seqLen, output.shape[1]!]);
  });
  const places = Int32Array.from(rows.keys()).sort((a, b) => rows[a]! - rows[b]!);
  return {
    output: outputs.length === 1 ? outputs[0]! : concat(outputs, 2),
    states: plans.map((_, index) => mapSlstmState((name) => gatherRows(ofDirection(last[name], index), places))),
  };
}

interface BlockWalk {
  /** How many rows each step reads; never rises. */
  readonly counts: readonly number[];
  /** `[blocks, 4 * headSize, headSize]` */
  readonly recurrent: Tensor;
  /** `[blocks, batch, headSize]` */
  readonly mask: Tensor | undefined;
  /** Each tensor `[blocks, batch, headSize]`, the longest rows first. */
  readonly start: SlstmState;
}

/** The steps one after the other; `hiddenStates` is `[blocks, real steps, headSize]`. */
function walkBlocks(gates: Tensor, { counts, recurrent, mask, start }: BlockWalk) {
  const hiddenStates: Tensor[] = [];
  const ended: SlstmState[] = []; // rows that end before the last step, the shortest first
  const rowsOf = (state: SlstmState, from: number, to: number) =>
    mapSlstmState((name) => slice(state[name], 1, from, to));
  let state = start;
  let reading = start.hiddenState.shape[1]!;
  let done = 0;
  for (const count of counts) {
    if (count < reading) {
      ended.push(rowsOf(state, count, reading));
      state = rowsOf(state, 0, count);
    }
    const seen = mask ? mul(state.hiddenState, slice(mask, 1, 0, count)) : state.hiddenState;
    const ofInput = slice(gates, 1, done, done + count); // [blocks, count, 4 * headSize]
    state = slstmStep(add(ofInput, matmul(seen, recurrent, { transposeB: true })), state);
    hiddenStates.push(state.hiddenState);
    reading = count;
    done += count;
  }
  const parts = [state, ...ended.reverse()];
  return {
    hiddenStates: concat(hiddenStates, 1),
    last: mapSlstmState((name) =>
      concat(
        parts.map((part) => part[name]),
        1,
      ),
    ),
  };
}

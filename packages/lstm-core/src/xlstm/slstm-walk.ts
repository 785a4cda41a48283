/**
 * An sLSTM layer over ragged rows. Heads see nothing of each other, and neither do directions: a step computes all of them as blocks of
 * one product, so that both directions take as many operations as one.
 */
import { add, concat, gatherRows, matmul, mul, reshape, slice, type Tensor } from "@cellstate/tensor";
import { scatterRows } from "../layers/packing.ts";
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

/** What one direction walks. */
export interface SlstmRun {
  /** `[batch, seqLen, 4 * hiddenSize]`: the inputs' part of the pre-activations. */
  readonly gates: Tensor;
  /** Whether rows are read from their true ends to their starts. */
  readonly reverse: boolean;
  readonly weights: Pick<SlstmWeights, "weightHh">;
  readonly mask: Tensor | undefined;
  readonly start: SlstmState;
}

/** What one direction gives. */
export interface SlstmWalked {
  /** `[batch, seqLen, hiddenSize]`, 0 on padding. */
  readonly output: Tensor;
  /** After the last real step of each row. */
  readonly state: SlstmState;
}

/**
 * @param lengths     `[batch]`, each in `[0, seqLen]`
 * @param directions  one, or forward and reverse
 */
export function walkSlstm(lengths: Int32Array, directions: readonly SlstmRun[]): SlstmWalked[] {
  const { weights, gates: firstGates } = directions[0]!;
  const [batchSize, seqLen, width] = firstGates.shape as [number, number, number];
  const heads = headCount(weights);
  const plans = directions.map(({ reverse }) => planWalk({ lengths, seqLen, reverse }));
  const { rows, counts } = plans[0]!; // the same in both directions
  const blocksOf = (parts: number, tensorOf: (direction: SlstmRun, index: number) => Tensor) =>
    concat(
      directions.map((direction, index) => toBlocks(tensorOf(direction, index), heads, parts)),
      0,
    );
  const gates = blocksOf(4, (direction, index) =>
    gatherRows(reshape(direction.gates, [batchSize * seqLen, width]), plans[index]!.positions),
  ); // [blocks, real steps, 4 * headSize], step by step
  const { hiddenStates, last } = walkBlocks(gates, {
    counts,
    recurrent: concat(
      directions.map((direction) => headWeights(direction.weights)),
      0,
    ),
    mask: directions.every(({ mask }) => mask) ? blocksOf(1, ({ mask }) => gatherRows(mask!, rows)) : undefined,
    start: mapSlstmState((name) => blocksOf(1, ({ start }) => gatherRows(start[name], rows))),
  });
  const places = Int32Array.from(rows.keys()).sort((a, b) => rows[a]! - rows[b]!);
  return plans.map(({ positions }, index) => {
    const own = (blocks: Tensor) => fromBlocks(slice(blocks, 0, index * heads, (index + 1) * heads));
    const output = scatterRows(own(hiddenStates), positions, batchSize * seqLen);
    return {
      output: reshape(output, [batchSize, seqLen, width / 4]),
      state: mapSlstmState((name) => gatherRows(own(last[name]), places)),
    };
  });
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

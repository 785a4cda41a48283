/**
 * Sums over all alignments of labels with steps, for CTC (Graves et al. 2006, section 4.1). An alignment walks through the states of a row:
 * its labels with a blank before, between and behind them. It stays, goes on by one, or passes over a blank between two different labels.
 */
import { add, concat, exp, log, maximum, slice, sub, type Tensor } from "@cellstate/tensor";
import { walkRows } from "../layers/walk-rows.ts";

/** Stands for the logarithm of 0: finite, so that nothing turns into NaN. */
export const LOG_ZERO = -1e30;

/** Labels of some rows with the blanks around them. */
export interface StateRows {
  readonly batchSize: number;
  /** States of the row with most labels. */
  readonly numStates: number;
  /** `[batch]`: states of each row, `2 * labels + 1`. */
  readonly counts: Int32Array;
  /** `[batch * numStates]`: class of each state; a blank behind a row's last one. */
  readonly classes: Int32Array;
}

export function statesOf(labels: readonly ArrayLike<number>[], blank: number): StateRows {
  const batchSize = labels.length;
  const counts = Int32Array.from(labels, (row) => 2 * row.length + 1);
  const numStates = counts.reduce((most, count) => Math.max(most, count), 1);
  const classes = new Int32Array(batchSize * numStates).fill(blank);
  labels.forEach((row, index) => {
    for (let i = 0; i < row.length; i++) classes[index * numStates + 2 * i + 1] = row[i]!;
  });
  return { batchSize, numStates, counts, classes };
}

export interface SweepOptions {
  /** `[batch * time, numStates]`: log-probability of each state's class at each step. */
  readonly logProbs: Tensor;
  readonly seqLen: number;
  /** `[batch]` */
  readonly lengths: Int32Array;
  readonly states: StateRows;
}

export interface Sweep {
  /** `[batch * time, numStates]`: log sum over the parts of alignments on the sweep's side up to and with a state at a step. */
  readonly scores: Tensor;
  /** `[batch, numStates]` at the step that the sweep ends with. */
  readonly last: Tensor;
}

/** From the first step and state of each row, or backwards from its last ones. */
export function sweepAlignments(options: SweepOptions, direction: "forward" | "backward"): Sweep {
  const { logProbs, seqLen, lengths, states } = options;
  const { batchSize, numStates, counts } = states;
  const { session } = logProbs;
  const isForward = direction === "forward";
  const nothing = session.full([batchSize, 2], LOG_ZERO);
  // Before the first step there is one state, from which that step stays in the first state or goes on to the second.
  const origin = perState(states, (row, state) => (state === (isForward ? 0 : counts[row]! - 1) ? 0 : LOG_ZERO));
  const passing = perState(states, (row, state) =>
    mayPass(states, row, isForward ? state : state + 2) ? 0 : LOG_ZERO,
  );
  const shape = [batchSize, numStates];
  const { sequences, state } = walkRows({
    input: logProbs,
    lengths,
    seqLen,
    reverse: !isForward,
    mask: session.tensor(passing, shape),
    collected: ["hiddenState"],
    initialState: { hiddenState: session.tensor(origin, shape) },
    step: (ofClass, { hiddenState: stay }, { mask }) => {
      const outside = slice(nothing, 0, 0, stay.shape[0]!);
      const wide = concat(isForward ? [outside, stay] : [stay, outside], 1); // [rows, numStates + 2]
      const goOn = slice(wide, 1, 1, 1 + numStates);
      const pass = add(isForward ? slice(wide, 1, 0, numStates) : slice(wide, 1, 2, 2 + numStates), mask!);
      return { hiddenState: add(logSumExp3(stay, goOn, pass), ofClass) };
    },
  });
  return { scores: sequences[0]!, last: state.hiddenState };
}

/** Whether an alignment may come to a state from two states before it: over a blank, to another label. */
function mayPass({ numStates, counts, classes }: StateRows, row: number, state: number): boolean {
  if (state % 2 === 0 || state < 3 || state >= counts[row]!) return false;
  return classes[row * numStates + state] !== classes[row * numStates + state - 2];
}

function perState({ batchSize, numStates }: StateRows, value: (row: number, state: number) => number): Float64Array {
  return Float64Array.from({ length: batchSize * numStates }, (_, place) => {
    return value(Math.floor(place / numStates), place % numStates);
  });
}

function logSumExp3(a: Tensor, b: Tensor, c: Tensor): Tensor {
  const highest = maximum(maximum(a, b), c);
  const [first, second, third] = [a, b, c].map((x) => exp(sub(x, highest)));
  return add(highest, log(add(add(first!, second!), third!)));
}

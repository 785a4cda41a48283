/**
 * Sums over all alignments of labels with steps, for CTC (Graves et al. 2006, section 4.1). An alignment walks through the states of a row:
 * its labels with a blank before, between and behind them. It stays, goes on by one, or passes over a blank between two different labels.
 */
import { add, concat, exp, gatherRows, log, maximum, reshape, slice, sub, type Tensor } from "@cellstate/tensor";
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

export interface Sweeps {
  /** `[batch * time, numStates]`: log sum over the parts of alignments up to and with a state at a step. */
  readonly before: Tensor;
  /** The same over the parts from that state on. */
  readonly after: Tensor;
  /** `[batch, numStates]`: `before` at the last step of each row. */
  readonly last: Tensor;
}

/** Sums from both ends at once: the second half of the rows walked are mirror images of the first, in time and in states. */
export function sweepAlignments(options: SweepOptions): Sweeps {
  const { logProbs, seqLen, lengths, states } = options;
  const { batchSize, numStates } = states;
  const { session, shape } = logProbs;
  const steps = shape[0]!;
  const mirror = mirrorOf(options);
  const mirrored = (x: Tensor) => reshape(gatherRows(reshape(x, [x.size]), mirror), shape);
  const nothing = session.full([2 * batchSize, 2], LOG_ZERO);
  // Before the first step there is one state, from which that step stays in the first state or goes on to the second.
  const origin = perState(states, (_, state) => (state === 0 ? 0 : LOG_ZERO));
  const passing = perState(states, (row, state) => (mayPass(states, row, state) ? 0 : LOG_ZERO));
  const mirroredPassing = perState(states, (row, state) =>
    mayPass(states, row, states.counts[row]! + 1 - state) ? 0 : LOG_ZERO,
  );
  const twice = (first: Float64Array, second: Float64Array) => {
    return concat(
      [first, second].map((values) => session.tensor(values, [batchSize, numStates])),
      0,
    );
  };
  const { sequences, state } = walkRows({
    input: concat([logProbs, mirrored(logProbs)], 0),
    lengths: Int32Array.of(...lengths, ...lengths),
    seqLen,
    reverse: false,
    mask: twice(passing, mirroredPassing),
    collected: ["hiddenState"],
    initialState: { hiddenState: twice(origin, origin) },
    step: (ofClass, { hiddenState: stay }, { mask }) => {
      const wide = concat([slice(nothing, 0, 0, stay.shape[0]!), stay], 1); // [rows, 2 + numStates]
      const goOn = slice(wide, 1, 1, 1 + numStates);
      const pass = add(slice(wide, 1, 0, numStates), mask!);
      return { hiddenState: add(logSumExp3(stay, goOn, pass), ofClass) };
    },
  });
  const both = sequences[0]!; // [2 * steps, numStates]
  return {
    before: slice(both, 0, 0, steps),
    after: mirrored(slice(both, 0, steps, 2 * steps)),
    last: slice(state.hiddenState, 0, 0, batchSize),
  };
}

/** The place of each state at each step in the mirror image of its row, which has its last step and state first; padding stays. */
function mirrorOf({ logProbs, seqLen, lengths, states: { numStates, counts } }: SweepOptions): Int32Array {
  const places = new Int32Array(logProbs.size);
  for (let place = 0; place < places.length; place++) places[place] = place;
  lengths.forEach((length, row) => {
    const count = counts[row]!;
    for (let time = 0; time < length; time++) {
      const [from, to] = [row * seqLen + time, row * seqLen + length - 1 - time];
      for (let state = 0; state < count; state++) {
        places[from * numStates + state] = to * numStates + count - 1 - state;
      }
    }
  });
  return places;
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

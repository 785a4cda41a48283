/** Walks a step over ragged rows: at each step only those rows are computed that have not ended. */
import { concat, gatherRows, type RecurrentState, slice, type Tensor } from "@cellstate/tensor";

interface RaggedRows {
  readonly seqLen: number;
  /** `[batch]`, each in `[0, seqLen]` */
  readonly lengths: Int32Array;
  /** Reads each row from its true end to its start. */
  readonly reverse: boolean;
}

export interface WalkOptions<State extends RecurrentState> extends RaggedRows {
  /** `[batch * seqLen, inputSize]` */
  readonly input: Tensor;
  /** Before the first step, each tensor `[batch, ...]`. */
  readonly initialState: State;
  /** `[batch, stateSize]`, the same at all steps. */
  readonly mask: Tensor | undefined;
  /** One step of some rows: input, state and mask hold those rows only. */
  step(input: Tensor, previous: State, mask: Tensor | undefined): State;
}

export interface WalkResult<State> {
  /** `[batch * seqLen, stateSize]`: the hidden state after each real step; 0 on padding. */
  readonly output: Tensor;
  /** Of each row after its last real step; the initial one of an empty row. */
  readonly state: State;
}

export function walkRows<State extends RecurrentState>(options: WalkOptions<State>): WalkResult<State> {
  const { rows, counts, positions } = planWalk(options);
  const input = gatherRows(options.input, positions); // [real steps, inputSize], step by step
  const mask = options.mask && gatherRows(options.mask, rows);
  let state = mapState(options.initialState, (tensor) => gatherRows(tensor, rows));
  let reading = rows.length;
  let done = 0;
  const hiddenStates: Tensor[] = [];
  const ended: State[] = []; // blocks of rows that end before the last step, the shortest rows first
  for (const count of counts) {
    if (count < reading) {
      const [from, to] = [count, reading];
      ended.push(mapState(state, (tensor) => slice(tensor, 0, from, to)));
      state = mapState(state, (tensor) => slice(tensor, 0, 0, count));
    }
    state = options.step(slice(input, 0, done, done + count), state, mask && slice(mask, 0, 0, count));
    hiddenStates.push(state.hiddenState); // [count, stateSize]
    reading = count;
    done += count;
  }
  return {
    output: scatter(hiddenStates, positions, options.input.shape[0]!),
    state: mapState(joinRows([state, ...ended.reverse()]), (tensor) => gatherRows(tensor, inverse(rows))),
  };
}

/** The longest rows come first, so that those that have not ended are always the first ones. */
export interface WalkPlan {
  /** Numbers of the rows, longest first, equally long ones in their own order. */
  readonly rows: Int32Array;
  /** How many rows each step reads; never rises. */
  readonly counts: readonly number[];
  /** `row * seqLen + time` of what is read, step by step. */
  readonly positions: Int32Array;
}

export function planWalk({ lengths, seqLen, reverse }: RaggedRows): WalkPlan {
  const rows = Int32Array.from(lengths.keys()).sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  // Where all rows are empty, one step of no rows still ties the output to the weights.
  const steps = Math.max(1, lengths[rows[0] ?? 0] ?? 0);
  const counts = Array.from({ length: steps }, (_, step) => lengths.filter((length) => length > step).length);
  const positions = counts.flatMap((count, step) =>
    Array.from(rows.subarray(0, count), (row) => row * seqLen + (reverse ? lengths[row]! - 1 - step : step)),
  );
  return { rows, counts, positions: Int32Array.from(positions) };
}

/** Rows of the parts, one after the other, to their places among `count` rows; the others are 0. */
function scatter(parts: readonly Tensor[], places: Int32Array, count: number): Tensor {
  const { session, shape } = parts[0]!;
  const sources = new Int32Array(count).fill(places.length); // the row of zeros behind all others
  places.forEach((place, row) => {
    sources[place] = row;
  });
  return gatherRows(concat([...parts, session.zeros([1, shape[1]!])], 0), sources);
}

function inverse(permutation: Int32Array): Int32Array {
  const places = new Int32Array(permutation.length);
  permutation.forEach((from, to) => {
    places[from] = to;
  });
  return places;
}

function joinRows<State extends RecurrentState>(blocks: readonly [State, ...State[]]): State {
  const tensors = blocks.map(tensorsOf);
  const join = (name: string) => tensors.map((block) => block[name]!);
  return mapState(blocks[0], (_, name) => concat(join(name), 0));
}

/** Does the same with each tensor of a state. */
function mapState<State extends RecurrentState>(state: State, map: (tensor: Tensor, name: string) => Tensor): State {
  const mapped = Object.entries(tensorsOf(state)).map(([name, tensor]) => [name, map(tensor, name)] as const);
  return Object.fromEntries<Tensor>(mapped) as object as State; // a state consists of tensors by name
}

function tensorsOf(state: RecurrentState): Record<string, Tensor> {
  return { ...state };
}

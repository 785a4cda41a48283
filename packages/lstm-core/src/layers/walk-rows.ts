/** Walks a step over ragged rows: at each step only those rows are computed that have not ended. */
import { concat, gatherRows, type RecurrentState, slice, splitRows, type Tensor } from "@cellstate/tensor";
import { spreadRows } from "../padding.ts";

interface RaggedRows {
  readonly seqLen: number;
  /** `[batch]`, each in `[0, seqLen]` */
  readonly lengths: Int32Array;
  /** Reads each row from its true end to its start. */
  readonly reverse: boolean;
}

/** Tensors that each step reads for the rows that it computes. */
interface StepInputs {
  /** `[rows, ...]`, the same at all steps. */
  readonly mask: Tensor | undefined;
  /** The step's part of each of `WalkOptions.beside`. */
  readonly beside: readonly Tensor[];
}

export interface WalkOptions<State extends RecurrentState> extends RaggedRows {
  /** `[batch * seqLen, inputSize]` */
  readonly input: Tensor;
  /** What is made of the inputs of all steps at once, `[real steps, inputSize]` to as many rows, for `step` to read. Default: nothing. */
  readonly prepare?: ((inputs: Tensor) => Tensor) | undefined;
  /** Before the first step, each tensor `[batch, ...]`. */
  readonly initialState: State;
  /** `[batch, stateSize]`, the same at all steps. */
  readonly mask: Tensor | undefined;
  /** Each `[batch * seqLen, ...]`: what a step reads beside the input. Default: nothing. */
  readonly beside?: readonly Tensor[] | undefined;
  /** Tensors of the state that are wanted of all steps, by name. */
  readonly collected: readonly string[];
  /** One step of some rows: input, state and all else hold those rows only. */
  step(input: Tensor, previous: State, inputs: StepInputs): State;
}

export interface WalkResult<State> {
  /** Each `[batch * seqLen, ...]`: the tensors that were asked for after each real step; 0 on padding. */
  readonly sequences: readonly Tensor[];
  /** Of each row after its last real step; the initial one of an empty row. */
  readonly state: State;
}

export function walkRows<State extends RecurrentState>(options: WalkOptions<State>): WalkResult<State> {
  const { rows, counts, positions } = planWalk(options);
  const inputs = gatherRows(options.input, positions); // [real steps, inputSize], step by step
  const input = splitRows(options.prepare?.(inputs) ?? inputs, counts); // of each step
  const mask = options.mask && gatherRows(options.mask, rows);
  let state = mapState(options.initialState, (tensor) => gatherRows(tensor, rows));
  let reading = rows.length;
  let done = 0;
  const states: State[] = []; // each [count, ...]
  const ended: State[] = []; // blocks of rows that end before the last step, the shortest rows first
  for (const [step, count] of counts.entries()) {
    if (count < reading) {
      const [from, to] = [count, reading];
      ended.push(mapState(state, (tensor) => slice(tensor, 0, from, to)));
      state = mapState(state, (tensor) => slice(tensor, 0, 0, count));
    }
    const places = positions.subarray(done, done + count);
    state = options.step(input[step]!, state, {
      mask: mask && (count < rows.length ? slice(mask, 0, 0, count) : mask),
      beside: options.beside?.map((tensor) => gatherRows(tensor, places)) ?? [],
    });
    states.push(state);
    reading = count;
    done += count;
  }
  const sequenceOf = (name: string) =>
    spreadRows(
      states.map((one) => tensorsOf(one)[name]!),
      positions,
      options.input.shape[0]!,
    );
  return {
    sequences: options.collected.map(sequenceOf),
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
export function mapState<State extends RecurrentState>(
  state: State,
  map: (tensor: Tensor, name: string) => Tensor,
): State {
  const mapped = Object.entries(tensorsOf(state)).map(([name, tensor]) => [name, map(tensor, name)] as const);
  return Object.fromEntries<Tensor>(mapped) as object as State; // a state consists of tensors by name
}

function tensorsOf(state: RecurrentState): Record<string, Tensor> {
  return { ...state };
}

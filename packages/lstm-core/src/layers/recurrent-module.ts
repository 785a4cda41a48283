/** What a stack of recurrent layers takes and gives, whatever its kind. */
import { detach, type OptionNames, type RecurrentState, type Tensor } from "@cellstate/tensor";
import type { Module, StepContext } from "../module.ts";
import { mapState } from "./walk-rows.ts";

export interface RecurrentForwardOptions<State> {
  /** `[batch]`: real steps of each row, from its start. Default: all steps of `x`. */
  readonly lengths?: Int32Array | undefined;
  /** States to start from, in the order of `RecurrentResult.state`. Default: zeros. */
  readonly initialState?: readonly State[] | undefined;
  /** Needed in training, for dropout. Default: evaluation. */
  readonly step?: StepContext | undefined;
  /** Time of the first step of `x` within its sequence, part of the address of dropout. Default 0. */
  readonly timeOffset?: number | undefined;
  /** Also gives the last layer's cell states of all steps; such a layer goes step by step, with the same bits, and is slower. Default false. */
  readonly returnCellStates?: boolean | undefined;
}

export const forwardOptionNames: OptionNames<RecurrentForwardOptions<unknown>> = {
  lengths: true,
  initialState: true,
  step: true,
  timeOffset: true,
  returnCellStates: true,
};

export interface RecurrentResult<State> {
  /** `[batch, time, outputSize]`: top layer, forward features first; zeros on padding. */
  readonly output: Tensor;
  /** The same tensor; with `mergeMode: "none"` the forward and the reverse output, `[batch, time, stateSize]` each. */
  readonly outputs: readonly Tensor[];
  /**
   * `[batch, outputSize]`: what the top layer gives when each of its directions has read all of a row, both merged as outputs are. An
   * empty row has its initial state there.
   */
  readonly lastOutput: Tensor;
  /** Layer 0 forward, layer 0 reverse, layer 1 forward, ...: each at the end of its own walk over the real steps. */
  readonly state: readonly State[];
  /** `[batch, time, directions * hiddenSize]` of the top layer, forward features first, zeros on padding; if `returnCellStates` asked for them. */
  readonly cellStates?: Tensor | undefined;
}

/** What every stack offers, whatever its kind: a model that takes any of them needs no more. */
export interface RecurrentModule extends Module {
  /** Units of each direction of the last layer. */
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly directions: 1 | 2;
  /** Features of the hidden state of each direction of the last layer. */
  readonly stateSize: number;
  /** The same of every layer. */
  readonly stateSizes: readonly number[];
  /** Features of the output: `directions * stateSize`, or `stateSize` where both directions become one. */
  readonly outputSize: number;
  /** `initialState` may only hold what `startState` or `forward` of the same stack gave. */
  forward(x: Tensor, options?: RecurrentForwardOptions<RecurrentState>): RecurrentResult<RecurrentState>;
  /** The state to start a layer and direction from with the given hidden state `[batch, stateSize]`, all else zero. Default: the first layer. */
  startState(hiddenState: Tensor, layer?: number): RecurrentState;
}

/**
 * The same states as tensors of their own, through which no gradient flows and which `backward` does not free: for truncated
 * back-propagation through time, where each chunk of a sequence starts from the state that the one before it ended in.
 *
 * @param state  `RecurrentResult.state`; call this before `backward`, which frees what it held
 * @see Williams & Peng 1990
 */
export function detachState<State extends RecurrentState>(state: readonly State[]): State[] {
  return state.map((one) => mapState(one, detach));
}

/** What distinguishes one kind of recurrent layer from another: its weights and how one layer runs. `recurrent.ts` stacks any of them. */
import type { RandomStream, RecurrentOptions, RecurrentState, Tensor } from "@cellstate/tensor";
import type { Initializer } from "../initializers/initializer.ts";
import type { StepContext } from "../module.ts";

/** Makes a parameter of one layer and direction; the name is PyTorch's without the layer's suffix. */
export type MakeWeight = (name: string, shape: readonly number[], initializer: Initializer) => Tensor;

/** Where random numbers of one layer and direction come from in a forward pass. */
export interface LayerDraws {
  readonly step: StepContext;
  /** Time of the first step of the input within its sequence. */
  readonly timeOffset: number;
  /** Of this layer and direction. */
  readonly stream: RandomStream;
}

export interface DirectionRun<Weights, State extends RecurrentState> {
  readonly weights: Weights;
  readonly options: RecurrentOptions<State>;
  readonly draws: LayerDraws;
  /** Whether the cell states of all steps are wanted, too. */
  readonly returnCellStates: boolean;
}

/** What one layer gives. */
export interface LayerResult<State> {
  /** `[batch, time, directions * stateSize]` */
  readonly output: Tensor;
  /** Of each direction. */
  readonly states: readonly State[];
  /** `[batch, time, directions * hiddenSize]`, where they were wanted and there are any; zeros on padding. */
  readonly cellStates?: Tensor | undefined;
}

/** A kind with the number of its units. */
export interface RecurrentKind<Weights, State extends RecurrentState> {
  /** Of the class, for errors. */
  readonly name: string;
  /** Features of the hidden state. */
  readonly stateSize: number;
  makeWeights(inputSize: number, make: MakeWeight): Weights;
  /** One layer over a whole batch, in one direction. */
  run(input: Tensor, direction: DirectionRun<Weights, State>): LayerResult<State>;
  /** The same in both. */
  runBoth(
    input: Tensor,
    directions: readonly [DirectionRun<Weights, State>, DirectionRun<Weights, State>],
  ): LayerResult<State>;
  /** The state to start from with a given hidden state, all else zero. */
  startState(hiddenState: Tensor): State;
  /**
   * The activations of its gates, by name, for kinds that can tell them afterwards.
   *
   * @param input     `[batch, time, inputSize]`
   * @param previous  `[batch, time, stateSize]`: the hidden state before each step
   */
  gates?(
    weights: Weights,
    input: Tensor,
    previous: Tensor,
  ): { readonly weightIh: Tensor; readonly activations: Readonly<Record<string, Tensor>> };
}

/**
 * Layers of any cell, walked over ragged rows by small operations: slower than a fused layer, but the formula of one step is all that
 * a new kind needs.
 */
import type { RecurrentState, Tensor } from "@cellstate/tensor";
import { bothDirections } from "./both-directions.ts";
import type { DirectionRun, LayerResult, RecurrentKind } from "./recurrent-kind.ts";
import { walkLayer } from "./walk-layer.ts";

export interface CellOptions {
  /** `[batch, stateSize]`: factors of the hidden state before each hidden product. Default: none. */
  readonly recurrentDropoutMask?: Tensor | undefined;
}

/**
 * One step of some rows, none of which sees another.
 *
 * @param input     `[batch, inputSize]`
 * @param previous  the state before the step, each tensor `[batch, ...]`
 * @returns the state after it; its `hiddenState`, `[batch, stateSize]`, is also the output
 */
export type Cell<Weights, State extends RecurrentState> = (
  weights: Weights,
  input: Tensor,
  previous: State,
  options: CellOptions,
) => State;

/** A kind of recurrent layer, but for how it runs: its cell says that. */
export interface ComposedKind<Weights, State extends RecurrentState>
  extends Omit<RecurrentKind<Weights, State>, "run" | "runBoth"> {
  readonly cell: Cell<Weights, State>;
  /**
   * Makes of the inputs of all steps at once, `[real steps, inputSize]`, what the cell is given in their place, row by row: the inputs'
   * part of its pre-activations is one product then. Default: the cell is given its input.
   */
  readonly prepare?: ((weights: Weights, inputs: Tensor) => Tensor) | undefined;
}

/**
 * Completes a kind by walking its cell: over the real steps of each row, in reverse from the row's true end; then the row's state stays
 * as it is and its output is 0. Padding is never computed and rows do not touch each other, so that neither changes a bit, and T steps
 * in one call equal T calls of one step.
 */
export function composedKind<Weights, State extends RecurrentState>({
  cell,
  prepare,
  ...kind
}: ComposedKind<Weights, State>): RecurrentKind<Weights, State> {
  const run = (input: Tensor, direction: DirectionRun<Weights, State>): LayerResult<State> =>
    walkLayer(kind, input, direction, {
      prepare: prepare && ((inputs) => prepare(direction.weights, inputs)),
      step: (current, previous, { mask }) => cell(direction.weights, current, previous, { recurrentDropoutMask: mask }),
    });
  return { ...kind, run, runBoth: bothDirections(run) };
}

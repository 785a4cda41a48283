/** Both directions of a layer from a way to run one. */
import { concat, type RecurrentState, type Tensor } from "@cellstate/tensor";
import type { DirectionRun, LayerResult, RecurrentKind } from "./recurrent-kind.ts";

/** Runs one direction after the other and lays their outputs side by side. */
export function bothDirections<Weights, State extends RecurrentState>(
  run: (input: Tensor, direction: DirectionRun<Weights, State>) => LayerResult<State>,
): RecurrentKind<Weights, State>["runBoth"] {
  return (input, [first, second]) => {
    const [one, other] = [run(input, first), run(input, second)];
    return {
      output: concat([one.output, other.output], 2),
      states: [...one.states, ...other.states],
      cellStates: one.cellStates && other.cellStates && concat([one.cellStates, other.cellStates], 2),
    };
  };
}

/** DropConnect of recurrent weights (Wan et al. 2013; Merity, Keskar & Socher 2018, "weight-dropped LSTM"). */
import { dropout, type RecurrentState, type Tensor } from "@cellstate/tensor";
import { requireRate } from "../errors.ts";
import type { DirectionRun, LayerDraws, RecurrentKind } from "./recurrent-kind.ts";

export interface WeightDropOptions {
  /**
   * Share of the recurrent weights that are 0 in a step of training, in `[0, 1)`: the same ones at all time steps and for all rows; the
   * others are scaled by `1 / (1 - rate)`. Default 0.
   */
  readonly weightDropRate?: number | undefined;
}

interface HiddenWeights {
  readonly weightHh: Tensor;
}

/**
 * The same kind, which in training runs with some of its recurrent weights dropped.
 *
 * @throws {OptionError} if the rate lies outside `[0, 1)`
 */
export function withWeightDrop<Weights extends HiddenWeights, State extends RecurrentState>(
  kind: RecurrentKind<Weights, State>,
  rate = 0,
): RecurrentKind<Weights, State> {
  requireRate(kind.name, "weightDropRate", rate);
  if (rate === 0) return kind;
  const dropped = ({ weights, ...run }: DirectionRun<Weights, State>): DirectionRun<Weights, State> => ({
    ...run,
    weights: dropRecurrentWeights(weights, rate, run.draws),
  });
  return {
    ...kind,
    run: (input, direction) => kind.run(input, dropped(direction)),
    runBoth: (input, [first, second]) => kind.runBoth(input, [dropped(first), dropped(second)]),
  };
}

/** Addressed by step, row and column of the weight. */
function dropRecurrentWeights<Weights extends HiddenWeights>(
  weights: Weights,
  rate: number,
  { step, stream }: LayerDraws,
): Weights {
  if (!step.training) return weights;
  const { weightHh } = weights;
  const rows = Int32Array.from({ length: weightHh.shape[0]! }, (_, row) => row);
  const address = { stream: stream.fork("weight_drop"), step: step.step, examples: rows };
  return { ...weights, weightHh: dropout(weightHh, rate, address) };
}

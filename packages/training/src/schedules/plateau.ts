/** Falling on a plateau: the learning rate shrinks after evaluations that brought no improvement. */
import { integer, number } from "../options.ts";
import { defineSchedule } from "./define-schedule.ts";

export const plateau = defineSchedule({
  kind: "plateau",
  description: "falls whenever the dev metric has stopped improving",
  options: {
    factor: number({ above: 0, below: 1, default: 0.5, description: "factor of the learning rate at each fall" }),
    patience: integer({
      min: 1,
      max: 1_000_000,
      default: 2,
      description: "evaluations in a row without improvement before it falls",
    }),
    minFactor: number({
      min: 0,
      max: 1,
      default: 0,
      description: "share of the learning rate below which it does not fall",
    }),
  },
  factor: ({ state }) => state.factor,
  afterEvaluation(state, improved, { factor, patience, minFactor }) {
    if (improved) return { ...state, badEvaluations: 0 };
    const badEvaluations = state.badEvaluations + 1;
    if (badEvaluations < patience) return { ...state, badEvaluations };
    return { ...state, factor: Math.max(minFactor, state.factor * factor), badEvaluations: 0 };
  },
});

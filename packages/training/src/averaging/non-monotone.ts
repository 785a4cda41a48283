/**
 * Averaging that begins when dev no longer improves: with the optimizer `sgd` this is NT-ASGD (Merity et al. 2018,
 * arXiv:1708.02182, algorithm 1).
 */
import { integer } from "../options.ts";
import { defineAveraging } from "./define-averaging.ts";

export const nonMonotone = defineAveraging({
  kind: "nonMonotone",
  description: "mean of the weights after each step since dev stopped improving; with sgd NT-ASGD (Merity et al. 2018)",
  options: {
    patience: integer({
      min: 1,
      max: 1_000_000,
      default: 5,
      description: "it begins when an evaluation is worse than the best of those more than so many evaluations ago",
    }),
  },
  isDue: ({ progress }) => progress.triggered,
  share: (updates) => 1 / (updates + 1),
  triggers(scores, { patience }) {
    const [last, earlier] = [scores.at(-1)!, scores.slice(0, -1 - patience)];
    return earlier.length > 0 && !(last <= Math.min(...earlier));
  },
});

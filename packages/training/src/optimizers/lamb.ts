/**
 * LAMB (You et al. 2020, arXiv:1904.00962, algorithm 2): an AdamW step for large batches, as long for each
 * parameter as that parameter is.
 */
import { lambStep } from "@cellstate/tensor";
import { number } from "../options.ts";
import { defineOptimizer } from "./define-optimizer.ts";
import { epsilon, learningRate, meanMemories } from "./shared-options.ts";

export const lamb = defineOptimizer({
  kind: "lamb",
  description: "LAMB: steps of Adam as long as each parameter's own norm says, for large batches (You et al. 2020)",
  options: {
    learningRate: learningRate(1e-3),
    ...meanMemories,
    epsilon: epsilon(1e-6),
    weightDecay: number({
      min: 0,
      default: 0.01,
      description: "share of each weight that is added to the direction of its step, before that takes its length",
    }),
  },
  moments: () => ({ firstMoment: 0, secondMoment: 0 }),
  step: (parameters, options) => lambStep(parameters, options),
});

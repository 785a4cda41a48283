/** Adam (Kingma & Ba 2015), with PyTorch's order of operations. */
import { adamStep } from "@cellstate/tensor";
import { adamMoments, amsgradConflict, amsgradOptions } from "./amsgrad.ts";
import { defineOptimizer } from "./define-optimizer.ts";
import { eitherDecay, epsilon, learningRate, meanMemories } from "./shared-options.ts";

export const adam = defineOptimizer({
  kind: "adam",
  description: "Adam (Kingma & Ba 2015)",
  options: {
    learningRate: learningRate(1e-3),
    ...meanMemories,
    epsilon: epsilon(1e-8),
    ...eitherDecay,
    ...amsgradOptions,
  },
  conflict: amsgradConflict,
  moments: adamMoments,
  step: (parameters, options) =>
    adamStep(parameters, { ...options, decoupled: options.decoupledWeightDecay, epsilonHat: options.kerasEpsilon }),
});

/** AdamW (Loshchilov & Hutter 2019): Adam whose weight decay leaves the moments alone, with PyTorch's order of operations. */
import { adamStep } from "@cellstate/tensor";
import { adamMoments, amsgradConflict, amsgradOptions } from "./amsgrad.ts";
import { defineOptimizer } from "./define-optimizer.ts";
import { decoupledDecay, epsilon, learningRate, meanMemories } from "./shared-options.ts";

export const adamw = defineOptimizer({
  kind: "adamw",
  description: "Adam with decoupled weight decay (Loshchilov & Hutter 2019)",
  options: {
    learningRate: learningRate(1e-3),
    ...meanMemories,
    epsilon: epsilon(1e-8),
    weightDecay: decoupledDecay(0.01),
    ...amsgradOptions,
  },
  conflict: amsgradConflict,
  moments: adamMoments,
  step: (parameters, options) =>
    adamStep(parameters, { ...options, epsilonHat: options.kerasEpsilon, decoupled: true }),
});

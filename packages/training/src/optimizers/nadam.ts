/** NAdam: Adam with Nesterov's momentum (Dozat 2016), with PyTorch's order of operations. */
import { nadamStep } from "@cellstate/tensor";
import { number } from "../options.ts";
import { defineOptimizer } from "./define-optimizer.ts";
import { eitherDecay, epsilon, learningRate, meanMemories } from "./shared-options.ts";

export const nadam = defineOptimizer({
  kind: "nadam",
  description: "NAdam: Adam with Nesterov's momentum (Dozat 2016)",
  options: {
    learningRate: learningRate(2e-3),
    ...meanMemories,
    epsilon: epsilon(1e-8),
    momentumDecay: number({
      min: 0,
      default: 4e-3,
      description: "how fast the momentum rises to beta1: that of step n is beta1 * (1 - 0.96^(n * momentumDecay) / 2)",
    }),
    ...eitherDecay,
  },
  moments: () => ({ firstMoment: 0, secondMoment: 0 }),
  step: (parameters, options) => nadamStep(parameters, { ...options, decoupled: options.decoupledWeightDecay }),
});

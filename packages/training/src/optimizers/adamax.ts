/** Adamax (Kingma & Ba 2015, section 7.1): Adam by the largest gradient of late. */
import { adamaxStep } from "@cellstate/tensor";
import { defineOptimizer } from "./define-optimizer.ts";
import { eitherDecay, epsilon, kerasEpsilon, learningRate, meanMemories } from "./shared-options.ts";

export const adamax = defineOptimizer({
  kind: "adamax",
  description: "Adamax: Adam that divides by the largest gradient, which fades by beta2 (Kingma & Ba 2015)",
  options: {
    learningRate: learningRate(2e-3),
    ...meanMemories,
    epsilon: epsilon(1e-8),
    ...eitherDecay,
    kerasEpsilon: kerasEpsilon("to the largest gradient, rather than to each one"),
  },
  moments: () => ({ firstMoment: 0, largestGradient: 0 }),
  step: (parameters, options) =>
    adamaxStep(parameters, {
      ...options,
      decoupled: options.decoupledWeightDecay,
      epsilonOutside: options.kerasEpsilon,
    }),
});

/** Adadelta (Zeiler 2012) with PyTorch's order of operations: steps take the size of the steps before them. */
import { adadeltaStep } from "@cellstate/tensor";
import { number } from "../options.ts";
import { defineOptimizer } from "./define-optimizer.ts";
import { eitherDecay, epsilon, learningRate } from "./shared-options.ts";

export const adadelta = defineOptimizer({
  kind: "adadelta",
  description: "Adadelta: steps take the size of the steps before them (Zeiler 2012)",
  options: {
    learningRate: learningRate(1),
    rho: number({
      min: 0,
      below: 1,
      default: 0.9,
      description: "share that the means of squared gradients and squared steps keep at each step, 0 <= rho < 1",
    }),
    epsilon: epsilon(1e-6),
    ...eitherDecay,
  },
  moments: () => ({ meanSquare: 0, meanSquaredStep: 0 }),
  step: (parameters, options) => adadeltaStep(parameters, { ...options, decoupled: options.decoupledWeightDecay }),
});

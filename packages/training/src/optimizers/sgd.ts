/** Stochastic gradient descent with PyTorch's momentum: `velocity = momentum * velocity + gradient`. */
import { sgdStep } from "@cellstate/tensor";
import { flag } from "../options.ts";
import { defineOptimizer } from "./define-optimizer.ts";
import { eitherDecay, kerasMomentum, lazy, learningRate, momentum } from "./shared-options.ts";

export const sgd = defineOptimizer({
  kind: "sgd",
  description: "stochastic gradient descent",
  options: {
    learningRate: learningRate(0.01),
    momentum,
    kerasMomentum,
    nesterov: flag({ default: false, description: "Nesterov's momentum; needs momentum above 0" }),
    ...eitherDecay,
    lazy,
  },
  conflict({ momentum, nesterov }) {
    if (!nesterov || momentum > 0) return undefined;
    return { option: "nesterov", message: "nesterov needs momentum above 0" };
  },
  moments: ({ momentum }) => ({ ...(momentum > 0 && { velocity: 0 }) }),
  step: (parameters, options) =>
    sgdStep(parameters, {
      ...options,
      decoupled: options.decoupledWeightDecay,
      velocityOfSteps: options.kerasMomentum,
    }),
});

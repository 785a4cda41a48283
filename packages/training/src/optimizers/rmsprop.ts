/** RMSprop (Tieleman & Hinton 2012), also centered (Graves 2013), with PyTorch's order of operations. */
import { rmspropStep } from "@cellstate/tensor";
import { flag, number } from "../options.ts";
import { defineOptimizer } from "./define-optimizer.ts";
import { eitherDecay, epsilon, kerasEpsilon, kerasMomentum, lazy, learningRate, momentum } from "./shared-options.ts";

export const rmsprop = defineOptimizer({
  kind: "rmsprop",
  description: "RMSprop (Tieleman & Hinton 2012)",
  options: {
    learningRate: learningRate(0.01),
    alpha: number({
      min: 0,
      below: 1,
      default: 0.99,
      description: "share of the squared gradient's running mean that each step keeps, 0 <= alpha < 1",
    }),
    epsilon: epsilon(1e-8),
    momentum,
    kerasMomentum,
    centered: flag({
      default: false,
      description: "divides by the standard deviation of the gradient instead of its root mean square (Graves 2013)",
    }),
    ...eitherDecay,
    lazy,
    kerasEpsilon: kerasEpsilon("to the mean square, below the root"),
  },
  moments: ({ momentum, centered }) => ({
    meanSquare: 0,
    ...(momentum > 0 && { velocity: 0 }),
    ...(centered && { meanGradient: 0 }),
  }),
  step: (parameters, options) =>
    rmspropStep(parameters, {
      ...options,
      decoupled: options.decoupledWeightDecay,
      velocityOfSteps: options.kerasMomentum,
      epsilonInRoot: options.kerasEpsilon,
    }),
});

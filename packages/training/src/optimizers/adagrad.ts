/** Adagrad (Duchi et al. 2011) with PyTorch's order of operations. */
import { adagradStep } from "@cellstate/tensor";
import { number } from "../options.ts";
import { defineOptimizer } from "./define-optimizer.ts";
import { eitherDecay, epsilon, kerasEpsilon, lazy, learningRate } from "./shared-options.ts";

export const adagrad = defineOptimizer({
  kind: "adagrad",
  description: "Adagrad (Duchi et al. 2011)",
  options: {
    learningRate: learningRate(0.01),
    learningRateDecay: number({
      min: 0,
      default: 0,
      description: "step n (from 1) divides the learning rate by 1 + (n - 1) * learningRateDecay",
    }),
    initialAccumulatorValue: number({
      min: 0,
      default: 0,
      description: "start of the sum of squared gradients",
    }),
    epsilon: epsilon(1e-10),
    ...eitherDecay,
    lazy,
    kerasEpsilon: kerasEpsilon("to the sum of squares, below the root"),
  },
  moments: ({ initialAccumulatorValue }) => ({ squareSum: initialAccumulatorValue }),
  step: (parameters, options) =>
    adagradStep(parameters, {
      ...options,
      decoupled: options.decoupledWeightDecay,
      epsilonInRoot: options.kerasEpsilon,
    }),
});

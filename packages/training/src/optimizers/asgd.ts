/**
 * Averaged stochastic gradient descent (Polyak & Juditsky 1992) with PyTorch's order of operations. The loop evaluates
 * and saves the average. For averaging that a stalled dev score starts (NT-ASGD, Merity et al. 2018): `sgd` and
 * `training.averaging`.
 */
import { asgdStep } from "@cellstate/tensor";
import { integer, number } from "../options.ts";
import { defineOptimizer } from "./define-optimizer.ts";
import { joinedDecay, learningRate } from "./shared-options.ts";

export const asgd = defineOptimizer({
  kind: "asgd",
  description: "averaged stochastic gradient descent (Polyak & Juditsky 1992)",
  options: {
    learningRate: learningRate(0.01),
    lambda: number({
      min: 0,
      default: 1e-4,
      description:
        "how fast weights and step size decay: step n has learningRate / (1 + lambda * learningRate * (n - 1))^alpha",
    }),
    alpha: number({ min: 0, default: 0.75, description: "exponent of that decay" }),
    averageAfterSteps: integer({
      min: 0,
      max: 1_000_000_000,
      default: 1_000_000,
      description: "steps after which the average begins; until then it is the weights themselves (t0 in PyTorch)",
    }),
    weightDecay: joinedDecay,
  },
  moments: () => ({ average: 0 }),
  average: "average",
  step: (parameters, options) => asgdStep(parameters, options),
});

/**
 * Averaged stochastic gradient descent (Polyak & Juditsky 1992), composed of ops as PyTorch orders them. The loop evaluates
 * and saves the average. For averaging that a stalled dev score starts (NT-ASGD, Merity et al. 2018): `sgd` and
 * `training.averaging`.
 */
import { add, assign, mul, scalar, sub } from "@cellstate/tensor";
import { integer, number } from "../options.ts";
import { defineOptimizer } from "./define-optimizer.ts";
import { joinedDecay, learningRate } from "./shared-options.ts";
import { eachParameter, wholeGradient } from "./shared-steps.ts";

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
  step(parameters, { learningRate, gradientScale, lambda, alpha, averageAfterSteps, weightDecay }) {
    eachParameter(parameters, (stepped) => {
      const { parameter, average, step } = stepped;
      const stepSize = learningRate / scalar.pow(1 + lambda * learningRate * (step - 1), alpha);
      const gradient = wholeGradient(stepped, { gradientScale, joinedDecay: weightDecay });
      assign(parameter, sub(mul(parameter, 1 - lambda * stepSize), mul(gradient, stepSize)));
      const share = 1 / Math.max(1, step - 1 - averageAfterSteps);
      assign(average, share === 1 ? parameter : add(average, mul(sub(parameter, average), share)));
    });
  },
});

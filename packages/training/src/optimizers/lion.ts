/**
 * Lion (Chen et al. 2023, arXiv:2302.06675, algorithm 2), composed of ops: every weight moves by the learning rate, in the
 * direction of a sign, and one moment is all its memory.
 */
import { add, assign, greater, less, mul, sub, type Tensor } from "@cellstate/tensor";
import { number } from "../options.ts";
import { defineOptimizer } from "./define-optimizer.ts";
import { decoupledDecay, learningRate } from "./shared-options.ts";
import { descend, eachParameter, moveMean, wholeGradient } from "./shared-steps.ts";

export const lion = defineOptimizer({
  kind: "lion",
  description: "Lion: every weight moves by the learning rate, up or down (Chen et al. 2023)",
  options: {
    learningRate: learningRate(1e-4),
    beta1: number({
      min: 0,
      below: 1,
      default: 0.9,
      description: "share of the running mean in the direction of a step; the rest is the new gradient, 0 <= beta1 < 1",
    }),
    beta2: number({
      min: 0,
      below: 1,
      default: 0.99,
      description: "share of the gradient's running mean that each step keeps, 0 <= beta2 < 1",
    }),
    weightDecay: decoupledDecay(0),
  },
  moments: () => ({ meanGradient: 0 }),
  step(parameters, { learningRate, gradientScale, beta1, beta2, weightDecay }) {
    const kept = 1 - learningRate * weightDecay;
    eachParameter(parameters, (stepped) => {
      const { parameter, meanGradient } = stepped;
      const gradient = wholeGradient(stepped, { gradientScale, joinedDecay: 0 });
      const direction = sign(add(mul(meanGradient, beta1), mul(gradient, 1 - beta1)));
      if (kept !== 1) assign(parameter, mul(parameter, kept));
      descend(stepped, direction, learningRate);
      moveMean(stepped, meanGradient, gradient, beta2);
    });
  },
});

/** 1, -1, or 0 for zeros. */
function sign(x: Tensor): Tensor {
  return sub(greater(x, 0), less(x, 0));
}

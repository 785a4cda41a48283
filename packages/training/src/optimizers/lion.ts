/**
 * Lion (Chen et al. 2023, arXiv:2302.06675, algorithm 2): every weight moves by the learning rate, in the
 * direction of a sign, and one moment is all its memory.
 */
import { lionStep } from "@cellstate/tensor";
import { number } from "../options.ts";
import { defineOptimizer } from "./define-optimizer.ts";
import { decoupledDecay, learningRate } from "./shared-options.ts";

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
  step: (parameters, options) => lionStep(parameters, { ...options, decoupled: true }),
});

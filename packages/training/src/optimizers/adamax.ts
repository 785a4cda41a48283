/** Adamax (Kingma & Ba 2015, section 7.1), composed of ops: Adam by the largest gradient of late. */
import { abs, add, assign, div, maximum, mul, scalar } from "@cellstate/tensor";
import { defineOptimizer } from "./define-optimizer.ts";
import { epsilon, joinedDecay, learningRate, meanMemories } from "./shared-options.ts";
import { descend, eachParameter, moveMean, wholeGradient } from "./shared-steps.ts";

export const adamax = defineOptimizer({
  kind: "adamax",
  description: "Adamax: Adam that divides by the largest gradient, which fades by beta2 (Kingma & Ba 2015)",
  options: {
    learningRate: learningRate(2e-3),
    ...meanMemories,
    epsilon: epsilon(1e-8),
    weightDecay: joinedDecay,
  },
  moments: () => ({ firstMoment: 0, largestGradient: 0 }),
  step(parameters, { learningRate, gradientScale, beta1, beta2, epsilon, weightDecay }) {
    eachParameter(parameters, (stepped) => {
      const { firstMoment, largestGradient, step } = stepped;
      const gradient = wholeGradient(stepped, { gradientScale, joinedDecay: weightDecay });
      moveMean(stepped, firstMoment, gradient, beta1);
      const size = add(abs(gradient), epsilon);
      // At least epsilon, so it needs no flushing and never divides by 0.
      assign(largestGradient, maximum(mul(largestGradient, beta2), size));
      descend(stepped, div(firstMoment, largestGradient), learningRate / (1 - scalar.pow(beta1, step)));
    });
  },
});

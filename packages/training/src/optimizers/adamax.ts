/** Adamax (Kingma & Ba 2015, section 7.1), composed of small ops in PyTorch's order: Adam by the largest gradient of late. */
import { abs, add, assign, div, maximum, mul, scalar, sub } from "@cellstate/tensor";
import { defineOptimizer } from "./define-optimizer.ts";
import { epsilon, joinedDecay, learningRate, meanMemories } from "./shared-options.ts";
import { eachParameter, follow, remember } from "./small-ops.ts";

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
    eachParameter(parameters, { gradientScale, joinedDecay: weightDecay }, (stepped, gradient) => {
      const { parameter, firstMoment, largestGradient, step } = stepped;
      const first = follow(firstMoment, gradient, beta1);
      const largest = remember(largestGradient, maximum(mul(largestGradient, beta2), add(abs(gradient), epsilon)));
      const stepSize = learningRate / (1 - scalar.pow(beta1, step));
      assign(parameter, sub(parameter, mul(div(first, largest), stepSize)));
    });
  },
});

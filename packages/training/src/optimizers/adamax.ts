/** Adamax (Kingma & Ba 2015, section 7.1), composed of ops: Adam by the largest gradient of late. */
import { abs, add, assign, div, maximum, mul, scalar } from "@cellstate/tensor";
import { defineOptimizer } from "./define-optimizer.ts";
import { epsilon, joinedDecay, kerasEpsilon, learningRate, meanMemories } from "./shared-options.ts";
import { descend, eachParameter, moveMean, wholeGradient } from "./shared-steps.ts";

/** Below every epsilon and above the denormals: what fades stays here, where epsilon is not part of it. */
const LEAST = 1e-30;

export const adamax = defineOptimizer({
  kind: "adamax",
  description: "Adamax: Adam that divides by the largest gradient, which fades by beta2 (Kingma & Ba 2015)",
  options: {
    learningRate: learningRate(2e-3),
    ...meanMemories,
    epsilon: epsilon(1e-8),
    weightDecay: joinedDecay,
    kerasEpsilon: kerasEpsilon("to the largest gradient, rather than to each one"),
  },
  moments: () => ({ firstMoment: 0, largestGradient: 0 }),
  step(parameters, { learningRate, gradientScale, beta1, beta2, epsilon, weightDecay, kerasEpsilon }) {
    eachParameter(parameters, (stepped) => {
      const { firstMoment, largestGradient, step } = stepped;
      const gradient = wholeGradient(stepped, { gradientScale, joinedDecay: weightDecay });
      moveMean(stepped, firstMoment, gradient, beta1);
      const least = kerasEpsilon ? maximum(abs(gradient), LEAST) : add(abs(gradient), epsilon);
      assign(largestGradient, maximum(mul(largestGradient, beta2), least));
      const divisor = kerasEpsilon ? add(largestGradient, epsilon) : largestGradient;
      descend(stepped, div(firstMoment, divisor), learningRate / (1 - scalar.pow(beta1, step)));
    });
  },
});

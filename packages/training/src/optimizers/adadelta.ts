/** Adadelta (Zeiler 2012), composed of small ops in PyTorch's order: steps take the size of the steps before them. */
import { add, assign, div, mul, sqrt, square, sub } from "@cellstate/tensor";
import { number } from "../options.ts";
import { defineOptimizer } from "./define-optimizer.ts";
import { epsilon, joinedDecay, learningRate } from "./shared-options.ts";
import { eachParameter, follow } from "./small-ops.ts";

export const adadelta = defineOptimizer({
  kind: "adadelta",
  description: "Adadelta: steps take the size of the steps before them (Zeiler 2012)",
  options: {
    learningRate: learningRate(1),
    rho: number({
      min: 0,
      below: 1,
      default: 0.9,
      description: "share that the means of squared gradients and squared steps keep at each step, 0 <= rho < 1",
    }),
    epsilon: epsilon(1e-6),
    weightDecay: joinedDecay,
  },
  moments: () => ({ meanSquare: 0, meanSquaredStep: 0 }),
  step(parameters, { learningRate, gradientScale, rho, epsilon, weightDecay }) {
    eachParameter(parameters, { gradientScale, joinedDecay: weightDecay }, (stepped, gradient) => {
      const { parameter, meanSquare, meanSquaredStep } = stepped;
      follow(meanSquare, square(gradient), rho);
      const ratio = div(sqrt(add(meanSquaredStep, epsilon)), sqrt(add(meanSquare, epsilon)));
      const step = mul(ratio, gradient);
      follow(meanSquaredStep, square(step), rho);
      assign(parameter, sub(parameter, mul(step, learningRate)));
    });
  },
});

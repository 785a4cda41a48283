/**
 * LAMB (You et al. 2020, arXiv:1904.00962, algorithm 2), composed of small ops: an AdamW step for large batches, as long for each
 * parameter as that parameter is.
 */
import { add, assign, div, mul, scalar, sqrt, square, sub, sumOfSquares, type Tensor } from "@cellstate/tensor";
import { number } from "../options.ts";
import { defineOptimizer } from "./define-optimizer.ts";
import { epsilon, learningRate, meanMemories } from "./shared-options.ts";
import { eachParameter, follow } from "./small-ops.ts";

export const lamb = defineOptimizer({
  kind: "lamb",
  description: "LAMB: steps of Adam as long as each parameter's own norm says, for large batches (You et al. 2020)",
  options: {
    learningRate: learningRate(1e-3),
    ...meanMemories,
    epsilon: epsilon(1e-6),
    weightDecay: number({
      min: 0,
      default: 0.01,
      description: "share of each weight that is added to the direction of its step, before that takes its length",
    }),
  },
  moments: () => ({ firstMoment: 0, secondMoment: 0 }),
  step(parameters, { learningRate, gradientScale, beta1, beta2, epsilon, weightDecay }) {
    eachParameter(parameters, { gradientScale }, (stepped, gradient) => {
      const { parameter, step } = stepped;
      const mean = div(follow(stepped.firstMoment, gradient, beta1), 1 - scalar.pow(beta1, step));
      const meanSquare = div(follow(stepped.secondMoment, square(gradient), beta2), 1 - scalar.pow(beta2, step));
      const direction = add(div(mean, add(sqrt(meanSquare), epsilon)), mul(parameter, weightDecay));
      assign(parameter, sub(parameter, mul(direction, learningRate * trustRatio(parameter, direction))));
    });
  },
});

/** The parameter's norm over its step's, with which the step has a fixed share of the parameter's length; 1 where either is 0. */
function trustRatio(parameter: Tensor, direction: Tensor): number {
  const [length, stepLength] = [normOf(parameter), normOf(direction)];
  return length > 0 && stepLength > 0 ? length / stepLength : 1;
}

function normOf(values: Tensor): number {
  return Math.sqrt(sumOfSquares({ kind: "dense", values }));
}

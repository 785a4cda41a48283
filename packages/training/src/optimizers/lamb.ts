/**
 * LAMB (You et al. 2020, arXiv:1904.00962, algorithm 2), composed of ops: an AdamW step for large batches, as long for each
 * parameter as that parameter is.
 */
import { add, div, mul, scalar, sqrt, sumOfSquares, type Tensor } from "@cellstate/tensor";
import { number } from "../options.ts";
import { defineOptimizer } from "./define-optimizer.ts";
import { epsilon, learningRate, meanMemories } from "./shared-options.ts";
import { descend, eachParameter, moveMoments } from "./shared-steps.ts";

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
    moveMoments(parameters, { gradientScale, joinedDecay: 0, beta1, beta2 });
    eachParameter(parameters, (stepped) => {
      const { parameter, step, firstMoment, secondMoment } = stepped;
      const [first, second] = [1 - scalar.pow(beta1, step), Math.sqrt(1 - scalar.pow(beta2, step))];
      // Both means without the bias of their start: the factors of numerator and denominator are one.
      const divisor = mul(add(div(sqrt(secondMoment), second), epsilon), first);
      const direction = add(div(firstMoment, divisor), mul(parameter, weightDecay));
      descend(stepped, direction, learningRate * trustRatio(parameter, direction));
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

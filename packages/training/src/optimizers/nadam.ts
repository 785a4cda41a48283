/** NAdam: Adam with Nesterov's momentum (Dozat 2016), composed of ops. */
import { add, assign, div, mul, scalar, sqrt } from "@cellstate/tensor";
import { flag, number } from "../options.ts";
import { defineOptimizer } from "./define-optimizer.ts";
import { epsilon, learningRate, meanMemories } from "./shared-options.ts";
import { descend, eachParameter, moveMoments, wholeGradient } from "./shared-steps.ts";

export const nadam = defineOptimizer({
  kind: "nadam",
  description: "NAdam: Adam with Nesterov's momentum (Dozat 2016)",
  options: {
    learningRate: learningRate(2e-3),
    ...meanMemories,
    epsilon: epsilon(1e-8),
    momentumDecay: number({
      min: 0,
      default: 4e-3,
      description: "how fast the momentum rises to beta1: that of step n is beta1 * (1 - 0.96^(n * momentumDecay) / 2)",
    }),
    weightDecay: number({
      min: 0,
      default: 0,
      description: "share of each weight that is added to its gradient, or that decays if decoupledWeightDecay is set",
    }),
    decoupledWeightDecay: flag({
      default: false,
      description: "each step multiplies the weights by 1 - learningRate * weightDecay, as AdamW does",
    }),
  },
  moments: () => ({ firstMoment: 0, secondMoment: 0 }),
  step(parameters, options) {
    const { learningRate, gradientScale, beta1, beta2, epsilon, weightDecay, decoupledWeightDecay } = options;
    const joinedDecay = decoupledWeightDecay ? 0 : weightDecay;
    const steps = new Set(parameters.map(({ step }) => step));
    const momentaOf = new Map([...steps].map((step) => [step, momenta(step, options)]));
    moveMoments(parameters, { gradientScale, joinedDecay, beta1, beta2 });
    eachParameter(parameters, (stepped) => {
      const { parameter, step, firstMoment, secondMoment } = stepped;
      const { present, next, product } = momentaOf.get(step)!;
      const gradient = wholeGradient(stepped, { gradientScale, joinedDecay });
      if (decoupledWeightDecay) assign(parameter, mul(parameter, 1 - learningRate * weightDecay));
      const ahead = add(mul(gradient, (1 - present) / (1 - product)), mul(firstMoment, next / (1 - product * next)));
      const divisor = add(sqrt(div(secondMoment, 1 - scalar.pow(beta2, step))), epsilon);
      descend(stepped, div(ahead, divisor), learningRate);
    });
  },
});

interface MomentumOptions {
  readonly beta1: number;
  readonly momentumDecay: number;
}

/** Below this a product of momenta changes no `1 - product`, and smaller ones are not worked out. */
const NOTHING = 1e-20;

/** The momentum of a step, of the one after it, and the product of all momenta up to it. */
function momenta(step: number, options: MomentumOptions) {
  let product = 1;
  for (let past = 1; past <= step && product > NOTHING; past++) product *= momentumOf(past, options);
  return { present: momentumOf(step, options), next: momentumOf(step + 1, options), product };
}

function momentumOf(step: number, { beta1, momentumDecay }: MomentumOptions): number {
  return beta1 * (1 - 0.5 * scalar.pow(0.96, step * momentumDecay));
}

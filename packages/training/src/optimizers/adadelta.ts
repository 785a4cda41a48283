/** Adadelta (Zeiler 2012), composed of ops: steps take the size of the steps before them. */
import { add, div, mul, sqrt } from "@cellstate/tensor";
import { number } from "../options.ts";
import { defineOptimizer } from "./define-optimizer.ts";
import { epsilon, joinedDecay, learningRate } from "./shared-options.ts";
import { descend, eachParameter, moveMeanSquare, wholeGradient } from "./shared-steps.ts";

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
    const options = { gradientScale, joinedDecay: weightDecay };
    eachParameter(parameters, (stepped) => {
      const { meanSquare, meanSquaredStep } = stepped;
      moveMeanSquare(stepped, meanSquare, rho, options);
      const ratio = sqrt(div(add(meanSquaredStep, epsilon), add(meanSquare, epsilon)));
      const values = mul(ratio, wholeGradient(stepped, options));
      const ofStep = { ...stepped, gradient: { kind: "dense", values } } as const;
      moveMeanSquare(ofStep, meanSquaredStep, rho, { gradientScale: 1, joinedDecay: 0 });
      descend(stepped, values, learningRate);
    });
  },
});

/** Stochastic gradient descent with PyTorch's momentum: `velocity = momentum * velocity + gradient`. */
import { type Gradients, sgdStep } from "@cellstate/tensor";
import type { OptimizerConfig } from "../config.ts";
import { Moments } from "./moments.ts";
import type { Optimizer, OptimizerContext, OptimizerState, OptimizerStepOptions } from "./optimizer.ts";

export type SgdConfig = Extract<OptimizerConfig, { kind: "sgd" }>;

export class Sgd implements Optimizer {
  readonly #config: SgdConfig;
  readonly #parameters: OptimizerContext["parameters"];
  readonly #moments: Moments;

  constructor(config: SgdConfig, context: OptimizerContext) {
    this.#config = config;
    this.#parameters = context.parameters;
    this.#moments = new Moments("sgd", context, config.momentum > 0 ? ["velocity"] : []);
  }

  step(gradients: Gradients, { learningRate, gradientScale }: OptimizerStepOptions): void {
    const { momentum, nesterov, weightDecay } = this.#config;
    for (const [name, parameter] of this.#parameters) {
      const gradient = gradients.get(parameter);
      if (gradient === undefined) continue;
      this.#moments.countStep(name);
      const velocity = momentum > 0 ? this.#moments.get("velocity", name) : undefined;
      sgdStep(parameter, gradient, velocity, { learningRate, momentum, weightDecay, nesterov, gradientScale });
    }
  }

  state(): OptimizerState {
    return this.#moments.state();
  }

  loadState(state: OptimizerState): void {
    this.#moments.load(state);
  }
}

/** Adam (Kingma & Ba 2015) and AdamW (Loshchilov & Hutter 2019), with PyTorch's order of operations. */
import { adamStep, type Gradients } from "@cellstate/tensor";
import type { OptimizerConfig } from "../config.ts";
import { Moments } from "./moments.ts";
import type { Optimizer, OptimizerContext, OptimizerState, OptimizerStepOptions } from "./optimizer.ts";

export type AdamConfig = Extract<OptimizerConfig, { kind: "adam" | "adamw" }>;

export class Adam implements Optimizer {
  readonly #config: AdamConfig;
  readonly #parameters: OptimizerContext["parameters"];
  readonly #moments: Moments;

  constructor(config: AdamConfig, context: OptimizerContext) {
    this.#config = config;
    this.#parameters = context.parameters;
    this.#moments = new Moments(config.kind, context, ["firstMoment", "secondMoment"]);
  }

  step(gradients: Gradients, { learningRate, gradientScale }: OptimizerStepOptions): void {
    const { kind, beta1, beta2, epsilon, weightDecay } = this.#config;
    for (const [name, parameter] of this.#parameters) {
      const gradient = gradients.get(parameter);
      if (gradient === undefined) continue;
      const firstMoment = this.#moments.get("firstMoment", name);
      const secondMoment = this.#moments.get("secondMoment", name);
      adamStep(parameter, gradient, firstMoment, secondMoment, {
        learningRate,
        beta1,
        beta2,
        epsilon,
        weightDecay,
        decoupled: kind === "adamw",
        step: this.#moments.countStep(name),
        gradientScale,
      });
    }
  }

  state(): OptimizerState {
    return this.#moments.state();
  }

  loadState(state: OptimizerState): void {
    this.#moments.load(state);
  }
}

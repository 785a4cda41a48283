/** Stochastic gradient descent with PyTorch's momentum: `velocity = momentum * velocity + gradient`. */
import { type Gradients, sgdStep, type Tensor } from "@cellstate/tensor";
import type { OptimizerConfig } from "../config.ts";
import { Moments } from "./moments.ts";
import type { Optimizer, OptimizerContext, OptimizerState, OptimizerStepOptions } from "./optimizer.ts";

export type SgdConfig = Extract<OptimizerConfig, { kind: "sgd" }>;

export class Sgd implements Optimizer {
  readonly #config: SgdConfig;
  readonly #moments: Moments<{ velocity?: Tensor }>;

  constructor(config: SgdConfig, context: OptimizerContext) {
    this.#config = config;
    this.#moments = new Moments(config.kind, context, { names: config.momentum > 0 ? ["velocity"] : [] });
  }

  step(gradients: Gradients, options: OptimizerStepOptions): void {
    sgdStep(this.#moments.countStep(gradients), { ...this.#config, ...options });
  }

  state(): OptimizerState {
    return this.#moments.state();
  }

  loadState(state: OptimizerState): void {
    this.#moments.load(state);
  }
}

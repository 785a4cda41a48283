/** Adagrad (Duchi et al. 2011) with PyTorch's order of operations. */
import { adagradStep, type Gradients, type Tensor } from "@cellstate/tensor";
import type { OptimizerConfig } from "../config.ts";
import { Moments } from "./moments.ts";
import type { Optimizer, OptimizerContext, OptimizerState, OptimizerStepOptions } from "./optimizer.ts";

export type AdagradConfig = Extract<OptimizerConfig, { kind: "adagrad" }>;

export class Adagrad implements Optimizer {
  readonly #config: AdagradConfig;
  readonly #moments: Moments<{ squareSum: Tensor }>;

  constructor(config: AdagradConfig, context: OptimizerContext) {
    this.#config = config;
    this.#moments = new Moments(config.kind, context, {
      names: ["squareSum"],
      initialValue: config.initialAccumulatorValue,
    });
  }

  step(gradients: Gradients, options: OptimizerStepOptions): void {
    adagradStep(this.#moments.countStep(gradients), { ...this.#config, ...options });
  }

  state(): OptimizerState {
    return this.#moments.state();
  }

  loadState(state: OptimizerState): void {
    this.#moments.load(state);
  }
}

/** Adam (Kingma & Ba 2015) and AdamW (Loshchilov & Hutter 2019), with PyTorch's order of operations. */
import { adamStep, type Gradients, type Tensor } from "@cellstate/tensor";
import type { OptimizerConfig } from "../config.ts";
import { Moments } from "./moments.ts";
import type { Optimizer, OptimizerContext, OptimizerState, OptimizerStepOptions } from "./optimizer.ts";

export type AdamConfig = Extract<OptimizerConfig, { kind: "adam" | "adamw" }>;

export class Adam implements Optimizer {
  readonly #config: AdamConfig;
  readonly #moments: Moments<{ firstMoment: Tensor; secondMoment: Tensor }>;

  constructor(config: AdamConfig, context: OptimizerContext) {
    this.#config = config;
    this.#moments = new Moments(config.kind, context, { names: ["firstMoment", "secondMoment"] });
  }

  step(gradients: Gradients, options: OptimizerStepOptions): void {
    const decoupled = this.#config.kind === "adamw";
    adamStep(this.#moments.countStep(gradients), { ...this.#config, ...options, decoupled });
  }

  state(): OptimizerState {
    return this.#moments.state();
  }

  loadState(state: OptimizerState): void {
    this.#moments.load(state);
  }
}

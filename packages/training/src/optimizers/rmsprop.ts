/** RMSprop (Tieleman & Hinton 2012), also centered (Graves 2013), with PyTorch's order of operations. */
import { type Gradients, rmspropStep, type Tensor } from "@cellstate/tensor";
import type { OptimizerConfig } from "../config.ts";
import { Moments } from "./moments.ts";
import type { Optimizer, OptimizerContext, OptimizerState, OptimizerStepOptions } from "./optimizer.ts";

export type RmspropConfig = Extract<OptimizerConfig, { kind: "rmsprop" }>;

export class Rmsprop implements Optimizer {
  readonly #config: RmspropConfig;
  readonly #moments: Moments<{ meanSquare: Tensor; velocity?: Tensor; meanGradient?: Tensor }>;

  constructor(config: RmspropConfig, context: OptimizerContext) {
    this.#config = config;
    this.#moments = new Moments(config.kind, context, { names: namesOf(config) });
  }

  step(gradients: Gradients, options: OptimizerStepOptions): void {
    rmspropStep(this.#moments.countStep(gradients), { ...this.#config, ...options });
  }

  state(): OptimizerState {
    return this.#moments.state();
  }

  loadState(state: OptimizerState): void {
    this.#moments.load(state);
  }
}

function namesOf({ momentum, centered }: RmspropConfig): ("meanSquare" | "velocity" | "meanGradient")[] {
  return [
    "meanSquare",
    ...(momentum > 0 ? (["velocity"] as const) : []),
    ...(centered ? (["meanGradient"] as const) : []),
  ];
}

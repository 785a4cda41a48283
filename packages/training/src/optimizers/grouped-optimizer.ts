/** Several optimizers of one kind as one: each for a group of parameters, with options and a learning rate of its own. */
import type { Gradients, Tensor } from "@cellstate/tensor";
import type { Optimizer, OptimizerState, OptimizerStepOptions } from "./optimizer.ts";
import type { GroupMembers } from "./parameter-groups.ts";

/** A group and the optimizer of its parameters. */
export interface OptimizedGroup extends Pick<GroupMembers, "rateFactor" | "fromEpoch"> {
  readonly parameters: ReadonlyMap<string, Tensor>;
  readonly optimizer: Optimizer;
}

export class GroupedOptimizer implements Optimizer {
  readonly learningRate: number;
  readonly #groups: readonly OptimizedGroup[];

  /** @param learningRate  of the optimizer's options, before the factors of the groups */
  constructor(learningRate: number, groups: readonly OptimizedGroup[]) {
    this.learningRate = learningRate;
    this.#groups = groups;
    this.beginEpoch(1);
  }

  beginEpoch(epoch: number): void {
    for (const { parameters, fromEpoch } of this.#groups) {
      // A tensor that never asked for gradients is none of ours to wake.
      if (fromEpoch > 1) for (const parameter of parameters.values()) parameter.setRequiresGrad(epoch >= fromEpoch);
    }
  }

  step(gradients: Gradients, { learningRate = this.learningRate, ...options }: OptimizerStepOptions = {}): void {
    for (const { optimizer, rateFactor } of this.#groups) {
      optimizer.step(gradients, { ...options, learningRate: learningRate * rateFactor });
    }
  }

  averages(): ReadonlyMap<string, Tensor> {
    return new Map(this.#groups.flatMap(({ optimizer }) => [...optimizer.averages()]));
  }

  /** As if one optimizer had all parameters, so that checkpoints do not depend on how groups are written down. */
  state(): OptimizerState {
    const states = this.#groups.map(({ optimizer }) => optimizer.state());
    return {
      kind: states[0]!.kind,
      steps: Object.assign({}, ...states.map(({ steps }) => steps)),
      tensors: new Map(states.flatMap(({ tensors }) => [...tensors])),
    };
  }

  loadState(state: OptimizerState): void {
    const known = new Set(this.#groups.flatMap(({ parameters }) => [...parameters.keys()]));
    for (const [index, { parameters, optimizer }] of this.#groups.entries()) {
      // Names that belong to no group go to the first one, which refuses them.
      const isOwn = (name: string) => parameters.has(name) || (index === 0 && !known.has(name));
      optimizer.loadState({
        kind: state.kind,
        steps: Object.fromEntries(Object.entries(state.steps).filter(([name]) => isOwn(name))),
        tensors: new Map([...state.tensors].filter(([name]) => isOwn(name.slice(name.indexOf("/") + 1)))),
      });
    }
  }
}

/** The memory of an optimizer: step counts and named moment tensors, one of each shape as its parameter. */
import type { Gradients, SteppedParameter, Tensor, TensorData } from "@cellstate/tensor";
import { TrainingStateError } from "../errors.ts";
import { requireSameNames, requireSameTensors } from "../saved-tensors.ts";
import type { OptimizerContext, OptimizerState } from "./optimizer.ts";

/** Moments by their names; a config decides which of the optional ones there are. */
type MomentTensors<Kept> = { readonly [Name in keyof Kept]: Tensor };

/** A parameter with its moments, as the steps of `@cellstate/tensor` take it. */
export type SteppedWithMoments<Kept> = SteppedParameter & MomentTensors<Kept> & { readonly step: number };

export interface MomentsOptions<Kept> {
  readonly names: readonly (keyof Kept & string)[];
  /** What all elements begin with. Default 0. */
  readonly initialValue?: number;
}

/** Step counts and moments that live as long as the session. */
export class Moments<Kept> {
  readonly #kind: OptimizerState["kind"];
  readonly #steps = new Map<string, number>();
  readonly #tensors = new Map<string, Tensor>();
  /** Parameters with their moments. */
  readonly #members: (Pick<SteppedParameter, "name" | "parameter"> & MomentTensors<Kept>)[] = [];

  constructor(
    kind: OptimizerState["kind"],
    { parameters, session }: OptimizerContext,
    { names, initialValue = 0 }: MomentsOptions<Kept>,
  ) {
    this.#kind = kind;
    for (const [name, parameter] of parameters) {
      this.#steps.set(name, 0);
      const moments = names.map((moment) => [moment, session.full(parameter.shape, initialValue)] as const);
      for (const [moment, tensor] of moments) this.#tensors.set(`${moment}/${name}`, tensor);
      this.#members.push({ name, parameter, ...(Object.fromEntries(moments) as MomentTensors<Kept>) });
    }
  }

  /** Counts a step of each parameter that has a gradient, from 1, and returns these with all that their step takes. */
  countStep(gradients: Gradients): SteppedWithMoments<Kept>[] {
    const stepped: SteppedWithMoments<Kept>[] = [];
    for (const member of this.#members) {
      const gradient = gradients.get(member.parameter);
      if (gradient === undefined) continue;
      const step = this.#steps.get(member.name)! + 1;
      this.#steps.set(member.name, step);
      stepped.push({ ...member, gradient, step });
    }
    return stepped;
  }

  state(): OptimizerState {
    const tensors = new Map<string, TensorData>();
    for (const [name, tensor] of this.#tensors) {
      tensors.set(name, { dtype: tensor.dtype, shape: [...tensor.shape], data: tensor.readSync() });
    }
    return { kind: this.#kind, steps: Object.fromEntries(this.#steps), tensors };
  }

  /** Checks everything before it changes anything. */
  load(state: OptimizerState): void {
    if (state.kind !== this.#kind) {
      throw new TrainingStateError(
        `${this.#kind}: expected the state of ${this.#kind}, got the state of ${state.kind}`,
      );
    }
    const steps = new Map(Object.entries(state.steps));
    requireSameNames(`${this.#kind}: step counts`, this.#steps, steps);
    requireSameNames(`${this.#kind}: moments`, this.#tensors, state.tensors);
    requireSameTensors(`${this.#kind}: moment`, this.#tensors, state.tensors);
    for (const [name, count] of steps) this.#steps.set(name, count);
    for (const [name, tensor] of this.#tensors) tensor.write(state.tensors.get(name)!.data);
  }
}

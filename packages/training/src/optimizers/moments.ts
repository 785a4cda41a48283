/** The memory of an optimizer: step counts and named moment tensors, one of each shape as its parameter. */
import type { Gradients, SteppedParameter, Tensor, TensorData } from "@cellstate/tensor";
import { TrainingStateError } from "../errors.ts";
import { requireSameNames, requireSameTensors } from "../saved-tensors.ts";
import type { OptimizerContext } from "./define-optimizer.ts";
import type { OptimizerState } from "./optimizer.ts";

/** What all elements of each moment begin with, by name; options decide which of the optional ones there are. */
export type MomentStarts = Readonly<Record<string, number>>;

type MomentTensors<Starts> = { readonly [Name in keyof Starts]: Tensor };

/** A parameter with its moments, as the steps of `@cellstate/tensor` take it. */
export type SteppedWithMoments<Starts> = SteppedParameter & MomentTensors<Starts> & { readonly step: number };

/** Step counts and moments that live as long as the session. */
export class Moments<Starts extends MomentStarts> {
  readonly #kind: string;
  readonly #steps = new Map<string, number>();
  readonly #tensors = new Map<string, Tensor>();
  /** Parameters with their moments. */
  readonly #members: (Pick<SteppedParameter, "name" | "parameter"> & MomentTensors<Starts>)[] = [];

  constructor(kind: string, { parameters, session }: OptimizerContext, starts: Starts) {
    this.#kind = kind;
    for (const [name, parameter] of parameters) {
      this.#steps.set(name, 0);
      const moments = Object.entries(starts).map(
        ([moment, start]) => [moment, session.full(parameter.shape, start)] as const,
      );
      for (const [moment, tensor] of moments) this.#tensors.set(`${moment}/${name}`, tensor);
      this.#members.push({ name, parameter, ...(Object.fromEntries(moments) as MomentTensors<Starts>) });
    }
  }

  /** Counts a step of each parameter that has a gradient, from 1, and returns these with all that their step takes. */
  countStep(gradients: Gradients): SteppedWithMoments<Starts>[] {
    const stepped: SteppedWithMoments<Starts>[] = [];
    for (const member of this.#members) {
      const gradient = gradients.get(member.parameter);
      if (gradient === undefined) continue;
      const step = this.#steps.get(member.name)! + 1;
      this.#steps.set(member.name, step);
      stepped.push({ ...member, gradient, step });
    }
    return stepped;
  }

  /** That moment of the parameters that have taken a step, by the parameter's name. */
  stepped(moment: keyof Starts & string): ReadonlyMap<string, Tensor> {
    const members = this.#members.filter(({ name }) => this.#steps.get(name)! > 0);
    return new Map(members.map((member) => [member.name, member[moment]]));
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

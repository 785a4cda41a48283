/** The memory of an optimizer: step counts and named moment tensors, one of each shape as its parameter. */
import type { Tensor, TensorData } from "@cellstate/tensor";
import { TrainingStateError } from "../errors.ts";
import type { OptimizerContext, OptimizerState } from "./optimizer.ts";

/** Step counts and zero-initialised moments that live as long as the session. */
export class Moments {
  readonly #kind: OptimizerState["kind"];
  readonly #steps = new Map<string, number>();
  readonly #tensors = new Map<string, Tensor>();

  constructor(kind: OptimizerState["kind"], { parameters, session }: OptimizerContext, names: readonly string[]) {
    this.#kind = kind;
    for (const [parameterName, parameter] of parameters) {
      this.#steps.set(parameterName, 0);
      for (const name of names) this.#tensors.set(`${name}/${parameterName}`, session.zeros(parameter.shape));
    }
  }

  /** Counts a step of one parameter and returns its number, from 1. */
  countStep(parameterName: string): number {
    const step = this.#steps.get(parameterName)! + 1;
    this.#steps.set(parameterName, step);
    return step;
  }

  get(name: string, parameterName: string): Tensor {
    return this.#tensors.get(`${name}/${parameterName}`)!;
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

/** @throws {TrainingStateError} naming what is missing and what is unexpected */
export function requireSameNames(
  what: string,
  expected: ReadonlyMap<string, unknown>,
  got: ReadonlyMap<string, unknown>,
): void {
  const missing = [...expected.keys()].filter((name) => !got.has(name));
  const unexpected = [...got.keys()].filter((name) => !expected.has(name));
  if (missing.length === 0 && unexpected.length === 0) return;
  const faults = [...missing.map((name) => `missing: ${name}`), ...unexpected.map((name) => `unexpected: ${name}`)];
  throw new TrainingStateError(`${what}: the saved state belongs to another model; ${faults.join("; ")}`);
}

/** @throws {TrainingStateError} naming the first tensor of another shape or type */
export function requireSameTensors(
  what: string,
  expected: ReadonlyMap<string, Tensor>,
  got: ReadonlyMap<string, TensorData>,
): void {
  for (const [name, tensor] of expected) {
    const { shape, dtype } = got.get(name)!;
    if (shape.join() !== tensor.shape.join() || dtype !== tensor.dtype) {
      throw new TrainingStateError(
        `${what} ${name}: expected ${tensor.dtype} [${tensor.shape.join(", ")}], got ${dtype} [${shape.join(", ")}]`,
      );
    }
  }
}

/** A weight of a layer: what it is before the layer has a session, and its values after that. */
import { applyConstraint, type Constraint, type Initializer, type WeightPenaltyRule } from "@cellstate/lstm-core";
import type { Tensor } from "@cellstate/tensor";
import { DataError } from "../errors.ts";
import type { WeightPart } from "./layout.ts";

export interface WeightSpec {
  /** Keras's, such as `kernel` or `forward_lstm/recurrent_kernel`. */
  readonly name: string;
  /** Keras's. */
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  /** Whether an optimizer moves it. Default true. */
  readonly trainable?: boolean;
  /** What its size adds to the loss. Default: nothing. */
  readonly regularizer?: Pick<WeightPenaltyRule, "l1" | "l2">;
  /** The limits that it is moved into after each step. Default: none. */
  readonly constraint?: Constraint;
}

/** A weight in Keras's layout. */
export interface WeightValues {
  readonly name: string;
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float32Array;
}

/** A weight that has its values, in the tensors of the modules that compute with them. */
export class Weight {
  readonly spec: WeightSpec;
  readonly parts: readonly WeightPart[];
  readonly size: number;

  constructor(spec: WeightSpec, parts: readonly WeightPart[]) {
    this.spec = spec;
    this.parts = parts;
    this.size = spec.shape.reduce((size, extent) => size * extent, 1);
  }

  /** Moves it into its limits, if it has any. */
  applyConstraint(): void {
    const { constraint } = this.spec;
    if (constraint === undefined) return;
    for (const { tensor, axes } of this.parts) applyConstraint(tensor, onOwnAxes(constraint, tensor, axes));
  }

  /** A copy of the values. */
  read(): WeightValues {
    const { name, shape } = this.spec;
    const data = new Float32Array(this.size);
    for (const { tensor, places } of this.parts) {
      const values = tensor.readSync();
      for (let at = 0; at < values.length; at++) data[places?.[at] ?? at] = values[at]!;
    }
    return { name, shape, data };
  }

  /** @throws {DataError} unless there is one value for each element */
  requireCount(owner: string, data: ArrayLike<number>): void {
    if (data.length === this.size) return;
    const { name, shape } = this.spec;
    throw new DataError(
      `${owner}: expected ${this.size} values for the weight ${name} of shape [${shape.join(", ")}], got ${data.length}`,
    );
  }

  /** Replaces the values. @throws {DataError} if there are more or fewer */
  write(owner: string, data: ArrayLike<number>): void {
    this.requireCount(owner, data);
    for (const { tensor, places } of this.parts) {
      const values = new Float64Array(tensor.size);
      for (let at = 0; at < values.length; at++) values[at] = data[places?.[at] ?? at]!;
      tensor.write(values);
    }
  }
}

/** A limit along Keras's axes, 0 by default, as one along those of a tensor. */
function onOwnAxes(
  constraint: Constraint,
  { shape }: Tensor,
  axes: readonly number[] = shape.map((_, axis) => axis),
): Constraint {
  if (constraint.kind === "nonNegative") return constraint;
  const wanted = [constraint.axis ?? 0].flat().map((axis) => (axis < 0 ? axis + shape.length : axis));
  return { ...constraint, axis: wanted.map((axis) => axes.indexOf(axis)) };
}

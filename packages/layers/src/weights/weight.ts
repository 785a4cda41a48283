/** A weight of a layer: what it is before the layer has a session, and its values after that. */
import type { Initializer } from "@cellstate/lstm-core";
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

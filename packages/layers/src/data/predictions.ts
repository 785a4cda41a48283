/** What a model predicts: numbers with a shape, and as nested arrays. */
import type { NumberArray } from "./arrays.ts";

export type NestedArray = readonly (number | NestedArray)[];

export class Predictions implements NumberArray {
  /** Row-major. */
  readonly data: Float32Array;
  /** `[examples, ...]` */
  readonly shape: readonly number[];

  constructor(data: Float32Array, shape: readonly number[]) {
    this.data = data;
    this.shape = shape;
  }

  /** Rows in rows, as JSON has them. */
  toArray(): NestedArray {
    return nested(this.data, this.shape);
  }

  /** What `console.log` shows in Node. */
  [Symbol.for("nodejs.util.inspect.custom")](): NestedArray {
    return this.toArray();
  }
}

function nested(data: Float32Array, [length = 0, ...rest]: readonly number[]): NestedArray {
  if (rest.length === 0) return Array.from(data);
  const width = rest.reduce((size, extent) => size * extent, 1);
  return Array.from({ length }, (_, at) => nested(data.subarray(at * width, (at + 1) * width), rest));
}

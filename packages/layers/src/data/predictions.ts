/** What a model predicts: numbers with a shape, and as nested arrays. */
import type { LayerShape } from "../shape.ts";
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

/** Batches of predictions as one array. @param shape  of one example's, for the case that there are none */
export function joinPredictions(parts: readonly NumberArray[], shape: LayerShape): Predictions {
  const [first] = parts;
  if (first === undefined) return new Predictions(new Float32Array(0), [0, ...shape.map((extent) => extent ?? 0)]);
  const count = parts.reduce((sum, part) => sum + part.shape[0]!, 0);
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  let next = 0;
  for (const part of parts) {
    data.set(part.data, next);
    next += part.data.length;
  }
  return new Predictions(data, [count, ...first.shape.slice(1)]);
}

function nested(data: Float32Array, [length = 0, ...rest]: readonly number[]): NestedArray {
  if (rest.length === 0) return Array.from(data);
  const width = rest.reduce((size, extent) => size * extent, 1);
  return Array.from({ length }, (_, at) => nested(data.subarray(at * width, (at + 1) * width), rest));
}

/** What data tell of the shape of examples, for models whose first layer does not. */
import { ModelError } from "../errors.ts";
import type { LayerShape } from "../shape.ts";
import type { ModelData } from "./model-data.ts";

/** The shape of examples that are numbers of one input. @throws {ModelError} if `x` does not tell */
export function inferredShape(name: string, x: ModelData): LayerShape {
  const shape = shapeOf(x);
  if (shape === undefined || shape.length < 2) {
    throw new ModelError(`${name}: expected x of shape [examples, ...], or an inputShape of the first layer`);
  }
  return shape.slice(1);
}

function shapeOf(x: unknown): readonly number[] | undefined {
  if (typeof x === "object" && x !== null && "shape" in x) return x.shape as readonly number[];
  if (!Array.isArray(x)) return undefined;
  const shape: number[] = [];
  for (
    let level: unknown = x;
    Array.isArray(level) || ArrayBuffer.isView(level);
    level = (level as unknown as ArrayLike<unknown>)[0]
  ) {
    shape.push((level as unknown as ArrayLike<unknown>).length);
  }
  return shape;
}

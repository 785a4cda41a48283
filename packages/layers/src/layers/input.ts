/** Where a model's data come in. */
import { ModelError } from "../errors.ts";
import { type CommonLayerOptions, Layer, type LayerKind } from "../graph/layer.ts";
import { GraphNode, type SymbolicTensor } from "../graph/symbolic.ts";
import type { LayerShape } from "../shape.ts";

export interface InputOptions {
  /** Of one example; `null` is an extent that differs between batches, such as a number of steps. */
  readonly shape: LayerShape;
}

export const inputKind: LayerKind<InputOptions> = {
  className: "InputLayer",
  optionNames: { shape: true },
  plan: ({ shape }) => ({ outputs: [shape], make: () => ({ run: (values) => values }) }),
};

/** @throws {ModelError} unless it is a list of whole numbers and null */
function requireShape(shape: unknown): void {
  const fits =
    Array.isArray(shape) && shape.every((extent) => extent === null || (Number.isSafeInteger(extent) && extent > 0));
  if (!fits) throw new ModelError(`input: expected a shape of one example such as [null, 8], got ${String(shape)}`);
}

/** An input of a model: `input({ shape: [null, 8] })` takes sequences of any length of 8 features. */
export function input(options: InputOptions & Pick<CommonLayerOptions, "name">): SymbolicTensor {
  const layer = new Layer<unknown>(inputKind, options);
  requireShape(options.shape);
  return new GraphNode(layer, [], layer.plan([]).outputs).outputs[0]!;
}

/** Where a model's data come in. */
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

/** An input of a model: `input({ shape: [null, 8] })` takes sequences of any length of 8 features. */
export function input(options: InputOptions & Pick<CommonLayerOptions, "name">): SymbolicTensor {
  const layer = new Layer<unknown>(inputKind, options);
  return new GraphNode(layer, [], layer.plan([]).outputs).outputs[0]!;
}

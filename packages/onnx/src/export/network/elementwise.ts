/** Layers that apply a function to each element, or leave them as they are, as nodes. */
import type { ActivationName } from "@cellstate/lstm-core";
import { activation } from "../activations.ts";
import type { GraphBuilder, Name } from "../graph-builder.ts";
import { masked } from "./affine.ts";
import type { ExportedLayer } from "./exported-layer.ts";

function elementwise<Options>(apply: (graph: GraphBuilder, x: Name, options: Options) => Name): ExportedLayer<Options> {
  return ({ graph, options, inputs: [x] }) => [{ name: apply(graph, x.name, options), mask: x.mask }];
}

/** What acts in training alone. */
export const asItIs: ExportedLayer = elementwise((_graph, x) => x);

export const activationLayer = elementwise<{ readonly activation: ActivationName }>((graph, x, options) =>
  activation(options.activation)(graph, x),
);

interface ReluOptions {
  readonly maxValue?: number | null | undefined;
  readonly negativeSlope?: number | undefined;
}

export const relu = elementwise<ReluOptions>((graph, x, { maxValue, negativeSlope = 0 }) => {
  const sloped = graph.node("LeakyRelu", [x], { alpha: { float: negativeSlope } });
  return maxValue === undefined || maxValue === null ? sloped : graph.node("Min", [sloped, graph.number(maxValue)]);
});

export const leakyRelu = elementwise<{ readonly negativeSlope?: number }>((graph, x, { negativeSlope = 0.3 }) =>
  graph.node("LeakyRelu", [x], { alpha: { float: negativeSlope } }),
);

export const elu = elementwise<{ readonly alpha?: number }>((graph, x, { alpha = 1 }) =>
  graph.node("Elu", [x], { alpha: { float: alpha } }),
);

export const softmax = elementwise<{ readonly axis?: number }>((graph, x, { axis = -1 }) =>
  graph.node("Softmax", [x], { axis: { int: axis } }),
);

/** Steps whose features all equal a value are padding. */
export const masking: ExportedLayer<{ readonly maskValue?: number }> = ({ graph, options, inputs: [x] }) => {
  const isValue = graph.node("Equal", [x.name, graph.number(options.maskValue ?? 0)]);
  const differs = graph.node("Cast", [graph.node("Not", [isValue])], { to: { int: FLOAT } });
  const any = graph.node("ReduceMax", [differs], { axes: { ints: [2] }, keepdims: { int: 0 } });
  const mask = graph.node("Greater", [any, graph.number(0.5)]); // [batch, time]
  return [{ name: masked(graph, x.name, mask, 2), mask }];
};

/** What ONNX calls the type. */
const FLOAT = 1;

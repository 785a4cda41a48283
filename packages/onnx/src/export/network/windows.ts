/** Convolution and pooling over time as nodes; Keras has the features last, ONNX before the steps. */
import { activation } from "../activations.ts";
import { div, mul, sumAlong, transpose, unsqueeze } from "../formulas.ts";
import type { AttributeValue, GraphBuilder, Name } from "../graph-builder.ts";
import { type ActivationOption, maskOf } from "./affine.ts";
import type { ExportedLayer } from "./exported-layer.ts";

type WindowPadding = "valid" | "same" | "causal";

interface Conv1dOptions extends ActivationOption {
  readonly kernelSize: number;
  readonly strides?: number;
  readonly padding?: WindowPadding;
  readonly dilationRate?: number;
  readonly groups?: number;
}

/** Applies it to the features first, `[batch, features, time]`. */
function overTime(graph: GraphBuilder, x: Name, apply: (x: Name) => Name): Name {
  return transpose(graph, apply(transpose(graph, x, [0, 2, 1])), [0, 2, 1]);
}

/** Zeros around the steps; of `same`, one more at the end where their number is odd. */
function padded(padding: WindowPadding, before: number): Readonly<Record<string, AttributeValue>> {
  return padding === "same"
    ? { auto_pad: { string: "SAME_UPPER" } }
    : { pads: { ints: [padding === "causal" ? before : 0, 0] } };
}

export const conv1d: ExportedLayer<Conv1dOptions> = ({ graph, options, weights, inputs: [x] }) => {
  const { kernelSize, strides = 1, padding = "valid", dilationRate = 1, groups = 1 } = options;
  const bias = weights.has("bias") ? [weights.get("bias")] : [];
  const sums = overTime(graph, x.name, (features) =>
    graph.node("Conv", [features, weights.get("kernel"), ...bias], {
      kernel_shape: { ints: [kernelSize] },
      strides: { ints: [strides] },
      dilations: { ints: [dilationRate] },
      group: { int: groups },
      ...padded(padding, (kernelSize - 1) * dilationRate),
    }),
  );
  return [{ name: activation(options.activation ?? "linear")(graph, sums) }];
};

interface PoolingOptions {
  readonly poolSize?: number;
  readonly strides?: number | null;
  readonly padding?: "valid" | "same";
}

function pooling(opType: "MaxPool" | "AveragePool"): ExportedLayer<PoolingOptions> {
  return ({ graph, options, inputs: [x] }) => {
    const { poolSize = 2, padding = "valid" } = options;
    const attributes = { kernel_shape: { ints: [poolSize] }, strides: { ints: [options.strides ?? poolSize] } };
    const pool = (features: Name) => graph.node(opType, [features], { ...attributes, ...padded(padding, 0) });
    return [{ name: overTime(graph, x.name, pool) }];
  };
}

export const maxPooling1d = pooling("MaxPool");
export const averagePooling1d = pooling("AveragePool");

interface GlobalPoolingOptions {
  readonly keepdims?: boolean;
}

/** Masked steps count too, as in Keras. */
export const globalMaxPooling1d: ExportedLayer<GlobalPoolingOptions> = ({ graph, options, inputs: [x] }) => [
  {
    name: graph.node("ReduceMax", [x.name], { axes: { ints: [1] }, keepdims: { int: options.keepdims ? 1 : 0 } }),
  },
];

export const globalAveragePooling1d: ExportedLayer<GlobalPoolingOptions> = ({ graph, options, inputs: [x] }) => {
  const mean = () => graph.node("ReduceMean", [x.name], { axes: { ints: [1] }, keepdims: { int: 0 } });
  const pooled = x.mask === undefined ? mean() : meanOfReal(graph, x.name, x.mask);
  return [{ name: options.keepdims ? unsqueeze(graph, pooled, 1) : pooled }];
};

/** Zeros where a row has no real step. */
function meanOfReal(graph: GraphBuilder, x: Name, mask: Name): Name {
  const real = graph.node("Cast", [maskOf(graph, mask, 2)], { to: { int: FLOAT } }); // [batch, time, 1]
  const count = graph.node("Max", [sumAlong(graph, real, 1), graph.number(1)]);
  return div(graph, sumAlong(graph, mul(graph, x, real), 1), count);
}

/** What ONNX calls the type. */
const FLOAT = 1;

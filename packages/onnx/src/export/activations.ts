/** The activation functions of `@cellstate/lstm-core` as nodes. */
import type { ActivationName } from "@cellstate/lstm-core";
import { OnnxExportError } from "../errors.ts";
import { add, clip, mul, sigmoid, sub, tanh } from "./formulas.ts";
import type { AttributeValue, GraphBuilder, Name } from "./graph-builder.ts";

type Activate = (graph: GraphBuilder, x: Name) => Name;

const node =
  (opType: string, attributes: Readonly<Record<string, AttributeValue>> = {}): Activate =>
  (graph, x) =>
    graph.node(opType, [x], attributes);

const swish: Activate = (graph, x) => mul(graph, x, sigmoid(graph, x));

/** Half of x times 1 more than `inner`. */
const halfTimes = (graph: GraphBuilder, x: Name, inner: Name): Name =>
  mul(graph, mul(graph, x, graph.number(0.5)), add(graph, inner, graph.number(1)));

export const exportedActivations: { readonly [Name in ActivationName]?: Activate } = {
  tanh,
  sigmoid,
  hardSigmoid: node("HardSigmoid", { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }),
  hardSigmoidLegacy: node("HardSigmoid", { alpha: { float: 0.2 }, beta: { float: 0.5 } }),
  hardTanh: (graph, x) => clip(graph, x, -1, 1),
  softsign: node("Softsign"),
  softmax: node("Softmax", { axis: { int: -1 } }),
  relu6: (graph, x) => clip(graph, x, 0, 6),
  linear: (_graph, x) => x,
  relu: node("Relu"),
  leakyRelu: node("LeakyRelu", { alpha: { float: 0.2 } }),
  thresholdedRelu: node("ThresholdedRelu", { alpha: { float: 1 } }),
  elu: node("Elu", { alpha: { float: 1 } }),
  celu: node("Celu", { alpha: { float: 1 } }),
  selu: node("Selu"),
  gelu: (graph, x) => halfTimes(graph, x, graph.node("Erf", [mul(graph, x, graph.number(Math.SQRT1_2))])),
  geluTanh: (graph, x) => {
    const cube = mul(graph, mul(graph, x, x), mul(graph, x, graph.number(0.044715)));
    return halfTimes(graph, x, tanh(graph, mul(graph, add(graph, x, cube), graph.number(Math.sqrt(2 / Math.PI)))));
  },
  swish,
  silu: swish,
  hardSwish: node("HardSwish"),
  mish: (graph, x) => mul(graph, x, tanh(graph, graph.node("Softplus", [x]))),
  softplus: node("Softplus"),
  squareplus: (graph, x) => {
    const root = graph.node("Sqrt", [add(graph, mul(graph, x, x), graph.number(4))]);
    return mul(graph, add(graph, x, root), graph.number(0.5));
  },
  exponential: node("Exp"),
  logSoftmax: node("LogSoftmax", { axis: { int: -1 } }),
  logSigmoid: (graph, x) => graph.node("Neg", [graph.node("Softplus", [graph.node("Neg", [x])])]),
  tanhShrink: (graph, x) => sub(graph, x, tanh(graph, x)),
  hardShrink: node("Shrink", { lambd: { float: 0.5 }, bias: { float: 0 } }),
  softShrink: node("Shrink", { lambd: { float: 0.5 }, bias: { float: 0.5 } }),
};

/** @throws {OnnxExportError} if there is no such function here */
export function activation(name: ActivationName): Activate {
  const found = exportedActivations[name];
  if (found === undefined) throw new OnnxExportError(`the activation ${name} cannot be written as ONNX`);
  return found;
}

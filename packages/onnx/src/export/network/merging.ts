/** Layers that make one tensor of several as nodes. */
import { add, div, mul, reshape, sub, transpose, unsqueeze } from "../formulas.ts";
import type { GraphBuilder, Name } from "../graph-builder.ts";
import { maskOf } from "./affine.ts";
import type { ExportedLayer, LayerInput } from "./exported-layer.ts";

/** A step is real where it is in any input; none is masked where an input has no mask. */
function commonMask(graph: GraphBuilder, inputs: readonly LayerInput[]): Name | undefined {
  const masks = inputs.map(({ mask }) => mask);
  return masks.reduce((a, b) => (a === undefined || b === undefined ? undefined : graph.node("Or", [a, b])));
}

function merging(merge: (graph: GraphBuilder, inputs: readonly LayerInput[]) => Name): ExportedLayer {
  return ({ graph, inputs }) => [{ name: merge(graph, inputs), mask: commonMask(graph, inputs) }];
}

const each =
  (join: (graph: GraphBuilder, a: Name, b: Name) => Name) => (graph: GraphBuilder, inputs: readonly LayerInput[]) =>
    inputs.map(({ name }) => name).reduce((a, b) => join(graph, a, b));

export const addLayer = merging(each(add));
export const subtract = merging(each(sub));
export const average = merging((graph, inputs) =>
  mul(graph, each(add)(graph, inputs), graph.number(1 / inputs.length)),
);

/** Where a step is masked, the input stands aside: it is 1 there. */
export const multiply = merging((graph, inputs) =>
  inputs
    .map(({ name, mask, shape }) =>
      mask === undefined ? name : graph.node("Where", [maskOf(graph, mask, shape.length), name, graph.number(1)]),
    )
    .reduce((a, b) => mul(graph, a, b)),
);

/** Where a step of one input is masked, that of the other counts alone. */
function extreme(opType: "Max" | "Min"): ExportedLayer {
  return merging(
    (graph, inputs) =>
      inputs.reduce((a, b) => {
        const real = ({ mask, shape }: LayerInput) => mask && maskOf(graph, mask, shape.length);
        const [inA, inB] = [real(a), real(b)];
        const right = inB ? graph.node("Where", [inB, b.name, a.name]) : b.name;
        const left = inA ? graph.node("Where", [inA, a.name, right]) : a.name;
        return { name: graph.node(opType, [left, right]), shape: a.shape, mask: commonMask(graph, [a, b]) };
      }).name,
  );
}

export const maximum = extreme("Max");
export const minimum = extreme("Min");

export const concatenate: ExportedLayer<{ readonly axis?: number }> = ({ graph, options, inputs }) => {
  const rank = inputs[0].shape.length + 1;
  const { axis = -1 } = options;
  const at = axis < 0 ? axis + rank : axis;
  const names = inputs.map(({ name }) => name);
  const isInTime = at === 1 && rank > 2;
  return [
    {
      name: graph.node("Concat", names, { axis: { int: at } }),
      mask: isInTime ? maskInTurn(graph, inputs) : commonMask(graph, inputs),
    },
  ];
};

/** Masks of sequences that follow each other in time. */
function maskInTurn(graph: GraphBuilder, inputs: readonly LayerInput[]): Name | undefined {
  if (inputs.every(({ mask }) => mask === undefined)) return undefined;
  const masks = inputs.map(({ name, mask }) => {
    if (mask !== undefined) return mask;
    const shape = graph.node("Shape", [name], { start: { int: 0 }, end: { int: 2 } });
    const ones = graph.node("Expand", [graph.number(1), shape]);
    return graph.node("Greater", [ones, graph.number(0)]);
  });
  return graph.node("Concat", masks, { axis: { int: 1 } });
}

interface DotOptions {
  readonly axes: number | readonly [number, number];
  readonly normalize?: boolean;
}

export const dot: ExportedLayer<DotOptions> = ({ graph, options, inputs, outputs }) => {
  const { axes, normalize = false } = options;
  const [a, b] = inputs as unknown as readonly [LayerInput, LayerInput];
  const pair = typeof axes === "number" ? [axes, axes] : axes;
  const place = (axis: number, { shape }: LayerInput) => (axis < 0 ? axis + shape.length + 1 : axis);
  const [inA, inB] = [place(pair[0]!, a), place(pair[1]!, b)];
  const vector = (x: LayerInput, axis: number) => (normalize ? unitLength(graph, x.name, axis) : x.name);
  const [x, y] = [vector(a, inA), vector(b, inB)];
  const turned = (name: Name) => transpose(graph, name, [0, 2, 1]);
  const left = a.shape.length === 1 ? unsqueeze(graph, x, 1) : inA === 2 ? x : turned(x); // [batch, rows, shared]
  const right = b.shape.length === 1 ? unsqueeze(graph, y, 2) : inB === 1 ? y : turned(y); // [batch, shared, columns]
  const product = graph.node("MatMul", [left, right]);
  if (a.shape.length === 2 && b.shape.length === 2) return [{ name: product }];
  return [{ name: outputs[0]!.length === 1 ? reshape(graph, product, [0, -1]) : product }];
};

function unitLength(graph: GraphBuilder, x: Name, axis: number): Name {
  const squares = graph.node("ReduceSum", [mul(graph, x, x), graph.ints([axis])], { keepdims: { int: 1 } });
  return div(graph, x, graph.node("Sqrt", [graph.node("Max", [squares, graph.number(1e-12)])]));
}

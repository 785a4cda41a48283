/** Small formulas as nodes of a graph. */
import type { GraphBuilder, Name } from "./graph-builder.ts";

export const add = (graph: GraphBuilder, a: Name, b: Name): Name => graph.node("Add", [a, b]);
export const sub = (graph: GraphBuilder, a: Name, b: Name): Name => graph.node("Sub", [a, b]);
export const mul = (graph: GraphBuilder, a: Name, b: Name): Name => graph.node("Mul", [a, b]);
export const div = (graph: GraphBuilder, a: Name, b: Name): Name => graph.node("Div", [a, b]);
export const tanh = (graph: GraphBuilder, x: Name): Name => graph.node("Tanh", [x]);
export const sigmoid = (graph: GraphBuilder, x: Name): Name => graph.node("Sigmoid", [x]);

/** `x` moved into `[low, high]`. */
export const clip = (graph: GraphBuilder, x: Name, low: number, high: number): Name =>
  graph.node("Clip", [x, graph.number(low), graph.number(high)]);

/** Equal parts of the last axis. */
export function parts(graph: GraphBuilder, x: Name, count: number): Name[] {
  return count === 1 ? [x] : graph.nodes("Split", [x], count, { axis: { int: -1 } });
}

/** Parts of the last axis of such sizes. */
export const split = (graph: GraphBuilder, x: Name, sizes: readonly number[]): Name[] =>
  graph.nodes("Split", [x, graph.ints(sizes)], sizes.length, { axis: { int: -1 } });

/** Side by side along the last axis. */
export const concat = (graph: GraphBuilder, values: readonly Name[]): Name =>
  graph.node("Concat", values, { axis: { int: -1 } });

/** Layer normalization of the last axis. */
export const layerNorm = (graph: GraphBuilder, x: Name, gain: Name, bias: Name, epsilon = 1e-5): Name =>
  graph.node("LayerNormalization", [x, gain, bias], { axis: { int: -1 }, epsilon: { float: epsilon } });

export const transpose = (graph: GraphBuilder, x: Name, order: readonly number[]): Name =>
  graph.node("Transpose", [x], { perm: { ints: order } });

/** In a shape where 0 keeps an extent and -1 takes what is left. */
export const reshape = (graph: GraphBuilder, x: Name, shape: readonly number[]): Name =>
  graph.node("Reshape", [x, graph.ints(shape)]);

export const unsqueeze = (graph: GraphBuilder, x: Name, ...axes: readonly number[]): Name =>
  graph.node("Unsqueeze", [x, graph.ints(axes)]);

export const squeeze = (graph: GraphBuilder, x: Name, ...axes: readonly number[]): Name =>
  graph.node("Squeeze", [x, graph.ints(axes)]);

/** One extent of a value, as a list of one. */
export function extentOf(graph: GraphBuilder, x: Name, axis: number): Name {
  return graph.node("Shape", [x], { start: { int: axis }, end: { int: axis + 1 } });
}

/** Summed along an axis, which disappears. */
export const sumAlong = (graph: GraphBuilder, x: Name, axis: number): Name =>
  graph.node("ReduceSum", [x, graph.ints([axis])], { keepdims: { int: 0 } });

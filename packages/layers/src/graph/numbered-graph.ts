/** A graph as plain lists: layers, their applications, and what these read, by number. */
import type { Graph } from "./graph.ts";
import type { Layer } from "./layer.ts";
import type { SymbolicTensor } from "./symbolic.ts";

/** One tensor of a graph: which application of which layer, and which of its outputs. */
export type TensorPlace = readonly [node: number, output: number];

export interface NumberedGraph<AnyLayer = Layer<unknown>> {
  /** Each layer once. */
  readonly layers: readonly AnyLayer[];
  /** Applications in order: the number of the layer and what it reads. */
  readonly nodes: readonly { readonly layer: number; readonly inputs: readonly TensorPlace[] }[];
  readonly inputs: readonly TensorPlace[];
  readonly outputs: readonly TensorPlace[];
}

export function numberedGraph(graph: Graph): NumberedGraph {
  const place = ({ node, index }: SymbolicTensor): TensorPlace => [graph.nodes.indexOf(node), index];
  return {
    layers: graph.layers,
    nodes: graph.nodes.map(({ layer, inputs }) => ({ layer: graph.layers.indexOf(layer), inputs: inputs.map(place) })),
    inputs: graph.inputs.map(place),
    outputs: graph.outputs.map(place),
  };
}

/** Whether lists have the form of a graph that reads nothing before it is there. */
export function isNumberedGraph(given: unknown): given is NumberedGraph<unknown> {
  const { layers, nodes, inputs, outputs } = (given ?? {}) as Partial<NumberedGraph<unknown>>;
  if (![layers, nodes, inputs, outputs].every(Array.isArray)) return false;
  const isBefore = (place: TensorPlace, node: number) => Array.isArray(place) && place[0] >= 0 && place[0] < node;
  const isNode = (node: { readonly layer: number; readonly inputs: readonly TensorPlace[] }, at: number) =>
    layers![node?.layer] !== undefined &&
    Array.isArray(node.inputs) &&
    node.inputs.every((place) => isBefore(place, at));
  return nodes!.every(isNode) && [...inputs!, ...outputs!].every((place) => isBefore(place, nodes!.length));
}

/** Layers that only move elements as nodes: shapes, orders, repeated and cut steps. */
import { reshape, transpose, unsqueeze } from "../formulas.ts";
import type { ExportedLayer } from "./exported-layer.ts";

export const flatten: ExportedLayer = ({ graph, inputs: [x] }) => [{ name: reshape(graph, x.name, [0, -1]) }];

export const reshapeLayer: ExportedLayer<{ readonly targetShape: readonly number[] }> = ({
  graph,
  options,
  inputs: [x],
}) => [{ name: reshape(graph, x.name, [0, ...options.targetShape]) }];

export const permute: ExportedLayer<{ readonly dims: readonly number[] }> = ({ graph, options, inputs: [x] }) => [
  { name: transpose(graph, x.name, [0, ...options.dims]) },
];

export const repeatVector: ExportedLayer<{ readonly n: number }> = ({ graph, options, inputs: [x] }) => [
  { name: graph.node("Tile", [unsqueeze(graph, x.name, 1), graph.ints([1, options.n, 1])]) },
];

/** Steps at both ends, or at the start and at the end. */
type Ends = number | readonly [start: number, end: number];

const endsOf = (ends: Ends = 1): readonly [number, number] => (typeof ends === "number" ? [ends, ends] : ends);

export const zeroPadding1d: ExportedLayer<{ readonly padding?: Ends }> = ({ graph, options, inputs: [x] }) => {
  const [start, end] = endsOf(options.padding);
  return [{ name: graph.node("Pad", [x.name, graph.ints([0, start, 0, 0, end, 0])]) }];
};

/** Behind the last step of any sequence. */
const THE_END = 2 ** 31 - 1;

export const cropping1d: ExportedLayer<{ readonly cropping?: Ends }> = ({ graph, options, inputs: [x] }) => {
  const [start, end] = endsOf(options.cropping);
  const bounds = [graph.ints([start]), graph.ints([end === 0 ? THE_END : -end])];
  return [{ name: graph.node("Slice", [x.name, ...bounds, graph.ints([1])]) }];
};

export const upSampling1d: ExportedLayer<{ readonly size?: number }> = ({ graph, options, inputs: [x] }) => {
  const each = graph.node("Tile", [unsqueeze(graph, x.name, 2), graph.ints([1, 1, options.size ?? 2, 1])]);
  return [{ name: reshape(graph, each, [0, -1, x.shape[1]!]) }];
};

/** TimeDistributed as nodes: steps become examples, and examples steps again. */
import { OnnxExportError } from "../../errors.ts";
import { concat, extentOf } from "../formulas.ts";
import type { GraphBuilder, Name } from "../graph-builder.ts";
import type { ExportedLayer, LayerDescription } from "./exported-layer.ts";

/** Behind the last axis of any value. */
const ALL = 2 ** 31 - 1;

/** @param exportLayer  writes any layer */
export function timeDistributed(
  exportLayer: (className: string) => ExportedLayer,
): ExportedLayer<{ readonly layer?: LayerDescription }> {
  return ({ graph, options: { layer }, weights, inputs: [x], outputs }) => {
    if (layer === undefined)
      throw new OnnxExportError("a TimeDistributed over several layers cannot be written; apply one after the other");
    const shapeFrom = (value: Name, axis: number) =>
      graph.node("Shape", [value], { start: { int: axis }, end: { int: ALL } });
    const steps = reshaped(graph, x.name, [graph.ints([-1]), shapeFrom(x.name, 2)]);
    const inner = exportLayer(layer.className)({
      graph,
      options: layer.options,
      weights,
      inputs: [{ name: steps, shape: x.shape.slice(1) }],
      outputs: outputs.map((shape) => shape.slice(1)),
    });
    const extents = [extentOf(graph, x.name, 0), extentOf(graph, x.name, 1)];
    return inner.map(({ name }) => ({
      name: reshaped(graph, name, [...extents, shapeFrom(name, 1)]),
      mask: x.mask,
    }));
  };
}

function reshaped(graph: GraphBuilder, x: Name, shape: readonly Name[]): Name {
  return graph.node("Reshape", [x, concat(graph, shape)]);
}

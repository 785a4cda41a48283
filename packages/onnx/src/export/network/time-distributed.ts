/** TimeDistributed as nodes: steps become examples, and examples steps again. */
import { OnnxExportError } from "../../errors.ts";
import { concat, extentOf } from "../formulas.ts";
import type { GraphBuilder, Name } from "../graph-builder.ts";
import type { ExportedLayer, LayerInput, ValuePlace } from "./exported-layer.ts";

/** Behind the last axis of any value. */
const ALL = 2 ** 31 - 1;

/** @param exportLayer  writes any layer */
export function timeDistributed(exportLayer: (className: string) => ExportedLayer): ExportedLayer {
  return ({ graph, weights, inputs: [x], steps }) => {
    if (steps === undefined)
      throw new OnnxExportError("a TimeDistributed without what it does at each step cannot be written");
    const shapeFrom = (value: Name, axis: number) =>
      graph.node("Shape", [value], { start: { int: axis }, end: { int: ALL } });
    const flat = reshaped(graph, x.name, [graph.ints([-1]), shapeFrom(x.name, 2)]);
    const values: (readonly LayerInput[])[] = [];
    const find = ([node, output]: ValuePlace) => values[node]![output]!;
    for (const node of steps.nodes) {
      if (node === undefined) {
        values.push([{ name: flat, shape: x.shape.slice(1) }]);
        continue;
      }
      const { className, options, prefix } = steps.layers[node.layer]!;
      const inputs = node.inputs.map(find) as [LayerInput, ...LayerInput[]];
      const call = {
        graph,
        options,
        weights: weights.within(prefix),
        inputs,
        outputs: node.outputs,
        steps: node.steps,
      };
      const outputs = exportLayer(className)(call);
      values.push(outputs.map((output, index) => ({ ...output, shape: node.outputs[index]! })));
    }
    const extents = [extentOf(graph, x.name, 0), extentOf(graph, x.name, 1)];
    return steps.outputs.map(find).map(({ name }) => ({
      name: reshaped(graph, name, [...extents, shapeFrom(name, 1)]),
      mask: x.mask,
    }));
  };
}

function reshaped(graph: GraphBuilder, x: Name, shape: readonly Name[]): Name {
  return graph.node("Reshape", [x, concat(graph, shape)]);
}

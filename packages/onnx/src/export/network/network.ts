/** A network of layers as Keras has them, as an ONNX model. */
import { OnnxExportError } from "../../errors.ts";
import { type Extent, GraphBuilder, type Name } from "../graph-builder.ts";
import { modelFile } from "../model-file.ts";
import { type Parameters, Weights } from "../weights.ts";
import type { LayerDescription, LayerInput, LayerShape, NodeDescription, ValuePlace } from "./exported-layer.ts";
import { exportedLayer } from "./exported-layers.ts";

/** What `Model.network()` of `@cellstate/layers` gives. */
export interface NetworkSource {
  readonly layers: readonly LayerDescription[];
  /** Applications of layers, none before what it reads. */
  readonly nodes: readonly NodeDescription[];
  /** `isIds` where all that read the input are embeddings. */
  readonly inputs: readonly { readonly name: string; readonly place: ValuePlace; readonly isIds: boolean }[];
  readonly outputs: readonly { readonly name: string; readonly place: ValuePlace }[];
  /** By layer and weight, such as `lstm/kernel`. */
  readonly parameters: Parameters;
}

/**
 * Writes a network: its inputs and outputs by their names, `[batch, ...]`, with any batch and with any extent that is not fixed. Ids are
 * int64, all else float32. Layers that carry their state from batch to batch begin anew in each run.
 *
 * @param metadata  what a user must know beside the graph; lists and objects become JSON. Default: nothing
 * @returns an ONNX file, opset 17
 * @throws {OnnxExportError} naming the layer that cannot be written
 */
export function exportNetwork(source: NetworkSource, metadata: Readonly<Record<string, unknown>> = {}): Uint8Array {
  const graph = new GraphBuilder();
  const weights = new Weights(graph, source.parameters);
  graph.reserve([...source.inputs, ...source.outputs].map(({ name }) => name));
  const values: (readonly LayerInput[])[] = [];
  const find = ([node, output]: ValuePlace): LayerInput => values[node]![output]!;
  source.nodes.forEach((node, number) => {
    const layer = source.layers[node.layer]!;
    const port = source.inputs.find(({ place }) => place[0] === number);
    if (port !== undefined) {
      const [shape] = node.outputs as [LayerShape];
      const name = graph.input(port.name, port.isIds ? "int64" : "float32", extentsOf(port.name, shape));
      values.push([{ name, shape }]);
      return;
    }
    const inputs = node.inputs.map(find) as [LayerInput, ...LayerInput[]];
    const name = String(layer.options.name);
    const { outputs: shapes, steps } = node;
    const call = { graph, options: layer.options, weights: weights.within(`${name}/`), inputs, outputs: shapes, steps };
    const outputs = namingLayer(name, () => exportedLayer(layer.className)(call));
    values.push(outputs.map((output, index) => ({ ...output, shape: shapes[index]! })));
  });
  const taken = new Set<Name>(source.inputs.map(({ name }) => name));
  for (const { name, place } of source.outputs) {
    const { name: value, shape } = find(place);
    const free = freeName(name, taken);
    graph.output(free, value, "float32", extentsOf(free, shape));
  }
  return modelFile(graph.graph("network"), metadata);
}

/** Extents that differ from run to run have a name of their own. */
function extentsOf(name: string, shape: LayerShape): Extent[] {
  return ["batch", ...shape.map((extent, axis) => extent ?? `${name}_extent_${axis + 1}`)];
}

function freeName(name: string, taken: Set<Name>): Name {
  let free = name;
  for (let count = 1; taken.has(free); count++) free = `${name}_${count}`;
  taken.add(free);
  return free;
}

function namingLayer<Made>(layer: string, make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof OnnxExportError)) throw error;
    throw new OnnxExportError(`layer ${layer}: ${error.message}`, { cause: error });
  }
}

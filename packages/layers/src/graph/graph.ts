/** A model's layers in the order in which they run. */
import { ModelError } from "../errors.ts";
import type { Layer } from "./layer.ts";
import type { NumberedGraph } from "./numbered-graph.ts";
import type { GraphNode, SymbolicTensor } from "./symbolic.ts";
import type { RunContext, Value } from "./value.ts";

export class Graph {
  readonly inputs: readonly SymbolicTensor[];
  readonly outputs: readonly SymbolicTensor[];
  /** Applications of layers; none comes before what it reads. */
  readonly nodes: readonly GraphNode[];
  /** Each layer once, in the order of Keras's `model.layers` and `get_weights`. */
  readonly layers: readonly Layer<unknown>[];
  /** Which inputs are ids: those that only embeddings read. */
  readonly idInputs: readonly boolean[];

  /** @throws {ModelError} if an output needs an input that is not among `inputs`, or two layers have one name */
  constructor(inputs: readonly SymbolicTensor[], outputs: readonly SymbolicTensor[]) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.nodes = inOrder(inputs, outputs);
    this.idInputs = idInputsOf(inputs, this.nodes);
    nameLayers([...new Set(this.nodes.map(({ layer }) => layer))]);
    this.layers = inKerasOrder(this.nodes, outputs);
  }

  /** From a value for each input to one for each output. */
  run(values: readonly Value[], context: RunContext): Value[] {
    const known = new Map<SymbolicTensor, Value>();
    this.inputs.forEach((tensor, at) => {
      known.set(tensor, values[at]!);
    });
    for (const { layer, inputs, outputs } of this.nodes) {
      if (inputs.length === 0) continue;
      const results = layer.run(
        inputs.map((tensor) => known.get(tensor)!),
        context,
      );
      outputs.forEach((tensor, at) => {
        known.set(tensor, results[at]!);
      });
    }
    return this.outputs.map((tensor) => known.get(tensor)!);
  }

  /** The same layers applied to other inputs. */
  applyTo(inputs: readonly SymbolicTensor[]): SymbolicTensor[] {
    const known = new Map(this.inputs.map((tensor, at) => [tensor, inputs[at]!]));
    for (const node of this.nodes) {
      if (node.inputs.length === 0) continue;
      const outputs = node.layer.applyAll(node.inputs.map((tensor) => known.get(tensor)!));
      node.outputs.forEach((tensor, at) => {
        known.set(tensor, outputs[at]!);
      });
    }
    return this.outputs.map((tensor) => known.get(tensor)!);
  }
}

/** Inputs whose readers are all embeddings. */
function idInputsOf(inputs: readonly SymbolicTensor[], nodes: readonly GraphNode[]): boolean[] {
  return inputs.map((input) => {
    const readers = nodes.filter((node) => node.inputs.includes(input));
    return readers.length > 0 && readers.every(({ layer }) => embeddingsOf(layer).length > 0);
  });
}

/** The embeddings that read what a layer reads: it is one, or applies some to each step first; none if anything else reads it too. */
export function embeddingsOf(layer: Layer<unknown>): readonly Layer<unknown>[] {
  if (layer.className === "Embedding") return [layer];
  if (layer.className !== "TimeDistributed") return [];
  const { graph, layers, layer: inner } = layer.options as Partial<StepLayers>;
  if (graph === undefined)
    return [layers?.[0] ?? inner].filter((first) => first?.className === "Embedding") as Layer<unknown>[];
  const readers = graph.nodes.filter(({ inputs }) => inputs.some(([node]) => node === graph.inputs[0]?.[0]));
  const embeddings = readers.map((reader) => embeddingsOf(graph.layers[reader.layer]!));
  return embeddings.some((found) => found.length === 0) ? [] : embeddings.flat();
}

/** Options of a layer that is applied to each step. */
interface StepLayers {
  readonly layer: Layer<unknown>;
  readonly layers: readonly Layer<unknown>[];
  readonly graph: NumberedGraph;
}

/** Depth first from the outputs, so that inputs come in their own order first. */
function inOrder(inputs: readonly SymbolicTensor[], outputs: readonly SymbolicTensor[]): GraphNode[] {
  const done = new Set<GraphNode>(inputs.map(({ node }) => node));
  const pending = [...outputs].reverse().map(({ node }) => node);
  while (pending.length > 0) {
    const node = pending.at(-1)!;
    const missing = node.inputs.filter((tensor) => !done.has(tensor.node)).map((tensor) => tensor.node);
    if (done.has(node) || missing.length === 0) {
      pending.pop();
      if (!done.has(node) && node.inputs.length === 0) {
        throw new ModelError(`model: an output needs ${node.layer.title}, which is not among the inputs`);
      }
      done.add(node);
    } else pending.push(...missing.reverse());
  }
  return [...done];
}

/**
 * Layers by how far they are from the outputs, the furthest first; of those as far, the one that a walk back from the outputs meets first.
 *
 * @param nodes  none before what it reads
 */
function inKerasOrder(nodes: readonly GraphNode[], outputs: readonly SymbolicTensor[]): Layer<unknown>[] {
  const nodeDepths = new Map<GraphNode, number>();
  const depths = new Map<Layer<unknown>, number>();
  for (const node of nodes.toReversed()) {
    const depth = Math.max(nodeDepths.get(node) ?? 0, depths.get(node.layer) ?? 0);
    depths.set(node.layer, depth);
    for (const { node: parent } of node.inputs)
      nodeDepths.set(parent, Math.max(depth + 1, nodeDepths.get(parent) ?? 0));
  }
  const met = walkBack(outputs, new Set(nodes));
  const placeOf = (layer: Layer<unknown>) => met.indexOf(layer);
  return [...depths.keys()].sort((a, b) => depths.get(b)! - depths.get(a)! || placeOf(a) - placeOf(b));
}

/** Layers in the order in which they are met from the outputs on, each output's and input's whole past before the next one. */
function walkBack(outputs: readonly SymbolicTensor[], nodes: ReadonlySet<GraphNode>): Layer<unknown>[] {
  const seen = new Set<GraphNode>();
  const met = new Set<Layer<unknown>>();
  const pending = outputs.map(({ node }) => node).reverse();
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    met.add(node.layer);
    pending.push(
      ...node.inputs
        .map((tensor) => tensor.node)
        .filter((parent) => nodes.has(parent))
        .reverse(),
    );
  }
  return [...met];
}

function nameLayers(layers: readonly Layer<unknown>[]): void {
  const named = layers.filter(({ hasName }) => hasName);
  const taken = new Set<string>();
  for (const layer of named) {
    if (taken.has(layer.name))
      throw new ModelError(`model: expected each layer to have a name of its own, got two called ${layer.name}`);
    taken.add(layer.name);
  }
  for (const layer of layers) {
    layer.takeName(taken);
    taken.add(layer.name);
  }
}

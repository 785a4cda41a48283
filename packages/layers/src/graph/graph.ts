/** A model's layers in the order in which they run. */
import { ModelError } from "../errors.ts";
import type { Layer } from "./layer.ts";
import type { GraphNode, SymbolicTensor } from "./symbolic.ts";
import type { RunContext, Value } from "./value.ts";

export class Graph {
  readonly inputs: readonly SymbolicTensor[];
  readonly outputs: readonly SymbolicTensor[];
  /** Applications of layers; none comes before what it reads. */
  readonly nodes: readonly GraphNode[];
  /** Each layer once. */
  readonly layers: readonly Layer<unknown>[];
  /** Which inputs are ids: those that only embeddings read. */
  readonly idInputs: readonly boolean[];

  /** @throws {ModelError} if an output needs an input that is not among `inputs`, or two layers have one name */
  constructor(inputs: readonly SymbolicTensor[], outputs: readonly SymbolicTensor[]) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.nodes = inOrder(inputs, outputs);
    this.layers = [...new Set(this.nodes.map(({ layer }) => layer))];
    this.idInputs = idInputsOf(inputs, this.nodes);
    nameLayers(this.layers);
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
    return readers.length > 0 && readers.every(({ layer }) => layer.className === "Embedding");
  });
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

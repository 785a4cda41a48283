/** Computes the nodes of a graph in their order. */
import { DTypeError, IndexError, OptionError, ShapeError } from "@cellstate/tensor";
import { OnnxFormatError, OnnxNodeError } from "../errors.ts";
import type { OnnxValue } from "../values.ts";
import { type CompiledGraph, type CompiledNode, NodeCall, type RunContext } from "./op.ts";

/** Values by name; those of a graph within a node see the ones around it. */
export class Environment {
  readonly #values = new Map<string, OnnxValue>();
  readonly #constants: ReadonlyMap<string, OnnxValue>;
  readonly #outer: Environment | undefined;

  constructor(constants: ReadonlyMap<string, OnnxValue>, outer?: Environment) {
    this.#constants = constants;
    this.#outer = outer;
  }

  find(name: string): OnnxValue | undefined {
    return this.#values.get(name) ?? this.#constants.get(name) ?? this.#outer?.find(name);
  }

  set(name: string, value: OnnxValue): void {
    this.#values.set(name, value);
  }
}

/** @param inputs  one for each input of the graph */
export function runGraph(
  graph: CompiledGraph,
  inputs: readonly OnnxValue[],
  context: RunContext,
  outer?: Environment,
): OnnxValue[] {
  const environment = new Environment(graph.constants, outer);
  graph.inputs.forEach((name, index) => {
    environment.set(name, inputs[index]!);
  });
  for (const node of graph.nodes) {
    const found = node.inputs.map((name) => (name === "" ? undefined : valueFor(node, name, environment)));
    runNode(node, found, context, environment).forEach((value, index) => {
      const name = node.outputs[index];
      if (value !== undefined && name !== undefined && name !== "") environment.set(name, value);
    });
  }
  return graph.outputs.map((name) => {
    const value = environment.find(name);
    if (value === undefined) throw new OnnxFormatError("the graph", `a node that makes its output ${name}`, "none");
    return value;
  });
}

function valueFor({ place }: CompiledNode, name: string, environment: Environment): OnnxValue {
  const value = environment.find(name);
  if (value === undefined) throw new OnnxFormatError(place, `a value for its input ${name}`, "none");
  return value;
}

/** The outputs of one node, counted. */
export function runNode(
  node: CompiledNode,
  inputs: readonly (OnnxValue | undefined)[],
  context: RunContext,
  environment: Environment,
): readonly (OnnxValue | undefined)[] {
  const { meter } = context;
  meter.step(node.place);
  const call = new NodeCall(node, inputs, context, (body, given) => runGraph(body, given, context, environment));
  const result = guarded(node, () => node.op.run(call));
  const outputs = "kind" in result ? [result] : result;
  for (const output of outputs) {
    if (output !== undefined && !inputs.includes(output)) meter.take(node.place, output.shape);
  }
  return outputs;
}

/** Runs the work of a node; what an op of the session says of shapes and ids becomes an error of the node. */
export function guarded<Result>({ place }: CompiledNode, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const isOfInputs =
      error instanceof ShapeError ||
      error instanceof DTypeError ||
      error instanceof IndexError ||
      error instanceof OptionError ||
      error instanceof RangeError;
    throw isOfInputs ? new OnnxNodeError(place, error.message, { cause: error }) : error;
  }
}

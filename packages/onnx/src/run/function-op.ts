/** An operator that the file itself defines, as the graph of its nodes. */
import { OnnxFormatError } from "../errors.ts";
import type { AttributeMessage, FunctionMessage, GraphMessage, NodeMessage } from "../file/messages.ts";
import type { CompileOptions } from "./compile-options.ts";
import type { CompiledGraph, Op } from "./op.ts";

const MAX_FUNCTION_DEPTH = 32;

/**
 * @param call     the node that calls it, whose attributes replace those that the function's nodes refer to
 * @param compile  makes the body ready
 * @throws {OnnxFormatError} if the function contains itself
 */
export function functionOp(
  definition: FunctionMessage,
  call: NodeMessage,
  options: CompileOptions,
  compile: (graph: GraphMessage, options: CompileOptions) => CompiledGraph,
): Op {
  const { name = "", domain = "", inputs, outputs, opsetImport } = definition;
  const full = `${domain}.${name}`;
  if (options.within.includes(full) || options.within.length >= MAX_FUNCTION_DEPTH) {
    throw new OnnxFormatError(`function ${full}`, "nodes that do not call it again", `${options.within.join(", ")}`);
  }
  const given = new Map(definition.attributes.map((attribute) => [attribute.name, attribute]));
  for (const attribute of call.attributes) given.set(attribute.name, attribute);
  const opsets = new Map([...options.opsets, ...opsetImport.map(opsetEntry)]);
  const graph: GraphMessage = {
    nodes: definition.nodes.map((node) => ({
      ...node,
      attributes: node.attributes.flatMap((a) => resolved(a, given)),
    })),
    initializers: [],
    sparseInitializers: [],
    inputs: inputs.map((input) => ({ name: input })),
    outputs: outputs.map((output) => ({ name: output })),
  };
  const body = compile(graph, { ...options, opsets, within: [...options.within, full] });
  return {
    attributes: call.attributes.map(({ name: attribute = "" }) => attribute),
    folds: false,
    run: (node) => {
      if (node.inputs.length !== inputs.length || node.inputs.includes(undefined)) {
        throw node.fault(`expected ${inputs.length} inputs, got ${node.inputs.length}`);
      }
      return node.runBody(
        body,
        inputs.map((_, index) => node.value(index)),
      );
    },
  };
}

function opsetEntry({ domain = "", version = 1 }: { readonly domain?: string; readonly version?: number }) {
  return [domain, version] as const;
}

/** An attribute with the value of the function's attribute that it refers to; none where that is not given. */
function resolved(
  attribute: AttributeMessage,
  given: ReadonlyMap<string | undefined, AttributeMessage>,
): AttributeMessage[] {
  if (!attribute.refAttrName) return [attribute];
  const value = given.get(attribute.refAttrName);
  return value === undefined ? [] : [{ ...value, name: attribute.name ?? "" }];
}

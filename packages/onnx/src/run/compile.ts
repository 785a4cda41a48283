/**
 * A graph of a file made ready to run: each node with its operator, names checked, constants read, and what depends on constants
 * alone computed once.
 */
import { OnnxFormatError, OnnxUnsupportedError } from "../errors.ts";
import type { AttributeMessage, GraphMessage, NodeMessage, TensorMessage } from "../file/messages.ts";
import { type FileTensor, readTensor } from "../file/tensors.ts";
import { ops } from "../ops.ts";
import { constantValue, type OnnxValue } from "../values.ts";
import { Attributes } from "./attributes.ts";
import type { CompileOptions } from "./compile-options.ts";
import { Environment, guarded, runNode } from "./evaluate.ts";
import { functionOp } from "./function-op.ts";
import { type CompiledGraph, type CompiledNode, NodeCall, type Op, type RunContext } from "./op.ts";

/** The domain of the operators that ONNX defines, by both of its names. */
const isStandardDomain = (domain: string): boolean => domain === "" || domain === "ai.onnx";

/**
 * @param outer  names that the graph sees of the ones around it
 * @throws {OnnxUnsupportedError} naming the first node whose operator or attribute is not there
 * @throws {OnnxFormatError} if a node reads what nothing before it makes
 */
export function compileGraph(
  message: GraphMessage,
  options: CompileOptions,
  outer: ReadonlySet<string>,
): CompiledGraph {
  if (message.sparseInitializers.length > 0) {
    throw new OnnxUnsupportedError("the graph", "a sparse initializer", "export the model with dense tensors");
  }
  const constants = new Map<string, OnnxValue>();
  for (const tensor of message.initializers) {
    const name = tensor.name ?? "";
    constants.set(name, constantOf(tensor, `initializer ${JSON.stringify(name)}`, options));
  }
  // Files of the first versions list initializers among the inputs too, as values that a caller might replace.
  const inputs = message.inputs.map(({ name = "" }) => name).filter((name) => !constants.has(name));
  const known = new Set([...outer, ...inputs, ...constants.keys()]);
  const nodes: CompiledNode[] = [];
  message.nodes.forEach((node, index) => {
    const compiled = compileNode(node, index, options, known);
    for (const name of compiled.outputs) known.add(name);
    if (!foldNode(compiled, constants, options.context)) nodes.push(compiled);
  });
  const outputs = message.outputs.map(({ name = "" }) => name);
  const missing = outputs.find((name) => !known.has(name));
  if (missing !== undefined) throw new OnnxFormatError("the graph", `a node that makes its output ${missing}`, "none");
  return { inputs, outputs, constants, nodes };
}

function constantOf(message: TensorMessage, place: string, { context, external }: CompileOptions): OnnxValue {
  context.meter.take(place, message.dims);
  return constantValue(readTensor(message, place, external), context.session);
}

function compileNode(
  message: NodeMessage,
  index: number,
  options: CompileOptions,
  known: ReadonlySet<string>,
): CompiledNode {
  const { inputs, outputs, opType = "", domain = "", name } = message;
  const place = `node ${JSON.stringify(name || index)} (${domain === "" ? opType : `${domain}.${opType}`})`;
  options.context.meter.step(place);
  const missing = inputs.find((input) => input !== "" && !known.has(input));
  if (missing !== undefined) {
    throw new OnnxFormatError(
      place,
      `the input ${missing} to be made before it`,
      "a name that nothing before it makes",
    );
  }
  const attributes = new Attributes(place, message.attributes);
  const op = operatorOf(message, place, options, known);
  const unknown = attributes.names.find((attribute) => !op.attributes.includes(attribute));
  if (unknown !== undefined) {
    throw new OnnxUnsupportedError(
      place,
      `the attribute ${unknown}`,
      op.attributes.length === 0 ? "it takes none" : `it takes ${op.attributes.join(", ")}`,
    );
  }
  return {
    place,
    op,
    opset: options.opsets.get(domain) ?? options.opsets.get(domain === "" ? "ai.onnx" : "") ?? 1,
    attributes,
    tensors: tensorsOf(message.attributes, place, options),
    bodies: bodiesOf(message.attributes, options, known),
    inputs,
    outputs,
    prepared: undefined,
  };
}

/** Attributes of nodes within functions may refer to those of the function; `function-op.ts` has put them in their place. */
function tensorsOf(
  attributes: readonly AttributeMessage[],
  place: string,
  { external }: CompileOptions,
): Map<string, FileTensor> {
  const tensors = new Map<string, FileTensor>();
  for (const { name = "", t } of attributes) {
    if (t !== undefined) tensors.set(name, readTensor(t, `${place}, attribute ${name}`, external));
  }
  return tensors;
}

function bodiesOf(
  attributes: readonly AttributeMessage[],
  options: CompileOptions,
  known: ReadonlySet<string>,
): Map<string, CompiledGraph> {
  const bodies = new Map<string, CompiledGraph>();
  for (const { name = "", g } of attributes) {
    if (g !== undefined) bodies.set(name, compileGraph(g, options, known));
  }
  return bodies;
}

function operatorOf(message: NodeMessage, place: string, options: CompileOptions, known: ReadonlySet<string>): Op {
  const { opType = "", domain = "" } = message;
  const defined = options.functions.get(`${domain}.${opType}`);
  if (defined !== undefined) {
    return functionOp(defined, message, options, (graph, inner) => compileGraph(graph, inner, known));
  }
  if (isStandardDomain(domain) && Object.hasOwn(ops, opType)) return ops[opType]!;
  throw new OnnxUnsupportedError(
    place,
    `the operator ${isStandardDomain(domain) ? opType : `${domain}.${opType}`}`,
    "the README of @cellstate/onnx lists those that are; export the model without it, or with decompositions",
  );
}

/** Computes a node whose inputs are all constants, or does what can be done of it before. */
function foldNode(node: CompiledNode, constants: Map<string, OnnxValue>, context: RunContext): boolean {
  const inputs = node.inputs.map((name) => constants.get(name));
  const isConstant = inputs.every((value, index) => value !== undefined || node.inputs[index] === "");
  if (isConstant && node.op.folds !== false) {
    runNode(node, inputs, context, new Environment(constants)).forEach((value, index) => {
      const name = node.outputs[index];
      if (value !== undefined && name) constants.set(name, value);
    });
    return true;
  }
  if (node.op.prepare) {
    const call = new NodeCall(node, inputs, context, () => []);
    node.prepared = guarded(node, () => node.op.prepare!(call));
  }
  return false;
}

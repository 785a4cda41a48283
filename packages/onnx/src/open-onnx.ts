/** Opens ONNX models, and runs them. */
import { type OptionNames, requireKnownOptions, type Session } from "@cellstate/tensor";
import { OnnxFormatError, OnnxInputError } from "./errors.ts";
import { type ElementType, elementTypeOf, isFloatType, toWhole } from "./file/element-types.ts";
import { type ModelMessage, modelFields, type OpsetMessage, type ValueInfoMessage } from "./file/messages.ts";
import type { ExternalData } from "./file/tensors.ts";
import { decodeMessage } from "./file/wire.ts";
import { defaultLimits, Meter, type OnnxLimits } from "./limits.ts";
import { operatorBehind } from "./operator-behind.ts";
import { compileGraph } from "./run/compile.ts";
import { runGraph } from "./run/evaluate.ts";
import type { CompiledGraph } from "./run/op.ts";
import { sizeOf } from "./shapes.ts";
import { floatValue, type OnnxValue, wholeValue } from "./values.ts";

export interface OpenOnnxOptions {
  /** Where it computes; it must outlive the model. */
  readonly session: Session;
  /** What the model may take, for files of others. Default: as `OnnxLimits` says. */
  readonly limits?: OnnxLimits | undefined;
  /** The bytes of a file beside the model by the path that the model names. Default: none, and models that need some are refused. */
  readonly externalData?: ExternalData | undefined;
}

const optionNames: OptionNames<OpenOnnxOptions> = { session: true, limits: true, externalData: true };
const limitNames: OptionNames<OnnxLimits> = { maxMessages: true, maxElements: true, maxSteps: true };

/** An input or an output as the model describes it. */
export interface OnnxPort {
  readonly name: string;
  /** Undefined where the file names a type that is not known here. */
  readonly type: ElementType | undefined;
  /** Extents: numbers, or names of those that differ from run to run; undefined where the file does not say. */
  readonly shape: readonly (number | string)[] | undefined;
}

/** Elements and shape, row-major. */
export interface OnnxTensor {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Of `bool` 0 and 1; of 64-bit types whole numbers, exact up to 2^53. */
  readonly data: ArrayLike<number> | readonly string[];
}

/** What a caller gives: the type is the model's. */
export interface OnnxFeed {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number | bigint> | readonly string[];
}

/** An output, and what it is made of. */
export interface OnnxOutput extends OnnxPort {
  /**
   * The operator that its numbers come from, such as `Softmax`, behind those that only rearrange them or change their type; undefined
   * where that is an input, a constant or a function of the file.
   */
  readonly operator: string | undefined;
}

export interface OnnxModel {
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxOutput[];
  /** What the file says of itself, by key. */
  readonly metadata: ReadonlyMap<string, string>;
  /** What wrote it, such as `pytorch`. */
  readonly producer: string;
  /**
   * Computes all outputs, without gradients and in memory that is free afterwards.
   *
   * @param feeds  a tensor for each input, by name
   * @throws {OnnxInputError} if an input is missing, unknown, or of another shape
   * @throws {OnnxNodeError} naming the first node that does not fit what it is fed
   * @throws {OnnxLimitError} if the run takes more than the limits allow
   */
  run(feeds: Readonly<Record<string, OnnxFeed>>): Promise<Record<string, OnnxTensor>>;
}

/**
 * Reads an ONNX model and makes it ready. Nothing in the file is run as code.
 *
 * Call it outside scopes of the session: the model's constants stay until the session ends. Fractions of all sizes are computed in
 * the session's float type.
 *
 * @param bytes  the file
 * @throws {OnnxFormatError} if the bytes are no ONNX model or contradict themselves
 * @throws {OnnxUnsupportedError} naming the node whose operator or attribute is not supported
 * @throws {OnnxLimitError} if the file is too large for the limits
 */
export function openOnnx(bytes: Uint8Array, options: OpenOnnxOptions): OnnxModel {
  requireKnownOptions("openOnnx", options, optionNames);
  requireKnownOptions("openOnnx", options.limits ?? {}, limitNames);
  const { session, externalData } = options;
  const limits = { ...defaultLimits, ...options.limits } as typeof defaultLimits;
  const message = decodeMessage(bytes, modelFields, limits);
  const { graph } = message;
  if (graph === undefined) throw new OnnxFormatError("the file", "an ONNX model with a graph", "none");
  const compileOptions = {
    context: { session, meter: new Meter(limits) },
    opsets: opsetsOf(message),
    functions: new Map(message.functions.map((item) => [`${item.domain ?? ""}.${item.name ?? ""}`, item])),
    external: externalData,
    within: [],
  };
  using _ = session.noGrad();
  const compiled = compileGraph(graph, compileOptions, new Set());
  const ports = new Map(graph.inputs.map((info) => [info.name ?? "", portOf(info)]));
  const inputs = compiled.inputs.map((name) => ports.get(name)!);
  return {
    inputs,
    outputs: graph.outputs.map((info) => ({ ...portOf(info), operator: operatorBehind(graph, info.name ?? "") })),
    metadata: new Map(message.metadata.map(({ key = "", value = "" }) => [key, value])),
    producer: message.producerName ?? "",
    run: async (feeds) => runModel(compiled, inputs, feeds, session, limits),
  };
}

function opsetsOf({ opsetImport }: ModelMessage): Map<string, number> {
  if (opsetImport.length === 0) {
    throw new OnnxFormatError("the file", "the version of the operators that it is written for", "none");
  }
  return new Map(opsetImport.map(({ domain = "", version = 1 }: OpsetMessage) => [domain, version]));
}

function portOf({ name = "", type }: ValueInfoMessage): OnnxPort {
  const shape = type?.tensorType?.shape?.dims.map(({ value, param }) => param ?? value ?? "");
  return { name, type: elementTypeOf(type?.tensorType?.elemType), shape };
}

function runModel(
  graph: CompiledGraph,
  inputs: readonly OnnxPort[],
  feeds: Readonly<Record<string, OnnxFeed>>,
  session: Session,
  limits: typeof defaultLimits,
): Record<string, OnnxTensor> {
  const names = inputs.map(({ name }) => name);
  const unknown = Object.keys(feeds).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new OnnxInputError(`inputs among ${names.join(", ")}`, unknown);
  using _scope = session.scope();
  using _ = session.noGrad();
  const meter = new Meter(limits);
  const values = inputs.map((port) => fedValue(port, feeds[port.name], session));
  for (const { shape } of values) meter.take("run", shape);
  const outputs = runGraph(graph, values, { session, meter });
  return Object.fromEntries(graph.outputs.map((name, index) => [name, tensorOf(outputs[index]!)]));
}

/** A caller's tensor as the model's type. @throws {OnnxInputError} if it does not fit */
function fedValue(port: OnnxPort, feed: OnnxFeed | undefined, session: Session): OnnxValue {
  const { name, type = "float32" } = port;
  if (feed === undefined) throw new OnnxInputError(`the input ${name}`, "none of that name");
  const { shape, data } = feed;
  const wanted = port.shape && `[${port.shape.map((extent) => (extent === "" ? "?" : extent)).join(", ")}]`;
  const fits = (port.shape ?? shape).every((extent, axis) => typeof extent === "string" || extent === shape[axis]);
  if ((port.shape ?? shape).length !== shape.length || !fits) {
    throw new OnnxInputError(`the input ${name} of shape ${wanted}`, `[${shape.join(", ")}]`);
  }
  if (!shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0) || data.length !== sizeOf(shape)) {
    throw new OnnxInputError(`elements for shape [${shape.join(", ")}] of the input ${name}`, `${data.length} of them`);
  }
  const isText = typeof data[0] === "string";
  if (isText !== (type === "string") && data.length > 0) {
    throw new OnnxInputError(`${type} in the input ${name}`, isText ? "strings" : "numbers");
  }
  if (type === "string") return { kind: "text", shape, data: data as readonly string[] };
  const numbers = Array.from(data as ArrayLike<number | bigint>, Number);
  if (isFloatType(type)) return floatValue(session.tensor(numbers, shape));
  const broken = numbers.findIndex((element) => !Number.isInteger(element));
  if (broken >= 0) throw new OnnxInputError(`whole numbers in the input ${name}`, `${numbers[broken]} at ${broken}`);
  return wholeValue(
    type,
    shape,
    numbers.map((element) => toWhole(element, type)),
  );
}

function tensorOf(value: OnnxValue): OnnxTensor {
  switch (value.kind) {
    case "float":
      return { type: value.tensor.dtype as ElementType, shape: value.shape, data: value.tensor.readSync() };
    case "whole":
      return { type: value.type, shape: value.shape, data: value.data };
    case "text":
      return { type: "string", shape: value.shape, data: value.data };
    default:
      return value satisfies never;
  }
}

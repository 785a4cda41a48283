/**
 * The messages of an ONNX file that this package reads and writes: what they hold, and the numbers by which the format knows
 * their fields. Fields that are not listed are skipped.
 *
 * @see https://onnx.ai/onnx/repo-docs/IR.html and the field numbers that `onnx.proto` publishes
 */
import type { MessageFields } from "./wire.ts";

export interface ModelMessage {
  readonly irVersion?: number;
  readonly producerName?: string;
  readonly producerVersion?: string;
  readonly docString?: string;
  readonly graph?: GraphMessage;
  readonly opsetImport: readonly OpsetMessage[];
  readonly metadata: readonly EntryMessage[];
  readonly functions: readonly FunctionMessage[];
}

/** Which version of the operators of a domain a model is written for. */
export interface OpsetMessage {
  readonly domain?: string;
  readonly version?: number;
}

interface EntryMessage {
  readonly key?: string;
  readonly value?: string;
}

export interface GraphMessage {
  readonly nodes: readonly NodeMessage[];
  readonly name?: string;
  readonly initializers: readonly TensorMessage[];
  readonly sparseInitializers: readonly EmptyMessage[];
  readonly inputs: readonly ValueInfoMessage[];
  readonly outputs: readonly ValueInfoMessage[];
}

/** A message of which only the presence counts. */
type EmptyMessage = Readonly<Record<never, never>>;

export interface NodeMessage {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly name?: string;
  readonly opType?: string;
  readonly domain?: string;
  readonly attributes: readonly AttributeMessage[];
}

export interface AttributeMessage {
  readonly name?: string;
  readonly type?: number;
  /** Of a node in a function: the function's attribute that it takes its value from. */
  readonly refAttrName?: string;
  readonly f?: number;
  readonly i?: number;
  readonly s?: Uint8Array;
  readonly t?: TensorMessage;
  readonly g?: GraphMessage;
  readonly floats: readonly number[];
  readonly ints: readonly number[];
  readonly strings: readonly Uint8Array[];
}

/** What an attribute holds, by `AttributeMessage.type`. */
export const attributeTypes = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
} as const;

export interface TensorMessage {
  readonly dims: readonly number[];
  readonly dataType?: number;
  readonly name?: string;
  readonly rawData?: Uint8Array;
  readonly floatData: readonly number[];
  readonly int32Data: readonly number[];
  readonly int64Data: readonly number[];
  readonly uint64Data: readonly number[];
  readonly doubleData: readonly number[];
  readonly stringData: readonly Uint8Array[];
  /** 1: the elements are in another file. */
  readonly dataLocation?: number;
  readonly externalData: readonly EntryMessage[];
}

export interface ValueInfoMessage {
  readonly name?: string;
  readonly type?: TypeMessage;
}

interface TypeMessage {
  readonly tensorType?: TensorTypeMessage;
}

interface TensorTypeMessage {
  readonly elemType?: number;
  readonly shape?: ShapeMessage;
}

interface ShapeMessage {
  readonly dims: readonly DimensionMessage[];
}

/** An extent: a number, or a name for one that differs from run to run. */
interface DimensionMessage {
  readonly value?: number;
  readonly param?: string;
}

/** An operator that the file defines by nodes of others. */
export interface FunctionMessage {
  readonly name?: string;
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly NodeMessage[];
  /** Attributes with default values. */
  readonly attributes: readonly AttributeMessage[];
  readonly opsetImport: readonly OpsetMessage[];
}

const entryFields: MessageFields<EntryMessage> = {
  key: { number: 1, kind: "string" },
  value: { number: 2, kind: "string" },
};

const opsetFields: MessageFields<OpsetMessage> = {
  domain: { number: 1, kind: "string" },
  version: { number: 2, kind: "int64" },
};

const emptyFields: MessageFields<EmptyMessage> = {};

const tensorFields: MessageFields<TensorMessage> = {
  dims: { number: 1, kind: "int64", repeated: true },
  dataType: { number: 2, kind: "int32" },
  floatData: { number: 4, kind: "float", repeated: true },
  int32Data: { number: 5, kind: "int32", repeated: true },
  stringData: { number: 6, kind: "bytes", repeated: true },
  int64Data: { number: 7, kind: "int64", repeated: true },
  name: { number: 8, kind: "string" },
  rawData: { number: 9, kind: "bytes" },
  doubleData: { number: 10, kind: "double", repeated: true },
  uint64Data: { number: 11, kind: "uint64", repeated: true },
  externalData: { number: 13, kind: () => entryFields, repeated: true },
  dataLocation: { number: 14, kind: "int32" },
};

const dimensionFields: MessageFields<DimensionMessage> = {
  value: { number: 1, kind: "int64" },
  param: { number: 2, kind: "string" },
};

const shapeFields: MessageFields<ShapeMessage> = { dims: { number: 1, kind: () => dimensionFields, repeated: true } };

const tensorTypeFields: MessageFields<TensorTypeMessage> = {
  elemType: { number: 1, kind: "int32" },
  shape: { number: 2, kind: () => shapeFields },
};

const typeFields: MessageFields<TypeMessage> = { tensorType: { number: 1, kind: () => tensorTypeFields } };

const valueInfoFields: MessageFields<ValueInfoMessage> = {
  name: { number: 1, kind: "string" },
  type: { number: 2, kind: () => typeFields },
};

const attributeFields: MessageFields<AttributeMessage> = {
  name: { number: 1, kind: "string" },
  f: { number: 2, kind: "float" },
  i: { number: 3, kind: "int64" },
  s: { number: 4, kind: "bytes" },
  t: { number: 5, kind: () => tensorFields },
  g: { number: 6, kind: () => graphFields },
  floats: { number: 7, kind: "float", repeated: true },
  ints: { number: 8, kind: "int64", repeated: true },
  strings: { number: 9, kind: "bytes", repeated: true },
  type: { number: 20, kind: "int32" },
  refAttrName: { number: 21, kind: "string" },
};

const nodeFields: MessageFields<NodeMessage> = {
  inputs: { number: 1, kind: "string", repeated: true },
  outputs: { number: 2, kind: "string", repeated: true },
  name: { number: 3, kind: "string" },
  opType: { number: 4, kind: "string" },
  attributes: { number: 5, kind: () => attributeFields, repeated: true },
  domain: { number: 7, kind: "string" },
};

const graphFields: MessageFields<GraphMessage> = {
  nodes: { number: 1, kind: () => nodeFields, repeated: true },
  name: { number: 2, kind: "string" },
  initializers: { number: 5, kind: () => tensorFields, repeated: true },
  inputs: { number: 11, kind: () => valueInfoFields, repeated: true },
  outputs: { number: 12, kind: () => valueInfoFields, repeated: true },
  sparseInitializers: { number: 15, kind: () => emptyFields, repeated: true },
};

const functionFields: MessageFields<FunctionMessage> = {
  name: { number: 1, kind: "string" },
  inputs: { number: 4, kind: "string", repeated: true },
  outputs: { number: 5, kind: "string", repeated: true },
  nodes: { number: 7, kind: () => nodeFields, repeated: true },
  opsetImport: { number: 9, kind: () => opsetFields, repeated: true },
  domain: { number: 10, kind: "string" },
  attributes: { number: 11, kind: () => attributeFields, repeated: true },
};

/** A whole file. */
export const modelFields: MessageFields<ModelMessage> = {
  irVersion: { number: 1, kind: "int64" },
  producerName: { number: 2, kind: "string" },
  producerVersion: { number: 3, kind: "string" },
  docString: { number: 6, kind: "string" },
  graph: { number: 7, kind: () => graphFields },
  opsetImport: { number: 8, kind: () => opsetFields, repeated: true },
  metadata: { number: 14, kind: () => entryFields, repeated: true },
  functions: { number: 25, kind: () => functionFields, repeated: true },
};

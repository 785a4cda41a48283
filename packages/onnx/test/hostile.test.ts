/** Files that are damaged, hostile, or need what is not there: each is refused by an error that says why. */
import { createSession, type Session } from "@cellstate/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { elementNumbers } from "../src/file/element-types.ts";
import {
  attributeTypes,
  type FunctionMessage,
  type ModelMessage,
  modelFields,
  type NodeMessage,
  type TensorMessage,
} from "../src/file/messages.ts";
import { encodeMessage } from "../src/file/wire.ts";
import {
  OnnxFormatError,
  OnnxInputError,
  OnnxLimitError,
  OnnxNodeError,
  OnnxUnsupportedError,
  type OpenOnnxOptions,
  openOnnx,
} from "../src/index.ts";

let session: Session;
beforeAll(async () => {
  session = await createSession({ backend: "wasm", threads: 1 });
});
afterAll(() => session.dispose());

const node = (opType: string, inputs: string[], outputs: string[], more: Partial<NodeMessage> = {}): NodeMessage => ({
  opType,
  inputs,
  outputs,
  attributes: [],
  ...more,
});
const intAttribute = (name: string, i: number) => ({
  name,
  type: attributeTypes.int,
  i,
  floats: [],
  ints: [],
  strings: [],
});
const tensor = (name: string, dims: readonly number[], more: Partial<TensorMessage> = {}): TensorMessage => ({
  name,
  dims,
  dataType: elementNumbers.float32,
  floatData: [],
  int32Data: [],
  int64Data: [],
  uint64Data: [],
  doubleData: [],
  stringData: [],
  externalData: [],
  ...more,
});

/** A model from `x`, `[n]` float32, to `y`. */
function fileOf(
  nodes: readonly NodeMessage[],
  initializers: readonly TensorMessage[] = [],
  functions: readonly FunctionMessage[] = [],
): Uint8Array {
  const dims = [{ param: "n" }];
  const model: ModelMessage = {
    irVersion: 8,
    opsetImport: [{ domain: "", version: 17 }],
    metadata: [],
    functions,
    graph: {
      nodes,
      initializers,
      sparseInitializers: [],
      inputs: [{ name: "x", type: { tensorType: { elemType: elementNumbers.float32, shape: { dims } } } }],
      outputs: [{ name: "y" }],
    },
  };
  return encodeMessage(model, modelFields);
}

const open = (bytes: Uint8Array, options: Partial<OpenOnnxOptions> = {}) => openOnnx(bytes, { session, ...options });
const x = { shape: [2], data: [1, 2] };

describe("a file", () => {
  test("cut off at any byte is refused", () => {
    const whole = fileOf([node("Neg", ["x"], ["y"])], [tensor("w", [2], { floatData: [1, 2] })]);
    for (let end = 0; end < whole.length; end++) {
      expect(() => open(whole.subarray(0, end))).toThrow(OnnxFormatError);
    }
  });

  test("that is no model says what came", () => {
    expect(() => open(new TextEncoder().encode("PK not a model"))).toThrow(
      /expected an ONNX model, got bytes that are none/,
    );
    expect(() => open(new Uint8Array(0))).toThrow("the file: expected an ONNX model with a graph, got none");
  });

  test("with more messages than allowed is refused before they are kept", () => {
    const many = fileOf(
      Array.from({ length: 50 }, (_, index) => node("Neg", ["x"], [index === 0 ? "y" : `y${index}`])),
    );
    expect(() => open(many, { limits: { maxMessages: 40 } })).toThrow(
      new OnnxLimitError("the file", "its number of messages", 40, "maxMessages"),
    );
  });

  test("whose elements contradict their shape is refused, before memory is taken for the shape", () => {
    const huge = tensor("w", [1e6, 1e6], { rawData: new Uint8Array(4) });
    expect(() => open(fileOf([node("Add", ["x", "w"], ["y"])], [huge]))).toThrow(OnnxLimitError);
    const short = tensor("w", [3], { rawData: new Uint8Array(4) });
    expect(() => open(fileOf([node("Add", ["x", "w"], ["y"])], [short]))).toThrow(
      'initializer "w": expected 12 bytes of float32, got 4',
    );
  });
});

describe("a node", () => {
  test("of an operator that is not there is named", () => {
    const bytes = fileOf([node("NonMaxSuppression", ["x"], ["y"], { name: "/boxes" })]);
    expect(() => open(bytes)).toThrow(OnnxUnsupportedError);
    expect(() => open(bytes)).toThrow(
      'node "/boxes" (NonMaxSuppression): the operator NonMaxSuppression is not supported; the README of @cellstate/onnx lists those that are',
    );
    const custom = fileOf([node("DynamicQuantizeLSTM", ["x"], ["y"], { domain: "com.microsoft" })]);
    expect(() => open(custom)).toThrow("the operator com.microsoft.DynamicQuantizeLSTM is not supported");
  });

  test("with an attribute that is not there is named, with those that are", () => {
    const bytes = fileOf([node("Concat", ["x", "x"], ["y"], { attributes: [intAttribute("twist", 1)] })]);
    expect(() => open(bytes)).toThrow("node 0 (Concat): the attribute twist is not supported; it takes axis");
  });

  test("that reads what nothing makes is refused", () => {
    expect(() => open(fileOf([node("Neg", ["z"], ["y"])]))).toThrow(
      "node 0 (Neg): expected the input z to be made before it, got a name that nothing before it makes",
    );
  });

  test("that does not fit its inputs is named when it runs", async () => {
    const bytes = fileOf([node("Add", ["x", "w"], ["y"])], [tensor("w", [3], { floatData: [1, 2, 3] })]);
    await expect(open(bytes).run({ x })).rejects.toThrow(
      new OnnxNodeError("node 0 (Add)", "expected shapes that broadcast, got float32 [2] and float32 [3]"),
    );
  });
});

describe("a model", () => {
  test("that would take more elements than allowed is stopped before it does", async () => {
    const size = { dataType: elementNumbers.int64, int64Data: [1e9] };
    const bytes = fileOf(
      [node("ConstantOfShape", ["w"], ["z"]), node("Add", ["x", "z"], ["y"])],
      [tensor("w", [1], size)],
    );
    expect(() => open(bytes)).toThrow(
      /node 0 \(ConstantOfShape\): the number of elements exceeds the limit of 536870912/,
    );
    const doubled = fileOf([
      node("Concat", ["x", "x"], ["a"], { attributes: [intAttribute("axis", 0)] }),
      node("Concat", ["a", "a"], ["y"], { attributes: [intAttribute("axis", 0)] }),
    ]);
    await expect(open(doubled, { limits: { maxElements: 13 } }).run({ x })).rejects.toThrow(OnnxLimitError);
  });

  test("whose loop does not end is stopped", async () => {
    const body = {
      nodes: [node("Identity", ["go"], ["go_on"]), node("Neg", ["s"], ["t"])],
      initializers: [],
      sparseInitializers: [],
      inputs: [{ name: "i" }, { name: "go" }, { name: "s" }],
      outputs: [{ name: "go_on" }, { name: "t" }],
    };
    const attribute = { name: "body", type: attributeTypes.graph, g: body, floats: [], ints: [], strings: [] };
    const bytes = fileOf([node("Loop", ["", "", "x"], ["y"], { attributes: [attribute] })]);
    await expect(open(bytes, { limits: { maxSteps: 1000 } }).run({ x })).rejects.toThrow(
      /the number of nodes computed exceeds the limit of 1000; if the file is to be trusted, raise limits.maxSteps/,
    );
  });

  test("with a function that calls itself is refused", () => {
    const twice: FunctionMessage = {
      name: "Twice",
      domain: "own",
      inputs: ["a"],
      outputs: ["b"],
      nodes: [node("Twice", ["a"], ["b"], { domain: "own" })],
      attributes: [],
      opsetImport: [],
    };
    expect(() => open(fileOf([node("Twice", ["x"], ["y"], { domain: "own" })], [], [twice]))).toThrow(
      "function own.Twice: expected nodes that do not call it again",
    );
  });

  test("with a function of its own runs it", async () => {
    const twice: FunctionMessage = {
      name: "Twice",
      domain: "own",
      inputs: ["a"],
      outputs: ["b"],
      nodes: [node("Add", ["a", "a"], ["b"])],
      attributes: [],
      opsetImport: [{ domain: "", version: 17 }],
    };
    const model = open(fileOf([node("Twice", ["x"], ["y"], { domain: "own" })], [], [twice]));
    expect(Array.from((await model.run({ x })).y!.data as ArrayLike<number>)).toEqual([2, 4]);
  });

  test("with tensors in other files needs the option that hands them over", async () => {
    const entries = [
      { key: "location", value: "weights.bin" },
      { key: "offset", value: "4" },
      { key: "length", value: "8" },
    ];
    const bytes = fileOf(
      [node("Add", ["x", "w"], ["y"])],
      [tensor("w", [2], { dataLocation: 1, externalData: entries })],
    );
    expect(() => open(bytes)).toThrow(
      'initializer "w": a tensor in another file (weights.bin) is not supported; export the model as one file, or hand over its files with the option externalData',
    );
    const weights = new Uint8Array(Float32Array.of(9, 10, 20).buffer);
    const model = open(bytes, { externalData: (path) => (path === "weights.bin" ? weights : undefined) });
    expect(Array.from((await model.run({ x })).y!.data as ArrayLike<number>)).toEqual([11, 22]);
    expect(() => open(bytes, { externalData: () => weights.subarray(0, 8) })).toThrow(
      'initializer "w": expected 12 bytes in weights.bin, got 8',
    );
  });

  test("is fed what it takes, and nothing else", async () => {
    const model = open(fileOf([node("Neg", ["x"], ["y"])]));
    await expect(model.run({})).rejects.toThrow(new OnnxInputError("the input x", "none of that name"));
    await expect(model.run({ x, z: x })).rejects.toThrow("run: expected inputs among x, got z");
    await expect(model.run({ x: { shape: [2, 1], data: [1, 2] } })).rejects.toThrow(
      "run: expected the input x of shape [n], got [2, 1]",
    );
    await expect(model.run({ x: { shape: [3], data: [1, 2] } })).rejects.toThrow(
      "run: expected elements for shape [3] of the input x, got 2 of them",
    );
    await expect(model.run({ x: { shape: [1], data: ["one"] } })).rejects.toThrow(
      "expected float32 in the input x, got strings",
    );
  });

  test("refuses options that it does not know", () => {
    expect(() => open(fileOf([]), { threads: 2 } as object)).toThrow(/expected options to be among session, limits/);
  });
});

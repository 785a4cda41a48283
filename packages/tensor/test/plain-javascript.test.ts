/** What TypeScript would refuse is refused at run time too: names that are in no list, sizes that are no whole numbers. */
import { beforeAll, expect, test } from "vitest";
import * as tensor from "../src/index.ts";

/** As a caller without types sees the package. */
const untyped = tensor as unknown as Record<string, (...args: unknown[]) => unknown>;
let session: tensor.Session;
let x: tensor.Tensor;

beforeAll(async () => {
  session = await tensor.createSession({ backend: "reference" });
  x = session.tensor([1, 2, 3, 4, 5, 6], [2, 3]);
});

test.each([
  [{ backend: "gpu" }, "expected backend auto, reference, wasm, native, got gpu"],
  [{ dtype: "float16" }, "expected dtype float32 or float64, got float16"],
  [{ backend: "reference", dtype: "double" }, "expected dtype float32 or float64, got double"],
  [{ thread: 4 }, "expected options to be among backend, threads, dtype, got thread; did you mean threads?"],
  [null, "createSession: expected options to be an object, got null"],
  ["native", "createSession: expected options to be an object, got native"],
])("createSession refuses %j", async (options, message) => {
  await expect(tensor.createSession(options as object)).rejects.toThrow(message);
});

test.each([[undefined], [2], ["2"], [{ 0: 2 }]])("a tensor's shape cannot be %j", (shape) => {
  expect(() => session.tensor([1, 2], shape as never)).toThrow(`tensor: expected a shape such as [2, 3], got ${shape}`);
  expect(() => session.zeros(shape as never)).toThrow(tensor.ShapeError);
});

test.each([[[-2, -3]], [[-6, -1]], [[-1, -1]], [[1.5, 4]], [[Number.NaN, 6]], [[Number.POSITIVE_INFINITY, 0]]])(
  "reshape refuses %j",
  (shape) => {
    expect(() => tensor.reshape(x, shape)).toThrow(
      `reshape: expected extents that are integers >= 0, of which one may be -1, got [${shape.join(", ")}]`,
    );
  },
);

test("one extent of a shape may be left to the others", () => {
  expect(tensor.reshape(x, [3, -1]).shape).toEqual([3, 2]);
  expect(() => tensor.reshape(x, [4, -1])).toThrow("a shape of 6 elements");
  expect(() => tensor.reshape(session.zeros([0, 3]), [0, -1])).toThrow("a shape of 0 elements");
});

test.each<[string, () => unknown, string]>([
  ["a fraction of a row", () => untyped.gatherRows!(x, [0.5]), "id 0.5 at position 0"],
  ["a fraction of a class", () => untyped.crossEntropy!(x, [0.5, 1]), "target 0.5 at position 0 is not one of 3"],
  [
    "a class that the weight has not",
    () => tensor.linearCrossEntropy(x, session.zeros([4, 3]), Int32Array.of(0, 4)),
    "linearCrossEntropy: target 4 at position 1 is not one of 4 classes",
  ],
  [
    "a weight of other features",
    () => tensor.linearCrossEntropy(x, session.zeros([4, 2]), Int32Array.of(0, 1)),
    "linearCrossEntropy: expected a weight of shape [classes, 3], got [4, 2]",
  ],
  [
    "a bias of another size",
    () => tensor.linearCrossEntropy(x, session.zeros([4, 3]), Int32Array.of(0, 1), { bias: session.zeros([3]) }),
    "linearCrossEntropy: expected a bias of shape [4], got [3]",
  ],
  ["smoothing of 2", () => tensor.crossEntropy(x, Int32Array.of(0, 1), { labelSmoothing: 2 }), "in [0, 1), got 2"],
  ["smoothing of NaN", () => tensor.crossEntropy(x, Int32Array.of(0, 1), { labelSmoothing: Number.NaN }), "got NaN"],
  ["a reduction", () => untyped.crossEntropy!(x, Int32Array.of(0, 1), { reduction: "sum" }), "got reduction"],
  ["a pooling", () => untyped.poolOverTime!(session.zeros([1, 2, 2]), "median", Int32Array.of(2)), "got median"],
  ["a permutation of NaN", () => new tensor.Rng(1).stream("a").permutation(Number.NaN), "an integer >= 0, got NaN"],
  ["nothing to fill with", () => session.full([1], undefined as unknown as number), "a number to fill with"],
  [
    "an attention score",
    () => {
      const keys = session.zeros([1, 2, 2]);
      return untyped.attend!(session.zeros([1, 2]), keys, keys, Int32Array.of(2), { kind: "general" });
    },
    "expected a score of kind dot or additive, got general",
  ],
])("%s is refused", (_, call, message) => {
  expect(call).toThrow(message);
});

const weights = (gates: number) => ({
  weightIh: session.zeros([gates * 2, 3]),
  weightHh: session.zeros([gates * 2, 2]),
  biasIh: session.zeros([gates * 2]),
  biasHh: session.zeros([gates * 2]),
});

test.each<[string, (options: object) => unknown]>([
  ["tensor", (options) => session.tensor([1], [1], options)],
  ["full", (options) => session.full([1], 1, options)],
  ["full", (options) => session.zeros([1], options)],
  ["matmul", (options) => tensor.matmul(x, x, { transposeB: true, ...options })],
  ["embedding", (options) => tensor.embedding(x, session.zeros([1], { dtype: "int32" }), options)],
  ["crossEntropy", (options) => tensor.crossEntropy(x, Int32Array.of(0, 1), options)],
  ["linearCrossEntropy", (options) => tensor.linearCrossEntropy(x, x, Int32Array.of(0, 1), options)],
  ["lstm", (options) => tensor.lstm(session.zeros([1, 1, 3]), weights(4), options)],
  ["gru", (options) => tensor.gru(session.zeros([1, 1, 3]), weights(3), options)],
  ["rnn", (options) => tensor.rnn(session.zeros([1, 1, 3]), weights(1), options)],
  [
    "lstm",
    (options) => {
      const direction = { weights: weights(4), options };
      return tensor.bidirectionalLstm(session.zeros([1, 1, 3]), [direction, direction]);
    },
  ],
])("%s refuses an option that it would ignore", (owner, call) => {
  expect(() => call({ colour: 1 })).toThrow(tensor.OptionError);
  expect(() => call({ colour: 1 })).toThrow(
    new RegExp(`^${owner}: expected options to be among [\\w, ]+, got colour$`),
  );
  expect(call({})).toBeDefined();
});

test("a value that is no number is shown as what it is", () => {
  const { message } = new tensor.OptionError("Lstm", "hiddenSize", "an integer >= 1", "10");
  expect(message).toBe('Lstm: expected hiddenSize to be an integer >= 1, got "10"');
  expect(new tensor.OptionError("Lstm", "hiddenSize", "an integer", { units: 10 }).message).toContain("got { units }");
});

test.each([
  ["adamStep", "beta1"],
  ["adamStep", "gradientScale"],
  ["sgdStep", "learningRate"],
  ["rmspropStep", "alpha"],
  ["adagradStep", "learningRateDecay"],
  ["nadamStep", "momentumDecay"],
  ["adamaxStep", "beta2"],
  ["lambStep", "epsilon"],
  ["adadeltaStep", "rho"],
  ["asgdStep", "averageAfterSteps"],
  ["lionStep", "beta1"],
])("%s refuses to run without %s, which would leave NaN in every weight", (name, missing) => {
  const parameter = session.tensor([1, 2], [2], { requiresGrad: true });
  const zeros = ["firstMoment", "secondMoment", "meanSquare", "squareSum", "largestGradient", "meanSquaredStep"];
  const others = ["average", "meanGradient"];
  const moments = Object.fromEntries([...zeros, ...others].map((moment) => [moment, session.zeros([2])]));
  const stepped = { ...moments, name: "weight", parameter, step: 1 };
  const gradient = { kind: "dense", values: session.tensor([1, 1], [2]) };
  const numbers = { learningRate: 1, weightDecay: 0, gradientScale: 1, epsilon: 1e-8, momentum: 0, alpha: 0.9 };
  const decays = { learningRateDecay: 0, momentumDecay: 0, averageAfterSteps: 0, lambda: 0, alpha: 0.9 };
  const options = { ...numbers, ...decays, beta1: 0.9, beta2: 0.9, rho: 0.9 };
  for (const value of [undefined, Number.NaN, Number.POSITIVE_INFINITY, null]) {
    const step = () => untyped[name]!([{ ...stepped, gradient }], { ...options, [missing]: value });
    expect(step).toThrow(tensor.OptionError);
    expect(step).toThrow(`${name}: expected ${missing} to be a finite number, got ${value}`);
  }
  expect([...parameter.readSync()]).toEqual([1, 2]);
  untyped[name]!([{ ...stepped, gradient }], options);
  expect(parameter.readSync()[0]).toBeLessThan(1);
});

/** Layers that are applied to each step, and output layers that share a table. */
import { add, backward, createSession, denseGradient, Rng, square, sum } from "@cellstate/tensor";
import { checkGradients, toEqualTensorBits } from "@cellstate/tensor/testing";
import { expect, test } from "vitest";
import { Conv1d } from "../convolution/conv1d.ts";
import { linearCrossEntropy } from "../losses/cross-entropy.ts";
import { namedParameters } from "../module.ts";
import { BatchNorm } from "./batch-norm.ts";
import { Embedding } from "./embedding.ts";
import { Linear } from "./linear.ts";
import { TiedLinear } from "./tied-linear.ts";
import { TimeDistributed } from "./time-distributed.ts";

expect.extend({ toEqualTensorBits });

const session = await createSession({ backend: "reference", dtype: "float64" });
const stream = new Rng(2).stream("layers");
const lengths = Int32Array.of(3, 0, 1);

test("TimeDistributed applies a layer of its own axes to each real step and gives zeros elsewhere", () => {
  const conv = new Conv1d(session, { inputSize: 2, outputSize: 3, kernelSize: 2, stream });
  const layer = new TimeDistributed(conv);
  const x = session.tensor(stream.fork("x").normal(3 * 3 * 4 * 2), [3, 3, 4, 2]);
  const output = layer.forward(x, lengths);
  expect(output.shape).toEqual([3, 3, 3, 3]);
  const alone = conv.forward(session.tensor(x.readSync().subarray(6 * 8, 7 * 8), [1, 4, 2])).readSync();
  expect(output.readSync().slice(6 * 9, 7 * 9)).toEqualTensorBits(alone);
  expect(
    output
      .readSync()
      .slice(3 * 9, 6 * 9)
      .every((value) => value === 0),
  ).toBe(true);
  expect([...layer.parameters().keys()]).toEqual(["weight", "bias"]);
});

test("TimeDistributed's gradients agree with central differences, and padding reaches none", () => {
  const layer = new TimeDistributed(new Linear(session, { inputSize: 2, outputSize: 2, stream }));
  const values = stream.fork("x").normal(18);
  const x = session.tensor(values, [3, 3, 2], { requiresGrad: true });
  const loss = () => sum(square(layer.forward(x, lengths)));
  checkGradients(loss, [x, ...layer.parameters().values()], { eps: 1e-5, rtol: 1e-6 });
  const gradientOf = (filler: number) => {
    values.fill(filler, 6, 12).fill(filler, 14);
    const output = layer.forward(session.tensor(values, [3, 3, 2]), lengths);
    return denseGradient(backward(sum(square(output))).get(layer.parameters().get("weight")!)!).readSync();
  };
  expect(gradientOf(Number.NaN)).toEqualTensorBits(gradientOf(0));
});

test("TimeDistributed hands on the buffers of its layer, and refuses an input without time", () => {
  const norm = new BatchNorm(session, { size: 2, stream });
  const step = { training: false, step: 0, examples: Int32Array.of() };
  const layer = new TimeDistributed({
    forward: (rows) => norm.forward(rows, step),
    parameters: () => norm.parameters(),
    buffers: () => norm.buffers(),
  });
  expect([...layer.buffers().keys()]).toEqual(["running_mean", "running_var"]);
  expect(() => layer.forward(session.zeros([2, 3]))).toThrow(
    "TimeDistributed: expected input of shape [batch, time, ...], got [2, 3]",
  );
});

test.each([4, 3])(
  "a TiedLinear over %i features scores by the table, whose gradient is that of both uses",
  (inputSize) => {
    const embedding = new Embedding(session, { vocabSize: 5, embeddingSize: 4, stream });
    const output = new TiedLinear(session, { embedding, inputSize, stream });
    const names = inputSize === 4 ? ["output.bias"] : ["output.projection.weight", "output.bias"];
    expect([...namedParameters({ embedding, output }).keys()]).toEqual(["embedding.weight", ...names]);
    const x = session.tensor(stream.fork("x").normal(2 * inputSize), [2, inputSize], { requiresGrad: true });
    const ids = session.tensor([1, 4, 1], [3], { dtype: "int32" });
    const loss = () => add(sum(square(output.forward(x))), sum(square(embedding.forward(ids))));
    checkGradients(loss, [x, embedding.weight, ...output.parameters().values()], { eps: 1e-5, rtol: 1e-6 });
    const { weight, bias } = output;
    const fused = linearCrossEntropy(output.project(x), weight, Int32Array.of(1, 2), { bias });
    expect(fused.item()).toBeGreaterThan(0);
  },
);

/** Convolution and pooling over time: against PyTorch and Keras, gradients, ragged rows, bits. */
import { add, backward, createSession, denseGradient, mul, Rng, type Session, square, sum } from "@cellstate/tensor";
import { checkGradients, toEqualTensorBits } from "@cellstate/tensor/testing";
import { describe, expect, test } from "vitest";
import { goldenLayers, goldenPrecisions, holdToGolden } from "../../test/layers-golden.ts";
import { expectSameBits } from "../../test/support/same-bits.ts";
import { Conv1d, type Conv1dOptions } from "./conv1d.ts";
import { averagePool1d, maxPool1d, type PoolOptions } from "./pool1d.ts";
import { gridWindows, type Padding, windowCount } from "./windows.ts";

expect.extend({ toEqualTensorBits });

const pools = { max: maxPool1d, average: averagePool1d };
const stream = new Rng(6).stream("convolution");

describe.each(goldenPrecisions)("in $dtype", (precision) => {
  test.each(goldenLayers("conv1d"))("Conv1d gives the same, forward and backward: $name", async (golden) => {
    await holdToGolden(golden, precision, (session, draws) => {
      const layer = new Conv1d(session, { ...(golden.options as unknown as Conv1dOptions), stream: draws });
      return { module: layer, forward: ({ x }) => ({ output: layer.forward(x!) }) };
    });
  });

  test.each(goldenLayers("pool1d"))("pooling gives the same, forward and backward: $name", async (golden) => {
    const { kind, ...options } = golden.options as unknown as PoolOptions & { kind: "max" | "average" };
    await holdToGolden(golden, precision, () => ({ forward: ({ x }) => ({ output: pools[kind](x!, options) }) }));
  });
});

const kinds: readonly { padding: Padding; stride: number; dilation: number; groups: number }[] = [
  { padding: "valid", stride: 1, dilation: 2, groups: 1 },
  { padding: "same", stride: 2, dilation: 1, groups: 2 },
  { padding: "causal", stride: 3, dilation: 2, groups: 4 },
  { padding: 2, stride: 2, dilation: 1, groups: 1 },
];

describe.each(kinds)("with padding $padding, stride $stride, dilation $dilation and $groups groups", (options) => {
  const make = (session: Session) =>
    new Conv1d(session, { inputSize: 4, outputSize: 4, kernelSize: 3, ...options, stream });

  test("gradients of ragged rows agree with central differences", async () => {
    const session = await createSession({ backend: "reference", dtype: "float64" });
    const layer = make(session);
    const x = session.tensor(stream.fork("x").normal(3 * 6 * 4), [3, 6, 4], { requiresGrad: true });
    const loss = () => sum(square(layer.forward(x, Int32Array.of(6, 0, 3))));
    checkGradients(loss, [x, ...layer.parameters().values()], { eps: 1e-5, rtol: 1e-6 });
  });

  test("a row gives the same bits alone, in a batch, and whatever stands behind its end", async () => {
    const session = await createSession({ backend: "reference" });
    const layer = make(session);
    const values = stream.fork("row").normal(5 * 4);
    const alone = layer.forward(session.tensor(values, [1, 5, 4])).readSync();
    const batch = new Float64Array(2 * 9 * 4).fill(Number.NaN);
    batch.set(values, 9 * 4);
    const lengths = Int32Array.of(0, 5);
    const output = layer.forward(session.tensor(batch, [2, 9, 4]), lengths);
    const steps = layer.outputLength(9);
    expect(output.shape).toEqual([2, steps, 4]);
    expect([...layer.outputLengths(lengths)]).toEqual([0, alone.length / 4]);
    const want = new Float32Array(2 * steps * 4);
    want.set(alone, steps * 4);
    expect(output.readSync()).toEqualTensorBits(want);
  });

  test("outputs and gradients have the same bits on every backend", async () => {
    await expectSameBits((session) => {
      const layer = make(session);
      const x = session.tensor(stream.fork("x").normal(3 * 11 * 4), [3, 11, 4], { requiresGrad: true });
      const output = layer.forward(x, Int32Array.of(11, 2, 7));
      const values = output.readSync();
      const gradients = backward(sum(mul(output, add(output, 1))));
      const all = [x, ...layer.parameters().values()].map((p) => denseGradient(gradients.get(p)!).readSync());
      return [values, ...all];
    });
  });
});

test("pools see real steps only, and their gradients agree with central differences", async () => {
  const session = await createSession({ backend: "reference", dtype: "float64" });
  const x = session.tensor(stream.fork("x").normal(3 * 6 * 2), [3, 6, 2], { requiresGrad: true });
  const lengths = Int32Array.of(6, 0, 3);
  for (const pool of [maxPool1d, averagePool1d]) {
    const options = { poolSize: 3, stride: 2, padding: "same", lengths } as const;
    checkGradients(() => sum(square(pool(x, options))), [x], { eps: 1e-5, rtol: 1e-6 });
    const values = x.readSync();
    values.fill(1e9, 6 * 2, 12 * 2);
    values.fill(1e9, 15 * 2);
    expect(pool(session.tensor(values, [3, 6, 2]), options).readSync()).toEqual(pool(x, options).readSync());
  }
});

test("a rectified maximum gives its gradient to the first of equal steps, once", async () => {
  const session = await createSession({ backend: "reference" });
  const x = session.tensor([0, 0, 0, 2, 2, 1], [1, 6, 1], { requiresGrad: true });
  const gradient = backward(sum(maxPool1d(x, { poolSize: 3 }))).get(x)!;
  expect([...denseGradient(gradient).readSync()]).toEqual([1, 0, 0, 1, 0, 0]);
});

test("windows of a grid are those of its axes, row-major, with zeros around", () => {
  const windows = { kernelSize: 2, stride: 1, dilation: 1, padding: "same" } as const;
  const { counts, elements } = gridWindows([2, 2], [windows, windows]);
  expect(counts).toEqual([2, 2]);
  expect([...elements]).toEqual([0, 1, 2, 3, 1, -1, 3, -1, 2, 3, -1, -1, 3, -1, -1, -1]);
  expect(windowCount(7, { ...windows, kernelSize: 9, padding: "valid" })).toBe(0);
});

test("options outside their ranges are refused by name", async () => {
  const session = await createSession({ backend: "reference" });
  const sizes = { inputSize: 4, outputSize: 6, kernelSize: 3, stream };
  const make = (more: object) => () => new Conv1d(session, { ...sizes, ...more });
  expect(make({ padding: "full" })).toThrow(
    "Conv1d: expected padding to be valid, same, causal or an integer >= 0, got full",
  );
  expect(make({ groups: 4 })).toThrow("Conv1d: expected groups to be a divisor of inputSize 4 and outputSize 6, got 4");
  expect(make({ strides: 2 })).toThrow(/Conv1d: expected options to be among .*, got strides/);
  expect(() => make({})().forward(session.zeros([1, 5, 3]))).toThrow(
    "Conv1d: expected input of shape [batch, time, 4], got [1, 5, 3]",
  );
  const x = session.zeros([1, 5, 3]);
  expect(() => maxPool1d(x, { poolSize: 0 })).toThrow("maxPool1d: expected poolSize to be an integer >= 1, got 0");
  expect(() => averagePool1d(x, { poolSize: 2, lengths: Int32Array.of(6) })).toThrow("lengths in [0, 5]");
});

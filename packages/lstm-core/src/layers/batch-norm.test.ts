/** Batch normalization against PyTorch and Keras; what it remembers, and that padding counts for nothing. */
import { backward, createSession, denseGradient, mul, Rng, type Session, square, sum } from "@cellstate/tensor";
import { checkGradients, toEqualTensorBits } from "@cellstate/tensor/testing";
import { describe, expect, test } from "vitest";
import type { GoldenTensor } from "../../test/golden-files.ts";
import { goldenLayers, goldenPrecisions, holdToGolden } from "../../test/layers-golden.ts";
import { expectSameBits } from "../../test/support/same-bits.ts";
import {
  evaluationStep,
  loadStateDict,
  namedBuffers,
  namedParameters,
  parameterCount,
  type StepContext,
  stateDict,
} from "../module.ts";
import { BatchNorm, type BatchNormOptions } from "./batch-norm.ts";

expect.extend({ toEqualTensorBits });

interface GoldenOptions {
  readonly layer: Omit<BatchNormOptions, "stream">;
  readonly training: boolean;
  readonly buffers?: Readonly<Record<string, GoldenTensor>>;
  readonly lengths?: readonly number[];
}

const training: StepContext = { training: true, step: 0, examples: Int32Array.of(0, 1, 2) };

describe.each(goldenPrecisions)("in $dtype", (precision) => {
  test.each(goldenLayers("batchNorm"))("gives the same, forward and backward: $name", async (golden) => {
    const { layer: options, training: trains, buffers = {}, lengths } = golden.options as unknown as GoldenOptions;
    // Keras divides by the count plus 1e-7 where there is a mask.
    const tolerance = lengths === undefined ? precision.tolerance : Math.max(precision.tolerance, 1e-6);
    await holdToGolden(golden, { ...precision, tolerance }, (session, stream) => {
      const layer = new BatchNorm(session, { ...options, stream });
      for (const [name, { data }] of Object.entries(buffers)) layer.buffers().get(name)!.write(data);
      return {
        module: layer,
        forward: ({ x }) => {
          const step = { ...training, training: trains };
          const output = layer.forward(x!, step, lengths && Int32Array.from(lengths));
          return { output, running_mean: layer.runningMean, running_var: layer.runningVariance };
        },
      };
    });
  });
});

const stream = new Rng(9).stream("norm");

test("gradients of ragged rows agree with central differences, in training and in evaluation", async () => {
  const session = await createSession({ backend: "reference", dtype: "float64" });
  const layer = new BatchNorm(session, { size: 2, stream });
  const x = session.tensor(stream.fork("x").normal(3 * 4 * 2), [3, 4, 2], { requiresGrad: true });
  const factor = session.tensor(stream.fork("factor").normal(3 * 4 * 2), [3, 4, 2]);
  for (const step of [training, evaluationStep]) {
    const loss = () => sum(square(mul(layer.forward(x, step, Int32Array.of(4, 0, 2)), factor)));
    checkGradients(loss, [x, layer.weight, layer.bias], { eps: 1e-5, rtol: 1e-6 });
  }
});

/** Output, gradients and running values of two rows that are padded with `filler` to `time` steps. */
function run(session: Session, time: number, filler: number) {
  const layer = new BatchNorm(session, { size: 2, stream });
  const values = new Float64Array(2 * time * 2).fill(filler);
  values.set(stream.fork("first").normal(6), 0);
  values.set(stream.fork("second").normal(4), time * 2);
  const output = layer.forward(session.tensor(values, [2, time, 2]), training, Int32Array.of(3, 2));
  const all = output.readSync();
  const gradients = backward(sum(square(output)));
  return [
    [...all.subarray(0, 6), ...all.subarray(time * 2, time * 2 + 4)],
    ...[...layer.parameters().values()].map((p) => denseGradient(gradients.get(p)!).readSync()),
    ...[...layer.buffers().values()].map((buffer) => buffer.readSync()),
  ];
}

test("padding changes no bit of an output, a gradient or a running value", async () => {
  const session = await createSession({ backend: "reference" });
  const wide = run(session, 300, 1e9);
  run(session, 3, 0).forEach((want, index) => {
    expect(wide[index]!).toEqualTensorBits(want);
  });
});

test("results have the same bits on every backend", async () => {
  await expectSameBits((session) => {
    const results = run(session, 5, 0);
    return results;
  });
});

test("what was learned of a batch is used in evaluation, saved, loaded, and no parameter", async () => {
  const session = await createSession({ backend: "reference", dtype: "float64" });
  const make = () => {
    const norm = new BatchNorm(session, { size: 2, momentum: 1, unbiased: false, stream });
    const children = { norm };
    return { norm, parameters: () => namedParameters(children), buffers: () => namedBuffers(children) };
  };
  const model = make();
  const x = session.tensor([1, 10, 3, 30, 5, 50], [3, 2]);
  const trained = model.norm.forward(x, training).readSync();
  expect(model.norm.forward(x, evaluationStep).readSync()).toEqual(trained);
  const saved = stateDict(model);
  expect([...saved.keys()]).toEqual(["norm.weight", "norm.bias", "norm.running_mean", "norm.running_var"]);
  expect(parameterCount(model)).toBe(4);
  const loaded = make();
  loadStateDict(loaded, saved);
  expect(loaded.norm.forward(x, evaluationStep).readSync()).toEqual(trained);
  saved.delete("norm.running_var");
  expect(() => loadStateDict(loaded, saved)).toThrow("missing: norm.running_var [2]");
});

test("a batch without any position moves nothing, one of a single position gives the bias", async () => {
  const session = await createSession({ backend: "reference" });
  const layer = new BatchNorm(session, { size: 2, stream });
  layer.forward(session.zeros([2, 3, 2]), training, Int32Array.of(0, 0));
  expect([...layer.runningMean.readSync(), ...layer.runningVariance.readSync()]).toEqual([0, 0, 1, 1]);
  expect([...layer.forward(session.full([1, 2], 7), training).readSync()]).toEqual([0, 0]);
});

test("options and inputs that do not fit are refused by name", async () => {
  const session = await createSession({ backend: "reference" });
  const make = (more: object) => new BatchNorm(session, { size: 2, stream, ...more });
  expect(() => make({ momentum: 0 })).toThrow("BatchNorm: expected momentum to be in (0, 1], got 0");
  expect(() => make({ axis: 1 })).toThrow(/BatchNorm: expected options to be among .*, got axis/);
  expect(() => make({}).forward(session.zeros([2, 3]), evaluationStep)).toThrow(
    "BatchNorm: expected input of shape [batch, 2] or [batch, time, 2], got [2, 3]",
  );
});

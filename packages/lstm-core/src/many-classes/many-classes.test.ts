import { backward, createSession, denseGradient, linear, Rng, type Session, type Tensor } from "@cellstate/tensor";
import { checkGradients } from "@cellstate/tensor/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { type GoldenAdaptiveSoftmax, type GoldenTensor, goldenAdaptiveSoftmaxes } from "../../test/golden-files.ts";
import { crossEntropy } from "../losses/cross-entropy.ts";
import { loadStateDict } from "../module.ts";
import { AdaptiveSoftmax } from "./adaptive-softmax.ts";
import { logUniformCandidates } from "./log-uniform.ts";
import { sampledSoftmaxLoss } from "./sampled-softmax.ts";

let session: Session;

beforeAll(async () => {
  session = await createSession({ backend: "reference", dtype: "float64" });
});

const stream = new Rng(5).stream("many classes");

function build(on: Session, { cutoffs, divValue, headBias, parameters, x }: GoldenAdaptiveSoftmax) {
  const layer = new AdaptiveSoftmax(on, { inputSize: 8, numClasses: 12, cutoffs, divValue, headBias, stream });
  const dtype = on.floatType;
  const saved = Object.entries(parameters).map(([name, { shape, data }]) => {
    return [
      name,
      { dtype, shape, data: dtype === "float64" ? Float64Array.from(data) : Float32Array.from(data) },
    ] as const;
  });
  loadStateDict(layer, new Map(saved));
  return { layer, x: on.tensor(x.data, x.shape, { requiresGrad: true }) };
}

function expectClose(got: ArrayLike<number>, { data }: Pick<GoldenTensor, "data">, tolerance: number): void {
  expect(got.length).toBe(data.length);
  for (const [i, wanted] of data.entries()) {
    expect(Math.abs(got[i]! - wanted) / Math.max(1, Math.abs(wanted)), `element ${i}`).toBeLessThanOrEqual(tolerance);
  }
}

describe.each([
  { dtype: "float64", tolerance: 1e-9 },
  { dtype: "float32", tolerance: 3e-6 },
] as const)("AdaptiveSoftmax in $dtype", ({ dtype, tolerance }) => {
  test.each(goldenAdaptiveSoftmaxes)(
    "$name: losses, gradients, probabilities and predictions are PyTorch's",
    async (golden) => {
      const { layer, x } = build(await createSession({ backend: "reference", dtype }), golden);
      expectClose(layer.loss(x, golden.targets, { reduction: "none" }).readSync(), golden.losses, tolerance);
      expectClose(layer.logProbs(x).readSync(), golden.logProbs, tolerance);
      expect([...layer.predict(x).readSync()]).toEqual(golden.predicted);
      const loss = layer.loss(x, golden.targets);
      expectClose([loss.item()], { data: [golden.loss] }, tolerance);
      const gradients = backward(loss);
      for (const [name, tensor] of [["x", x] as const, ...layer.parameters()]) {
        const gradient = gradients.get(tensor);
        const zeros = new Float64Array(tensor.size); // what the loss does not depend on
        expectClose(gradient ? denseGradient(gradient).readSync() : zeros, golden.gradients[name]!, tolerance);
      }
    },
  );
});

test("AdaptiveSoftmax: gradients agree with central differences, with and without weights", () => {
  const golden = goldenAdaptiveSoftmaxes[0]!;
  const { layer, x } = build(session, golden);
  const all = [x, ...layer.parameters().values()];
  const targets = golden.targets.with(2, -1);
  checkGradients(() => layer.loss(x, targets), all);
  checkGradients(() => layer.loss(x, targets, { weights: [1, 2, 3, 0.5, 0, 1, 1] }), all);
});

test("AdaptiveSoftmax: rows that do not count move no bit, and backends have the same bits", async () => {
  const golden = goldenAdaptiveSoftmaxes[0]!;
  const run = (on: Session, filler?: number) => {
    const { layer, x } = build(on, golden);
    const more = filler === undefined ? 0 : 2;
    const wide = on.tensor([...golden.x.data, ...Array<number>(8 * more).fill(filler ?? 0)], [7 + more, 8], {
      requiresGrad: true,
    });
    const mask = Array.from({ length: 7 + more }, (_, row) => row < 7);
    const loss = layer.loss(wide, [...golden.targets, ...Array<number>(more).fill(99)], { mask });
    const value = loss.item();
    const gradients = backward(loss);
    const ofX = [...denseGradient(gradients.get(wide)!).readSync()];
    expect(ofX.slice(x.size).every((slope) => slope === 0)).toBe(true);
    const weights = [...layer.parameters().values()].map((weight) => denseGradient(gradients.get(weight)!).readSync());
    return { value, ofX: ofX.slice(0, x.size), weights };
  };
  const backends = await Promise.all(
    (["reference", "wasm", "auto"] as const).map((backend) => createSession({ backend })),
  );
  const wanted = run(backends[0]!);
  for (const backend of backends) {
    expect(run(backend)).toEqual(wanted);
    expect(run(backend, Number.NaN)).toEqual(wanted);
  }
});

test("AdaptiveSoftmax: what does not fit is refused", () => {
  const make = (options: object) => () =>
    new AdaptiveSoftmax(session, { inputSize: 8, numClasses: 12, cutoffs: [3], stream, ...options });
  expect(make({ cutoffs: [3, 12] })).toThrow(
    "AdaptiveSoftmax: expected cutoffs to be rising integers in (0, 12), at least one, got [3, 12]",
  );
  expect(make({ cutoffs: [5, 5] })).toThrow("got [5, 5]");
  expect(make({ divValue: 0.5 })).toThrow("AdaptiveSoftmax: expected divValue to be a number >= 1, got 0.5");
  expect(make({ bias: true })).toThrow("got bias");
  const layer = make({})();
  expect(() => layer.loss(session.zeros([2, 8]), [0, 12])).toThrow(
    "AdaptiveSoftmax.loss: target 12 at [1] is not one of 12 classes",
  );
  expect(() => layer.loss(session.zeros([2, 8]), [0])).toThrow("AdaptiveSoftmax.loss: expected 2 targets, got 1");
  expect(() => layer.logProbs(session.zeros([2, 7]))).toThrow(
    "AdaptiveSoftmax.logProbs: expected x of shape [..., 8], got [2, 7]",
  );
});

describe("logUniformCandidates", () => {
  test("draws different classes, the same for a step, with the frequencies that it states", () => {
    const options = { numClasses: 50, count: 10, stream };
    const draws = Array.from({ length: 4000 }, (_, step) => logUniformCandidates({ ...options, step }));
    expect(logUniformCandidates({ ...options, step: 7 }).classes).toEqual(draws[7]!.classes);
    expect(draws[8]!.classes).not.toEqual(draws[7]!.classes);
    expect(draws.every(({ classes }) => new Set(classes).size === 10 && classes.every((c) => c >= 0 && c < 50))).toBe(
      true,
    );
    for (const target of [0, 3, 20, 49]) {
      const share = draws.filter(({ classes }) => classes.includes(target)).length / draws.length;
      const stated = draws.reduce((sum, { expectedCount }) => sum + expectedCount(target), 0) / draws.length;
      expect(Math.abs(share - stated), `class ${target}: ${share}, stated ${stated}`).toBeLessThan(0.03);
    }
  });

  test("draws all classes where as many are wanted, and refuses more", () => {
    const all = logUniformCandidates({ numClasses: 6, count: 6, stream, step: 0 });
    expect([...all.classes].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(() => logUniformCandidates({ numClasses: 6, count: 7, stream, step: 0 })).toThrow(
      "logUniformCandidates: expected count to be at most the 6 classes, got 7",
    );
    expect(() => logUniformCandidates({ numClasses: 6, count: 1, stream, step: -1 })).toThrow(
      "expected step to be an integer >= 0, got -1",
    );
  });
});

describe("sampledSoftmaxLoss", () => {
  const make = (name: string, shape: readonly number[]) => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    return session.tensor(stream.fork(name).normal(size), shape, { requiresGrad: true });
  };
  const targets = [0, 7, 19, 3];
  const layer = () => ({ x: make("x", [4, 5]), weight: make("weight", [20, 5]), bias: make("bias", [20]) });

  test("is the cross-entropy over the target and the classes drawn but the target, corrected by what is expected", () => {
    const { x, weight, bias } = layer();
    const options = { numSampled: 6, stream, step: 3 };
    const { classes, expectedCount } = logUniformCandidates({ numClasses: 20, count: 6, stream, step: 3 });
    const logits = linear(x, weight, bias).readSync();
    const losses = targets.map((target, row) => {
      const score = (c: number) => Math.exp(logits[row * 20 + c]! - Math.log(expectedCount(c)));
      const others = [...classes].filter((c) => c !== target).map(score);
      return -Math.log(score(target) / others.reduce((sum, one) => sum + one, score(target)));
    });
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / 4;
    expect([...classes].some((c) => targets.includes(c))).toBe(true);
    expect(sampledSoftmaxLoss(x, weight, targets, { ...options, bias }).item()).toBeCloseTo(mean, 10);
  });

  test("has gradients that agree with central differences, a sparse one for the weight", () => {
    const { x, weight, bias } = layer();
    const options = { numSampled: 6, stream, step: 3, bias, weights: [1, 0.5, 2, 0] };
    checkGradients(() => sampledSoftmaxLoss(x, weight, targets, options), [x, weight, bias]);
    expect(backward(sampledSoftmaxLoss(x, weight, targets, options)).get(weight)!.kind).toBe("sparse");
  });

  test("comes near the whole softmax on average over the draws", () => {
    const { x, weight, bias } = layer();
    const whole = crossEntropy(linear(x, weight, bias), targets).item();
    const means = Array.from({ length: 300 }, (_, step) => {
      return sampledSoftmaxLoss(x, weight, targets, { numSampled: 15, stream, step, bias }).item();
    });
    const mean = means.reduce((sum, one) => sum + one, 0) / means.length;
    expect(Math.abs(mean - whole)).toBeLessThan(0.12 * whole);
  });

  test("refuses what does not fit", () => {
    const { x, weight } = layer();
    const loss =
      (wanted: number[], more: object = {}, by: Tensor = weight) =>
      () =>
        sampledSoftmaxLoss(x, by, wanted, { numSampled: 6, stream, step: 0, ...more });
    expect(loss([0, 1, 2, 20])).toThrow("sampledSoftmaxLoss: target 20 at [3] is not one of 20 classes");
    expect(loss([0])).toThrow("sampledSoftmaxLoss: expected 4 targets, got 1");
    expect(loss(targets, { numSampled: 21 })).toThrow("at most the 20 classes, got 21");
    expect(loss(targets, {}, make("wide", [20, 6]))).toThrow(
      "sampledSoftmaxLoss: expected a weight of shape [classes, 5], got [20, 6]",
    );
    expect(loss(targets, { colour: 1 })).toThrow("got colour");
  });
});

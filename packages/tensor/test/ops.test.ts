/** What the small ops give, how they refuse bad input, and that coarse ops equal their composition from small ones. */
import { beforeAll, describe, expect, test } from "vitest";
import * as t from "../src/index.ts";

let session: t.Session;

beforeAll(async () => {
  session = await t.createSession();
});

const values = (x: t.Tensor) => [...x.readSync()];
const row = (...numbers: number[]) => session.tensor(numbers, [numbers.length]);
const ints = (numbers: number[], shape: readonly number[]) => session.tensor(numbers, shape, { dtype: "int32" });

describe("comparisons", () => {
  test("follow IEEE 754 for NaN and zeros of both signs", () => {
    const [a, b] = [row(1, 2, 0, NaN, Infinity), row(2, 1, -0, NaN, Infinity)];
    expect(values(t.greater(a, b))).toEqual([0, 1, 0, 0, 0]);
    expect(values(t.greaterEqual(a, b))).toEqual([0, 1, 1, 0, 1]);
    expect(values(t.less(a, b))).toEqual([1, 0, 0, 0, 0]);
    expect(values(t.lessEqual(a, b))).toEqual([1, 0, 1, 0, 1]);
    expect(values(t.equal(a, b))).toEqual([0, 0, 1, 0, 1]);
    expect(values(t.notEqual(a, b))).toEqual([1, 1, 0, 1, 0]);
    expect(values(t.less(a, 1.5))).toEqual([1, 0, 1, 0, 0]);
  });

  test("where broadcasts all three and takes NaN for true", () => {
    const condition = session.tensor([1, 0, NaN], [3, 1]);
    expect(values(t.where(condition, row(1, 2), -5))).toEqual([1, 2, -5, -5, 1, 2]);
  });

  test("minimum and clamp keep NaN; the gradient of clamp reaches its bounds", () => {
    expect(values(t.minimum(row(1, NaN, 3), row(2, 0, NaN)))).toEqual([1, NaN, NaN]);
    const x = session.tensor([-2, -1, 0.5, 1, 3, NaN], [6], { requiresGrad: true });
    const y = t.clamp(x, -1, 1);
    expect(values(y)).toEqual([-1, -1, 0.5, 1, 1, NaN]);
    const gradient = t.backward(t.sum(t.where(t.equal(x, x), y, 0))).get(x)!;
    expect(values(t.denseGradient(gradient))).toEqual([0, 1, 1, 1, 0, 0]);
  });
});

test("softsign keeps the sign of zeros, stays within -1 and 1, and is steepest at 0", () => {
  const x = session.tensor([0, -0, 1, -3, 3e38, Infinity], [6], { requiresGrad: true });
  const y = t.softsign(x);
  expect(values(y)).toEqual([0, -0, 0.5, -0.75, 1, NaN]);
  const gradient = t.backward(t.sum(t.where(t.equal(y, y), y, 0))).get(x)!;
  expect(values(t.denseGradient(gradient)).slice(0, 4)).toEqual([1, 1, 0.25, 0.0625]);
});

test("extremes and their places: the first among equals, NaN before all others", () => {
  const x = session.tensor([3, 1, 1, NaN, 2, NaN, 0, -0], [4, 2]);
  expect(values(t.argMax(x))).toEqual([0, 1, 1, 0]);
  expect(values(t.argMin(x))).toEqual([1, 1, 1, 0]);
  expect(values(t.min(x, 1))).toEqual([1, NaN, NaN, -0]);
  const top = t.topK(row(1, NaN, 5, NaN, 5), 4);
  expect(values(top.indices)).toEqual([1, 3, 2, 4]);
});

test("cumsum, gather, split, chunk, squeeze and unsqueeze", () => {
  const x = session.tensor([1, 2, 3, 4, 5, 6], [2, 3]);
  expect(values(t.cumsum(x, 0))).toEqual([1, 2, 3, 5, 7, 9]);
  expect(values(t.cumsum(x, -1))).toEqual([1, 3, 6, 4, 9, 15]);
  expect(values(t.gather(x, 1, ints([2, 0], [2, 1])))).toEqual([3, 4]);
  expect(values(t.gather(x, 0, ints([1, 0, 1], [1, 3])))).toEqual([4, 2, 6]);
  expect(t.split(x, 2, 1).map(values)).toEqual([
    [1, 2, 4, 5],
    [3, 6],
  ]);
  expect(t.chunk(x, 2, 1).map((part) => part.shape)).toEqual([
    [2, 2],
    [2, 1],
  ]);
  expect(t.unsqueeze(x, -1).shape).toEqual([2, 3, 1]);
  expect(t.squeeze(t.unsqueeze(x, 0), 0).shape).toEqual([2, 3]);
});

test("layerNorm equals its composition from small ops within float32 rounding", async () => {
  for (const backend of ["reference", "wasm"] as const) {
    const own = await t.createSession({ backend });
    const make = (name: string, shape: readonly number[]) => {
      const data = new t.Rng(6).stream(name).normal(shape.reduce((a, b) => a * b, 1));
      return own.tensor(data, shape, { requiresGrad: true });
    };
    const parameters = [make("x", [7, 50]), make("gain", [50]), make("bias", [50])] as const;
    const composed = (x: t.Tensor, gain: t.Tensor, bias: t.Tensor) => {
      const centered = t.sub(x, t.reshape(t.mean(x, -1), [7, 1]));
      const variance = t.reshape(t.mean(t.square(centered), -1), [7, 1]);
      return t.add(t.mul(t.div(centered, t.sqrt(t.add(variance, 1e-5))), gain), bias);
    };
    const results = [t.layerNorm, composed].map((norm) => {
      const out = norm(...parameters);
      const gradients = t.backward(t.sum(t.mul(out, make("weights", [7, 50]))));
      return [out, ...parameters.map((parameter) => t.denseGradient(gradients.get(parameter)!))].flatMap(values);
    });
    results[0]!.forEach((value, i) => {
      // A few roundings of 2^-24 of numbers up to about 10.
      expect(Math.abs(value - results[1]![i]!)).toBeLessThan(4e-6);
    });
    await own.dispose();
  }
});

describe("bad input is named", () => {
  const matrix = () => session.zeros([2, 3]);
  test.each<[string, () => unknown, string]>([
    [
      "a comparison of shapes",
      () => t.less(matrix(), session.zeros([2])),
      "less: expected a shape that broadcasts with [2], got [2, 3]",
    ],
    [
      "where of shapes",
      () => t.where(matrix(), session.zeros([4]), 1),
      "where: expected a shape that broadcasts with [2, 3], got [4]",
    ],
    [
      "a comparison of integers",
      () => t.equal(ints([1], [1]), ints([1], [1])),
      "equal: expected a float tensor, got int32",
    ],
    ["minimum of integers", () => t.minimum(ints([1], [1]), 2), "minimum: expected a float tensor, got int32"],
    ["clamp", () => t.clamp(matrix(), 2, 1), "clamp: expected low <= high, got 2 and 1"],
    ["min of nothing", () => t.min(session.zeros([2, 0]), 1), "min: expected a non-empty axis 1, got [2, 0]"],
    ["min of an axis", () => t.min(matrix(), 2), "min: expected an axis in [-2, 1], got axis 2"],
    ["argMin of integers", () => t.argMin(ints([1], [1])), "argMin: expected a float tensor, got int32"],
    ["cumsum of an axis", () => t.cumsum(matrix(), -3), "cumsum: expected an axis in [-2, 1], got axis -3"],
    ["gather by floats", () => t.gather(matrix(), 0, matrix()), "gather: expected int32 indices, got float32"],
    [
      "gather of a shape",
      () => t.gather(matrix(), 1, ints([0, 0, 0], [3, 1])),
      "gather: expected indices of a shape that agrees with [2, 3] except on axis 1, got [3, 1]",
    ],
    [
      "gather of an index",
      () => t.gather(matrix(), 1, ints([2, 3], [2, 1])),
      "gather: index 3 at position 1 is outside axis 1 of 3",
    ],
    [
      "gather of a negative index",
      () => t.gather(matrix(), 0, ints([0, 1, -1], [1, 3])),
      "gather: index -1 at position 2 is outside axis 0 of 2",
    ],
    [
      "layerNorm of a gain",
      () => t.layerNorm(matrix(), session.zeros([2]), session.zeros([3])),
      "layerNorm: expected gain of shape [3], got [2]",
    ],
    [
      "layerNorm of a bias",
      () => t.layerNorm(matrix(), session.zeros([3]), session.zeros([1, 3])),
      "layerNorm: expected bias of shape [3], got [1, 3]",
    ],
    [
      "layerNorm of nothing",
      () => t.layerNorm(session.zeros([2, 0]), session.zeros([0]), session.zeros([0])),
      "layerNorm: expected a non-empty last axis, got [2, 0]",
    ],
    [
      "layerNorm of an epsilon",
      () => t.layerNorm(matrix(), session.zeros([3]), session.zeros([3]), 0),
      "layerNorm: expected epsilon > 0, got 0",
    ],
    ["split", () => t.split(matrix(), 0, 1), "split: expected an extent >= 1, got 0"],
    ["chunk", () => t.chunk(matrix(), 1.5, 1), "chunk: expected a count >= 1, got 1.5"],
    ["squeeze", () => t.squeeze(matrix(), 1), "squeeze: expected an extent of 1 on axis 1, got [2, 3]"],
    ["unsqueeze", () => t.unsqueeze(matrix(), 3), "unsqueeze: expected an axis in [-3, 2], got axis 3"],
  ])("%s", (_, run, message) => {
    expect(run).toThrow(message);
  });
});

test("an empty tensor goes through", () => {
  const empty = session.zeros([0, 3]);
  for (const op of [t.abs, t.erf, (x: t.Tensor) => t.cumsum(x, 0), (x: t.Tensor) => t.where(x, x, x)]) {
    expect(op(empty).shape).toEqual([0, 3]);
  }
  expect(t.layerNorm(empty, session.zeros([3]), session.zeros([3])).size).toBe(0);
  expect(t.gather(session.zeros([2, 3]), 0, ints([], [0, 3])).shape).toEqual([0, 3]);
});

test("linearCrossEntropy keeps no logits where nothing is recorded", async () => {
  const own = await t.createSession();
  const [x, weight] = [own.zeros([64, 5]), own.zeros([1000, 5], { requiresGrad: true })];
  const targets = new Int32Array(64);
  const peakOf = (calls: number) => {
    using _scope = own.scope();
    using _noGrad = own.noGrad();
    const losses = Array.from({ length: calls }, () => t.linearCrossEntropy(x, weight, targets));
    expect(losses.map((loss) => loss.item())).toEqual(new Array(calls).fill(Math.fround(Math.log(1000))));
    return own.peakBytes();
  };
  const once = peakOf(1);
  expect(peakOf(20) - once).toBeLessThan(64 * 1000 * 4); // the logits of one call
  await own.dispose();
});

test("detach copies elements, stops the gradient, and outlives backward", () => {
  using _scope = session.scope();
  const x = session.tensor([1, -2, 3], [3], { requiresGrad: true });
  const y = t.square(x);
  const copy = t.detach(y);
  expect([copy.requiresGrad, values(copy)]).toEqual([false, [1, 4, 9]]);
  const gradient = t.backward(t.sum(t.mul(y, copy))).get(x)!; // 2 x * copy, and not 4 x^3
  expect(values(t.denseGradient(gradient))).toEqual([2, -16, 54]);
  expect(() => values(y)).toThrow("was used after backward freed it");
  expect(values(copy)).toEqual([1, 4, 9]);
  expect(values(t.detach(ints([5, 6], [2])))).toEqual([5, 6]);
});

import { backward, createSession, denseGradient, linear, Rng, reshape, type Session } from "@cellstate/tensor";
import { checkGradients } from "@cellstate/tensor/testing";
import { beforeAll, expect, test } from "vitest";
import { balancedClassWeights } from "./class-weights.ts";
import { crossEntropy, linearCrossEntropy } from "./cross-entropy.ts";

let session: Session;

beforeAll(async () => {
  session = await createSession({ backend: "reference", dtype: "float64" });
});

const targets = Int32Array.of(2, -1, 0, 1);

test("crossEntropy gradients agree with central differences, with class weights and label smoothing", () => {
  const logits = session.tensor(new Rng(1).stream("logits").normal(12), [4, 3], { requiresGrad: true });
  const classWeights = session.tensor([0.5, 2, 1], [3]);
  const loss = () => crossEntropy(logits, targets, { classWeights, labelSmoothing: 0.1 });
  checkGradients(loss, [logits], { eps: 1e-5, rtol: 1e-6 });
});

test("crossEntropy of equal logits is the logarithm of the number of classes, over any leading axes", () => {
  const logits = session.zeros([2, 2, 3]);
  expect(crossEntropy(logits, targets).item()).toBeCloseTo(1.0986122886681098, 14);
  expect(crossEntropy(reshape(logits, [4, 3]), targets).item()).toBe(crossEntropy(logits, targets).item());
});

test("crossEntropy refuses a wrong number of targets and a smoothing of 1", () => {
  const logits = session.zeros([2, 3]);
  expect(() => crossEntropy(logits, targets)).toThrow(
    "crossEntropy: expected 2 class numbers or 6 probabilities as targets, got 4",
  );
  expect(() => crossEntropy(logits, Int32Array.of(0, 1), { labelSmoothing: 1 })).toThrow(
    "crossEntropy: expected labelSmoothing to be a rate in [0, 1), got 1",
  );
});

test("linearCrossEntropy is the cross-entropy of a linear layer, over any leading axes", () => {
  const stream = new Rng(2).stream("layer");
  const make = (name: string, shape: readonly number[]) =>
    session.tensor(stream.fork(name).normal(shape.reduce((size, extent) => size * extent)), shape);
  const [x, weight, bias] = [make("x", [2, 2, 5]), make("weight", [3, 5]), make("bias", [3])];
  const options = { classWeights: session.tensor([0.5, 2, 1], [3]), labelSmoothing: 0.1 };
  const composed = crossEntropy(linear(x, weight, bias), targets, options);
  expect(linearCrossEntropy(x, weight, targets, { bias, ...options }).item()).toBe(composed.item());
  expect(() => linearCrossEntropy(x, weight, Int32Array.of(0))).toThrow(
    "linearCrossEntropy: expected targets of shape [4], got [1]",
  );
});

test("balancedClassWeights have a mean of 1 over the examples and 0 for an unseen class", () => {
  expect([...balancedClassWeights([1, 3, 0])]).toEqual([2, 2 / 3, 0]);
});

test("lengths leave the same out of crossEntropy as class -1, a mask or weights of 0 do", () => {
  const logits = () => session.tensor(new Rng(3).stream("logits").normal(18), [2, 3, 3], { requiresGrad: true });
  const numbers = [0, 1, 2, 2, 1, 0];
  const run = (given: readonly number[], options: object) => {
    const scores = logits();
    const loss = crossEntropy(scores, given, options);
    const value = loss.item();
    return {
      value,
      gradient: [...denseGradient(backward(loss).get(scores)!).readSync()].map((slope) => slope.toFixed(14)),
    };
  };
  const wanted = run([0, 1, 2, 2, -1, -1], {});
  expect(run(numbers, { lengths: Int32Array.of(3, 1) })).toEqual(wanted);
  expect(run(numbers, { mask: [1, 1, 1, true, false, 0] })).toEqual(wanted);
  expect(run(numbers, { mask: [1, 1, 1, 1, 0, 0], reduction: "mean" })).toEqual(wanted);
  const weighted = run(numbers, { weights: [1, 1, 1, 1, 0, 0] });
  expect(weighted.value).toBeCloseTo(wanted.value, 14);
  expect(weighted.gradient.map(Number)).toEqual(wanted.gradient.map(Number));
  expect(run(numbers, { weights: [2, 1] }).value).toBeCloseTo(run(numbers, { weights: [2, 2, 2, 1, 1, 1] }).value, 14);
});

import { backward, createSession, mul, Rng, type Session, square, sum } from "@cellstate/tensor";
import { checkGradients } from "@cellstate/tensor/testing";
import { beforeAll, expect, test } from "vitest";
import { evaluationStep, type StepContext } from "../module.ts";
import { Dropout } from "./dropout.ts";
import { Embedding } from "./embedding.ts";
import { LayerNorm } from "./layer-norm.ts";
import { Linear } from "./linear.ts";

let session: Session;
const stream = new Rng(2).stream("layers");

beforeAll(async () => {
  session = await createSession({ backend: "reference", dtype: "float64" });
});

test("Linear maps the last axis and its gradients agree with central differences", () => {
  const layer = new Linear(session, { inputSize: 3, outputSize: 2, stream });
  const x = session.tensor(stream.normal(12), [2, 2, 3], { requiresGrad: true });
  expect(layer.forward(x).shape).toEqual([2, 2, 2]);
  checkGradients(() => sum(square(layer.forward(x))), [x, layer.weight, layer.bias!], { eps: 1e-5, rtol: 1e-6 });
});

test("Linear without a bias has one parameter", () => {
  const layer = new Linear(session, { inputSize: 3, outputSize: 2, bias: false, stream });
  expect([...layer.parameters().keys()]).toEqual(["weight"]);
});

test("Embedding starts its padding row at zero and gives it no gradient", () => {
  const layer = new Embedding(session, { vocabSize: 4, embeddingSize: 3, paddingIndex: 2, stream });
  expect([...layer.weight.readSync().slice(6, 9)]).toEqual([0, 0, 0]);
  const ids = session.tensor([1, 2, 1], [3], { dtype: "int32" });
  const gradient = backward(sum(layer.forward(ids))).get(layer.weight)!;
  expect(gradient.kind === "sparse" && [...gradient.rows.readSync()]).toEqual([1]);
  expect([...gradient.values.readSync()]).toEqual([2, 2, 2]);
});

test("Embedding refuses a padding index outside the vocabulary", () => {
  const make = () => new Embedding(session, { vocabSize: 4, embeddingSize: 3, paddingIndex: 4, stream });
  expect(make).toThrow("Embedding: expected paddingIndex to be an id in [0, 4), got 4");
});

test("Dropout is the identity in evaluation and in training depends on the example, not on its row", () => {
  const layer = new Dropout(0.5, stream);
  const x = session.full([3, 2, 8], 1);
  expect(layer.forward(x, evaluationStep)).toBe(x);
  const dropped = (examples: number[]) => {
    const step: StepContext = { training: true, step: 4, examples: Int32Array.from(examples) };
    return layer.forward(x, step).readSync();
  };
  const [first, second] = [dropped([5, 6, 7]), dropped([7, 5, 6])];
  expect(first.slice(0, 16)).toEqual(second.slice(16, 32));
  expect(first.slice(32, 48)).toEqual(second.slice(0, 16));
  expect(first.slice(0, 16)).not.toEqual(first.slice(16, 32));
  expect(new Set(first)).toEqual(new Set([0, 2]));
});

test("Dropout at a time offset continues the sequence", () => {
  const layer = new Dropout(0.5, stream);
  const step: StepContext = { training: true, step: 4, examples: Int32Array.of(1) };
  const whole = layer.forward(session.full([1, 3, 8], 1), step).readSync();
  expect(layer.forward(session.full([1, 1, 8], 1), step, 2).readSync()).toEqual(whole.slice(16));
});

test("LayerNorm gives every position mean 0 and variance 1, then its weight and bias", () => {
  const layer = new LayerNorm(session, { size: 3, epsilon: 1e-12, stream });
  const x = session.tensor([1, 2, 6, -5, 0, 5], [2, 1, 3]);
  const deviation = Math.sqrt(14 / 3);
  const want = [-2 / deviation, -1 / deviation, 3 / deviation, -Math.sqrt(1.5), 0, Math.sqrt(1.5)];
  const got = layer.forward(x);
  expect(got.shape).toEqual([2, 1, 3]);
  got.readSync().forEach((value, index) => {
    expect(value).toBeCloseTo(want[index]!, 9);
  });
  expect([...layer.weight.readSync(), ...layer.bias.readSync()]).toEqual([1, 1, 1, 0, 0, 0]);
});

test("LayerNorm's gradients agree with central differences", () => {
  const layer = new LayerNorm(session, { size: 4, stream });
  const x = session.tensor(stream.fork("x").normal(12), [3, 4], { requiresGrad: true });
  const factor = session.tensor(stream.fork("factor").normal(12), [3, 4]);
  const loss = () => sum(square(mul(layer.forward(x), factor)));
  checkGradients(loss, [x, layer.weight, layer.bias], { eps: 1e-5, rtol: 1e-6 });
});

test("LayerNorm maps equal features to its bias and refuses an epsilon of 0", () => {
  const layer = new LayerNorm(session, { size: 2, stream });
  expect([...layer.forward(session.full([1, 2], 7)).readSync()]).toEqual([0, 0]);
  expect(() => new LayerNorm(session, { size: 2, epsilon: 0, stream })).toThrow(
    "LayerNorm: expected epsilon to be above 0, got 0",
  );
});

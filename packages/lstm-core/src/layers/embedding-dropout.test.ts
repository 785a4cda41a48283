import { createSession, Rng, sum } from "@cellstate/tensor";
import { checkGradients } from "@cellstate/tensor/testing";
import { expect, test } from "vitest";
import { evaluationStep, type StepContext } from "../module.ts";
import { EmbeddingDropout, RowDropout, WordDropout } from "./embedding-dropout.ts";

const session = await createSession({ backend: "reference", dtype: "float64" });
const stream = new Rng(3).stream("dropout");
const stepOf = (step: number, ...examples: number[]): StepContext => ({
  training: true,
  step,
  examples: Int32Array.from(examples),
});
/** Which places of two features each are kept; both features of a place must agree. */
function keptPlaces(values: ArrayLike<number>): boolean[] {
  return Array.from({ length: values.length / 2 }, (_, place) => {
    expect(values[2 * place]).toBe(values[2 * place + 1]);
    return values[2 * place] !== 0;
  });
}

test("RowDropout drops a word everywhere in a step or nowhere, whatever the batch, and other words in the next step", () => {
  const layer = new RowDropout(0.5, stream);
  const words = Array.from({ length: 40 }, (_, place) => place % 20);
  const dropped = (ids: number[], step: number, batchSize: number) => {
    const shape = [batchSize, ids.length / batchSize];
    const vectors = session.full([...shape, 2], 1);
    const out = layer.forward(vectors, session.tensor(ids, shape, { dtype: "int32" }), stepOf(step, 0, 1, 2, 3));
    return keptPlaces(out.readSync());
  };
  const first = dropped(words, 1, 2);
  expect(first.slice(0, 20)).toEqual(first.slice(20));
  expect(new Set(first)).toEqual(new Set([true, false]));
  expect(dropped([...words].reverse(), 1, 4)).toEqual([...first].reverse());
  expect(dropped(words, 2, 2)).not.toEqual(first);
});

test("WordDropout drops places by step, example and time, and scales what it keeps", () => {
  const layer = new WordDropout(0.5, stream);
  const ones = session.full([2, 30, 2], 1);
  const values = layer.forward(ones, stepOf(1, 7, 9)).readSync();
  const kept = keptPlaces(values);
  expect(new Set(values)).toEqual(new Set([0, 2]));
  expect(kept.slice(0, 30)).not.toEqual(kept.slice(30));
  const alone = layer.forward(session.full([1, 10, 2], 1), stepOf(1, 9), 20).readSync();
  expect(keptPlaces(alone)).toEqual(kept.slice(50));
});

test("nothing is dropped in evaluation, and a rate of 0 changes nothing", () => {
  const x = session.full([1, 3, 2], 1);
  const ids = session.tensor([1, 2, 3], [1, 3], { dtype: "int32" });
  const rates = { dropout: 0.5, wordDropout: 0.5, rowDropout: 0.5 };
  expect(new EmbeddingDropout(rates, stream).forward(x, ids, evaluationStep)).toBe(x);
  expect(new EmbeddingDropout({ dropout: 0 }, stream).forward(x, ids, stepOf(1, 0))).toBe(x);
});

test("gradients through all three agree with central differences", () => {
  const layer = new EmbeddingDropout({ dropout: 0.3, wordDropout: 0.2, rowDropout: 0.2 }, stream);
  const ids = session.tensor([1, 2, 3, 1, 4, 2], [2, 3], { dtype: "int32" });
  const x = session.tensor(stream.fork("x").normal(12), [2, 3, 2], { requiresGrad: true });
  checkGradients(() => sum(layer.forward(x, ids, stepOf(4, 3, 5))), [x], { eps: 1e-5, rtol: 1e-6 });
});

test("a rate outside its range and ids of another shape are refused by name", () => {
  expect(() => new RowDropout(1, stream)).toThrow("RowDropout: expected rate to be a rate in [0, 1), got 1");
  const ids = session.tensor([1, 2], [1, 2], { dtype: "int32" });
  expect(() => new RowDropout(0.5, stream).forward(session.zeros([1, 3, 2]), ids, stepOf(1, 0))).toThrow(
    "RowDropout: expected ids of shape [1, 3], got [1, 2]",
  );
});

/** Orders and defaults of Keras that numbers depend on and no shape shows. Values from Keras 3.15.1. */
import { createSession, type Session } from "@cellstate/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  attention,
  concatenate,
  dense,
  embedding,
  globalAveragePooling1d,
  input,
  lstm,
  model,
  sequential,
} from "../src/index.ts";

let session: Session;

beforeAll(async () => {
  session = await createSession({ backend: "reference" });
});

afterAll(() => session.dispose());

test("layers of a graph come in Keras's order, and so do their weights", async () => {
  const words = input({ shape: [6], name: "words" });
  const nums = input({ shape: [3], name: "nums" });
  const vectors = embedding(10, 4, { maskZero: true, name: "embedding" }).apply(words);
  const [steps, hidden, cell] = lstm(3, { returnSequences: true, returnState: true, name: "first" }).apply(vectors);
  const seen = globalAveragePooling1d({ name: "mean" }).apply(attention({ name: "attention" }).apply([steps, steps]));
  const all = concatenate({ name: "all" }).apply([seen, hidden, nums]);
  const label = dense(2, { name: "label" }).apply(all);
  const again = lstm(3, { name: "second" }).apply(steps, { initialState: [hidden, cell] });
  const score = dense(1, { name: "score" }).apply(again);
  const net = model({ inputs: [words, nums], outputs: [label, score] });
  // [layer.name for layer in keras_model.layers]
  expect(net.layers.map(({ name }) => name)).toEqual([
    "words",
    "embedding",
    "first",
    "attention",
    "mean",
    "nums",
    "all",
    "second",
    "label",
    "score",
  ]);
  await net.build({ session });
  const owners = net.getWeights().map(({ name }) => name.split("/")[0]);
  expect([...new Set(owners)]).toEqual(["embedding", "first", "second", "label", "score"]);
});

test("Nadam's momentum rises as fast as Keras's", async () => {
  const x = [
    [1, 2],
    [3, -1],
    [0.5, 0.5],
  ];
  const net = sequential([dense(1, { useBias: false, inputShape: [2] })]);
  net.compile({ optimizer: { kind: "nadam", learningRate: 0.1 }, loss: "mse", session });
  await net.build();
  net.setWeights([[0.1, -0.2]]);
  await net.fit(x, [1, 0, 2], { epochs: 5, batchSize: 3, verbose: 0 });
  const [first, second] = net.getWeights()[0]!.data;
  expect(first).toBeCloseTo(0.20837036, 5);
  expect(second).toBeCloseTo(0.16413812, 5);
});

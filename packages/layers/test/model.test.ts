import { createSession, type Session } from "@cellstate/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  bidirectional,
  dense,
  embedding,
  gru,
  input,
  loadModel,
  lstm,
  masking,
  model,
  modelFromConfig,
  sequential,
} from "../src/index.ts";

let session: Session;

beforeAll(async () => {
  session = await createSession({ backend: "reference" });
});

afterAll(() => session.dispose());

/** Sequences of numbers, and whether their sum is above 0. */
function sums(count: number, steps: number) {
  const x = Array.from({ length: count }, (_, i) =>
    Array.from({ length: steps }, (_, t) => [Math.sin(13 * i + 78.2 * t)]),
  );
  return { x, y: x.map((row) => Number(row.reduce((sum, [value]) => sum + value!, 0) > 0)) };
}

describe("a sequential model", () => {
  test("learns, and gives the same numbers again with the same seed", async () => {
    const { x, y } = sums(120, 6);
    const run = async (seed: number) => {
      const net = sequential([lstm(8, { inputShape: [6, 1] }), dense(1, { activation: "sigmoid" })]);
      net.compile({
        optimizer: { kind: "adam", learningRate: 0.02 },
        loss: "binary_crossentropy",
        metrics: ["accuracy"],
        session,
        seed,
      });
      const { history } = await net.fit(x, y, { epochs: 15, validationSplit: 0.25, verbose: 0 });
      return history;
    };
    const first = await run(1);
    expect(Object.keys(first)).toEqual(["loss", "accuracy", "val_loss", "val_accuracy"]);
    expect(first.accuracy!.at(-1)).toBeGreaterThan(0.9);
    expect(first.loss!.at(-1)).toBeLessThan(first.loss![0]! / 2);
    expect(await run(1)).toEqual(first);
    expect((await run(2)).loss).not.toEqual(first.loss);
  });

  test("takes the shape of its input from the data", async () => {
    const net = sequential([lstm(3), dense(2)]);
    net.compile({ loss: "mse", session });
    expect(
      (
        await net.predict([
          [
            [1, 2],
            [3, 4],
          ],
        ])
      ).shape,
    ).toEqual([1, 2]);
  });

  test("is saved as files and opened from them, to the bit", async () => {
    const net = sequential([embedding(10, 4, { maskZero: true }), lstm(5), dense(3, { activation: "softmax" })]);
    await net.build({ session, seed: 3 });
    const files = await net.save();
    const opened = await loadModel(files, { session });
    const ids = [
      [1, 2, 0],
      [3, 0, 0],
    ];
    expect(await opened.predict(ids)).toEqual(await net.predict(ids));
  });
});

test("a config is plain JSON, and the model of it takes the weights of the first", async () => {
  const x = input({ shape: [null, 2] });
  const [states, last] = lstm(3, { returnSequences: true, returnState: true }).apply(x);
  const net = model({ inputs: x, outputs: [gru(2).apply(states, { initialState: dense(2).apply(last) })] });
  await net.build({ session });
  const again = modelFromConfig(JSON.parse(JSON.stringify(net.config()))).buildBlank(session);
  expect([...again.tensors().values()].every((tensor) => tensor.readSync().every((value) => value === 0))).toBe(true);
  again.setWeights(net.getWeights());
  const data = [
    [
      [1, 2],
      [3, 4],
    ],
  ];
  expect(await again.predict(data)).toEqual(await net.predict(data));
  expect(() => modelFromConfig({ format: 99 })).toThrow("expected config.json of format 1, got 99");
});

test("a recurrent layer that ignores its mask reads padding too, and hands the mask on", async () => {
  const of = async (options: object) => {
    const layer = lstm(2, { ...options, returnSequences: true });
    const net = sequential([masking({ inputShape: [3, 1] }), layer, gru(2)]);
    await net.build({ session, seed: 1 });
    return [...(await net.predict([[[1], [0], [0]]])).data];
  };
  const [masked, ignoring] = [await of({}), await of({ ignoreMask: true })];
  expect(ignoring).toEqual(masked); // the first step alone reaches the layer above
  const last = async (options: object) => {
    const net = sequential([masking({ inputShape: [3, 1] }), lstm(2, options)]);
    await net.build({ session, seed: 1 });
    return [...(await net.predict([[[1], [0], [0]]])).data];
  };
  expect(await last({ ignoreMask: true })).not.toEqual(await last({}));
});

test("a model of a graph has several inputs and outputs, by place or by name", async () => {
  const [a, b] = [input({ shape: [2], name: "a" }), input({ shape: [3], name: "b" })];
  const shared = dense(4, { name: "shared" });
  const outputs = [dense(1, { name: "x" }).apply(shared.apply(a)), dense(2, { name: "y" }).apply(b)];
  const net = model({ inputs: [a, b], outputs });
  await net.build({ session });
  const byPlace = await net.predict([[[1, 2]], [[1, 2, 3]]]);
  expect(byPlace.map(({ shape }) => shape)).toEqual([
    [1, 1],
    [1, 2],
  ]);
  expect(await net.predict({ b: [[1, 2, 3]], a: [[1, 2]] })).toEqual(byPlace);
});

test("data that do not fit are refused by name and place", async () => {
  const net = sequential([lstm(3, { inputShape: [2, 1] }), dense(1, { activation: "sigmoid" })]);
  await expect(net.fit([[[1], [2]]], [1])).rejects.toThrow("fit: call model.compile({ optimizer, loss }) first");
  net.compile({ loss: "binaryCrossentropy", session });
  const fail = (x: number[][][], y: number[]) => expect(net.fit(x, y, { verbose: 0 })).rejects;
  await fail([[[1], [Number.NaN]]], [1]).toThrow("x[0][1][0] is NaN");
  await fail([[[1], [2]]], [2]).toThrow("y[0] is 2; expected a number in [0, 1]");
  await fail([[[1], [2]]], [1, 0]).toThrow("fit: expected as many targets as examples, got x of 1 and y of 2");
  await fail(
    [
      [
        [1, 2],
        [2, 3],
      ],
    ],
    [1],
  ).toThrow("x: expected examples for lstm (LSTM) of shape [examples, 2, 1], got [1, 2, 2]");
  await fail([[[1]], [[2], [3]]], [1, 0]).toThrow(
    "x[1] has 2 elements, where others beside it have 1; pad rows to one length",
  );
  expect(() => net.compile({ loss: "binry_crossentropy" })).toThrow(/did you mean binaryCrossentropy\?/);
});

test("both directions of a layer come apart with mergeMode null, and together are what concat gives", async () => {
  const x = input({ shape: [4, 2] });
  const [forward, backward] = bidirectional(lstm(3, { returnSequences: true, name: "cell" }), {
    mergeMode: null,
    name: "apart",
  }).apply(x);
  const joined = bidirectional(lstm(3, { returnSequences: true }), { name: "joined" }).apply(x);
  const net = model({ inputs: x, outputs: [forward, backward, joined] });
  await net.build({ session });
  net.getLayer("joined").setWeights(net.getLayer("apart").getWeights());
  const [one, other, both] = await net.predict([
    [
      [1, 2],
      [3, 4],
      [0.5, -1],
      [0, 2],
    ],
  ]);
  const steps = (of: { data: Float32Array }, width: number) =>
    Array.from({ length: 4 }, (_, t) => [...of.data.subarray(t * width, (t + 1) * width)]);
  expect(steps(one!, 3).map((step, t) => [...step, ...steps(other!, 3)[t]!])).toEqual(steps(both!, 6));
});

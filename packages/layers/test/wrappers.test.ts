/** Wrappers over several layers: saved, opened and refused; their numbers are compared with Keras's in keras.test.ts. */
import { createSession, type Session } from "@cellstate/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  addLayer,
  bidirectional,
  concatenate,
  dense,
  embedding,
  globalMaxPooling1d,
  gru,
  input,
  loadModel,
  lstm,
  model,
  sequential,
  simpleRnn,
  timeDistributed,
} from "../src/index.ts";

let session: Session;

beforeAll(async () => {
  session = await createSession({ backend: "reference" });
});

afterAll(() => session.dispose());

test("a model of sentences of words is trained, saved and opened", async () => {
  const sentence = sequential([embedding(6, 3, { maskZero: true }), gru(2), dense(2, { trainable: false })]);
  const net = sequential([
    timeDistributed(sentence, { inputShape: [3, 4] }),
    bidirectional(lstm(2), { backwardLayer: simpleRnn(3, { goBackwards: true }) }),
    dense(1, { activityRegularizer: "l2" }),
  ]);
  const x = [0, 1, 2].map((shift) =>
    [0, 1, 2].map((row) => [1, 2, 3, 4].map((id) => ((id + row * shift) % 5) + Number(id < 3))),
  );
  net.compile({ optimizer: { kind: "adam", learningRate: 0.05 }, loss: "mse", session });
  const { history } = await net.fit(x, [0, 1, 0.5], { epochs: 20, verbose: 0 });
  expect(history.loss!.at(-1)!).toBeLessThan(history.loss![0]! / 2);
  const names = net.getWeights().map(({ name }) => name);
  expect(names).toContain("time_distributed/gru_1/recurrent_kernel");
  expect(names).toContain("bidirectional/backward/kernel");
  expect([...net.parameters().keys()].filter((name) => name.includes("dense_2"))).toEqual([]);
  const opened = await loadModel(await net.save(), { session });
  expect(((await opened.predict(x)) as { data: ArrayLike<number> }).data).toEqual((await net.predict(x)).data);
});

test("a graph of words is trained, saved and opened, with its embeddings' ids checked", async () => {
  const words = input({ shape: [null] });
  const vectors = embedding(6, 3, { maskZero: true }).apply(words);
  const read = concatenate().apply([gru(2).apply(vectors), globalMaxPooling1d().apply(vectors)]);
  const net = sequential([
    timeDistributed(model({ inputs: words, outputs: dense(2).apply(read) }), { inputShape: [3, 4] }),
    lstm(2),
    dense(1),
  ]);
  const x = [0, 1, 2].map((shift) => [0, 1, 2].map((row) => [1, 2, 3, (4 + row * shift) % 6]));
  net.compile({ optimizer: { kind: "adam", learningRate: 0.05 }, loss: "mse", session });
  const { history } = await net.fit(x, [0, 1, 0.5], { epochs: 20, verbose: 0 });
  expect(history.loss!.at(-1)!).toBeLessThan(history.loss![0]! / 2);
  const opened = await loadModel(await net.save(), { session });
  expect(((await opened.predict(x)) as { data: ArrayLike<number> }).data).toEqual((await net.predict(x)).data);
  await expect(
    net.predict([
      [
        [1, 2, 3, 6],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
      ],
    ]),
  ).rejects.toThrow("expects ids that are integers in [0, 6)");
});

test("a model that has weights gives their values to the steps, and keeps its own", async () => {
  const inner = sequential([dense(2, { inputShape: [2] }), dense(1)]);
  await inner.build({ session });
  const net = sequential([timeDistributed(inner, { inputShape: [null, 2] })]);
  await net.build({ session });
  const x = [
    [
      [1, 2],
      [3, -4],
    ],
    [
      [0.5, 0],
      [-1, 1],
    ],
  ];
  const steps = await net.predict(x);
  expect(steps.data).toEqual((await inner.predict(x.flat())).data);
  net.setWeights(net.getWeights().map(({ data }) => data.map(() => 0)));
  expect((await inner.predict(x.flat())).data).toEqual(steps.data);
});

const sequence = () => input({ shape: [4, 2] });

test.each<[string, () => unknown, string]>([
  [
    "steps of another shape than a model reads",
    () => {
      const x = input({ shape: [3] });
      return timeDistributed(model({ inputs: x, outputs: dense(1).apply(x) })).apply(sequence());
    },
    "expected steps of shape (batch, 3), as its model reads them, got (batch, 2)",
  ],
  [
    "a model of two inputs",
    () => {
      const [x, y] = [input({ shape: [2] }), input({ shape: [2] })];
      return timeDistributed(model({ inputs: [x, y], outputs: addLayer().apply([x, y]) })).apply(sequence());
    },
    "expected a model of one input, got one of 2",
  ],
  ["no layers", () => timeDistributed([]).apply(sequence()), "a layer, or a list of them"],
  [
    "an activity regularizer within",
    () => timeDistributed(dense(1, { activityRegularizer: "l1" })).apply(sequence()),
    "none; give it to the wrapper",
  ],
  [
    "two directions that read alike",
    () => bidirectional(lstm(2), { backwardLayer: lstm(2) }).apply(sequence()),
    "expected the backwardLayer's goBackwards to be true",
  ],
  [
    "directions of other outputs",
    () =>
      bidirectional(lstm(2), { backwardLayer: lstm(2, { goBackwards: true, returnSequences: true }) }).apply(
        sequence(),
      ),
    "expected the backwardLayer's returnSequences to be false, as its layer's",
  ],
  [
    "directions of other sizes",
    () => bidirectional(lstm(2), { backwardLayer: gru(3, { goBackwards: true }), mergeMode: "sum" }).apply(sequence()),
    "expected as many units in both directions to sum them, got 2 and 3",
  ],
])("%s", (_, make, message) => {
  expect(make).toThrow(message);
});

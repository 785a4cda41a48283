/** What Keras users mistype or give in the wrong place is refused by name, never taken for a default. */
import { createSession, mean, type Session, square, sub } from "@cellstate/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as typed from "../src/index.ts";

/** As a caller without types sees the package. */
const layers = typed as unknown as Record<string, (...args: unknown[]) => unknown>;
const { dense, earlyStopping, input, sequential } = typed;
let session: Session;

beforeAll(async () => {
  session = await createSession({ backend: "reference" });
});

afterAll(() => session.dispose());

const x = [
  [1, 2],
  [3, 4],
  [5, 6],
];
const y = [0, 1, 1];

function line(loss = "mse"): typed.Model {
  const net = sequential([dense(1, { inputShape: [2] })]);
  net.compile({ optimizer: "sgd", loss, session });
  return net;
}

const fit = (options: object, net = line()) => net.fit(x, y, { verbose: 0, ...options });

describe("callbacks", () => {
  test.each<[string, unknown, string]>([
    ["earlyStopping", { patiance: 2 }, "earlyStopping: expected options to be among"],
    ["earlyStopping", { patience: Number.NaN }, "earlyStopping: expected patience to be an integer >= 0, got NaN"],
    ["earlyStopping", { patience: "3" }, 'earlyStopping: expected patience to be an integer >= 0, got "3"'],
    ["reduceLROnPlateau", { minLr: 1 }, "did you mean minLR?"],
    [
      "reduceLROnPlateau",
      { minLR: Number.NaN },
      "reduceLROnPlateau: expected minLR to be a finite number >= 0, got NaN",
    ],
    ["modelCheckpoint", {}, "modelCheckpoint: expected save to be a function, got undefined"],
    ["modelCheckpoint", "best.keras", "modelCheckpoint: expected options to be an object, got best.keras"],
    ["learningRateScheduler", 3, "learningRateScheduler: expected schedule to be a function, got 3"],
    ["csvLogger", "log.csv", "csvLogger: expected write to be a function, got log.csv"],
  ])("%s(%j) is refused", (name, options, message) => {
    expect(() => layers[name]!(options)).toThrow(message);
  });

  test.each<[unknown, string]>([
    [[{ onEpochend() {} }], "did you mean onEpochEnd?"],
    [earlyStopping(), "fit: expected callbacks to be a list, got object"],
    [["earlyStopping"], "fit: expected callbacks to be objects with functions such as onEpochEnd, got earlyStopping"],
  ])("fit refuses callbacks %#", async (callbacks, message) => {
    await expect(fit({ callbacks })).rejects.toThrow(message);
  });

  test("one that watches validation waits for the epochs that have it", async () => {
    const stop = earlyStopping({ patience: 1, minDelta: 1e6 });
    const { history } = await fit({ epochs: 9, validationFreq: 2, validationData: [x, y], callbacks: [stop] });
    expect(history.loss).toHaveLength(4);
    expect(history.val_loss).toHaveLength(2);
  });
});

test.each<[object, string]>([
  [{ 2: 1, cat: 3 }, "classWeight: expected classes to be integers >= 0, got cat"],
  [{ 0: Number.NaN }, "classWeight[0]: expected a finite number >= 0, got NaN"],
  [[1, -1], "classWeight[1]: expected a finite number >= 0, got -1"],
  ["balanced" as never, "classWeight: expected an object such as { 0: 1, 1: 2.5 } or a list, got balanced"],
])("the class weights %j are refused", async (classWeight, message) => {
  await expect(fit({ classWeight })).rejects.toThrow(message);
});

test("class weights are for classes that there are", async () => {
  const net = sequential([dense(3, { activation: "softmax", inputShape: [2] })]);
  net.compile({ loss: "sparseCategoricalCrossentropy", session });
  await expect(fit({ classWeight: { 3: 1 } }, net)).rejects.toThrow("expected classes to be integers in [0, 3), got 3");
  await expect(line().fit(x, [0.5, 1, 1], { classWeight: { 0: 2 } })).rejects.toThrow(
    "classWeight: expected targets that are classes, got 0.5 in y[0]",
  );
});

test.each([0, -1, 2.5, Number.NaN])("a batchSize of %d is refused", async (batchSize) => {
  const message = `expected batchSize to be an integer >= 1, got ${batchSize}`;
  await expect(line().predict(x, { batchSize })).rejects.toThrow(`predict: ${message}`);
  await expect(line().evaluate(x, y, { batchSize })).rejects.toThrow(`evaluate: ${message}`);
});

test.each<[unknown, string]>([
  [[[1, Number.POSITIVE_INFINITY]], "x[0][1] is Infinity; expected finite numbers of float32"],
  [{ data: [1, 1e39], shape: [1, 2] }, "x[0][1] is 1e+39; expected finite numbers of float32"],
  [["a", "b"], "x[0]: expected numbers, got string"],
  [null, "x: expected arrays of numbers, tensors, or { data, shape }, got null"],
  [{ data: new BigInt64Array(2), shape: [1, 2] }, "x: expected numbers, got bigint"],
])("the inputs %# are refused by their place", async (given, message) => {
  const net = line();
  await expect(net.predict(given as number[][])).rejects.toThrow(message);
});

test("batches that are none are refused", async () => {
  await expect(line().fit([null].values() as never)).rejects.toThrow("expected batches { x, y } or [x, y], got null");
  await expect(fit({ validationData: { x, y } })).rejects.toThrow("fit: expected validationData to be [x, y]");
});

test.each<[string, () => unknown, string]>([
  ["a layer beside the list", () => layers.sequential!(dense(1), dense(2)), "sequential: expected a list of layers"],
  ["a typo beside it", () => layers.sequential!([], { nam: "a" }), "did you mean name?"],
  ["a model's typo", () => layers.model!({ inputs: input({ shape: [2] }), output: 1 }), "did you mean outputs?"],
  [
    "a model without outputs",
    () => layers.model!({ inputs: input({ shape: [2] }) }),
    "model: expected outputs to be tensors that input() or a layer's apply() gave, got undefined",
  ],
  ["an input without shape", () => layers.input!({}), "input: expected a shape of one example such as [null, 8]"],
  ["nothing to compile with", () => (line().compile as (o?: object) => void)(), "compile: expected options to be"],
  [
    "an optimizer of no kind",
    () => line().compile({ optimizer: { learningRate: 1 } as never }),
    "compile: expected optimizer to be a name, or",
  ],
  ["metrics in no list", () => line().compile({ metrics: "mae" as never }), "compile: expected metrics to be a list"],
])("%s is refused", (_, call, message) => {
  expect(call).toThrow(message);
});

test("a model is opened of files, not of a path", async () => {
  await expect(typed.loadModel("model.keras" as never)).rejects.toThrow("loadModel: expected a Map of files by name");
});

test.each<[string, () => unknown, string]>([
  ["an activation in the place of options", () => layers.dense!(3, "relu"), "Dense: expected options to be an object"],
  [
    "a wrapper around no layer",
    () => layers.bidirectional!(typed.lstm),
    "Bidirectional: expected its layer to be a layer",
  ],
  [
    "steps of no layer",
    () => typed.timeDistributed(undefined as never).apply(input({ shape: [3, 2] })),
    "TimeDistributed: expected its layer to be a layer, such as dense(1), got undefined",
  ],
  ["nothing to apply to", () => dense(1).apply(undefined as never), "Dense: expected tensors that input()"],
  [
    "no rate",
    () => typed.dropout(undefined as never).apply(input({ shape: [3] })),
    "Dropout: expected rate to be a rate",
  ],
  [
    "a number as shape",
    () => typed.reshapeLayer(3 as never).apply(input({ shape: [3] })),
    "expected targetShape to be a list",
  ],
  [
    "a window that is too wide",
    () => typed.conv1d(3, 9).apply(input({ shape: [5, 2] })),
    'Conv1D: expected at least 9 steps, as wide as its window, got 5; take padding "same"',
  ],
])("%s is refused", (_, call, message) => {
  expect(call).toThrow(message);
});

test("a loss of one's own sees targets in the shape of predictions, and gives one number", async () => {
  const shapes: string[] = [];
  const net = sequential([dense(1, { inputShape: [2] })]);
  const loss: typed.LossFunction = (prediction, target) => {
    shapes.push(`${prediction.shape} ${target.shape}`);
    return mean(square(sub(prediction, target)));
  };
  net.compile({ loss, session });
  await fit({}, net);
  expect(shapes).toEqual(["3,1 3,1"]);
  net.compile({ loss: (prediction) => prediction, session });
  await expect(fit({}, net)).rejects.toThrow(
    "that gives a tensor of one number, such as by mean(), got a tensor [3, 1]",
  );
});

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSession, type Session } from "@cellstate/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Callback,
  csvLogger,
  dense,
  earlyStopping,
  embedding,
  flatten,
  lstm,
  type Model,
  modelCheckpoint,
  reduceLROnPlateau,
  sequential,
  terminateOnNaN,
} from "../src/index.ts";
import { openModel, saveModel } from "../src/node.ts";

let session: Session;

beforeAll(async () => {
  session = await createSession({ backend: "reference" });
});

afterAll(() => session.dispose());

const x = Array.from({ length: 20 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
const y = x.map(([a, b]) => 2 * a! - b!);

function line(learningRate = 0.1): Model {
  const net = sequential([dense(1, { inputShape: [2] })]);
  net.compile({ optimizer: { kind: "sgd", learningRate }, loss: "mse", metrics: ["mae"], session });
  return net;
}

/** Lines of what was shown. */
function recorder(canRewrite: boolean) {
  const texts: string[] = [];
  return { texts, output: { canRewrite, write: (text: string) => void texts.push(text) } };
}

describe("callbacks", () => {
  test("earlyStopping ends training and puts the best weights back", async () => {
    const net = line();
    let best: number[] = [];
    const watch: Callback = {
      onEpochEnd(epoch, _logs, model) {
        if (epoch !== 2) return;
        best = [...model.getWeights()[0]!.data];
        model.learningRate = 1.2; // from here on it gets worse
      },
    };
    const stop = earlyStopping({ monitor: "loss", patience: 2, restoreBestWeights: true });
    const { history } = await net.fit(x, y, { epochs: 50, verbose: 0, callbacks: [watch, stop] });
    expect(history.loss!.length).toBeLessThan(50);
    const lowest = history.loss!.indexOf(Math.min(...history.loss!));
    expect(history.loss!.length).toBe(lowest + 3);
    if (lowest === 2) expect([...net.getWeights()[0]!.data]).toEqual(best);
  });

  test("reduceLROnPlateau lowers the learning rate by its factor, no further than its least", async () => {
    const net = line(1e-9);
    const plateau = reduceLROnPlateau({ monitor: "loss", factor: 0.5, patience: 1, minLR: 2e-10 });
    await net.fit(x, y, { epochs: 8, verbose: 0, callbacks: [plateau] });
    expect(net.learningRate).toBe(2e-10);
  });

  test("a number that nobody logs is refused with those that are", async () => {
    await expect(line().fit(x, y, { verbose: 0, callbacks: [earlyStopping()] })).rejects.toThrow(
      "earlyStopping: expected monitor to be one of loss, mae, got val_loss",
    );
  });

  test("csvLogger writes a table, modelCheckpoint hands on better models only", async () => {
    const rows: string[] = [];
    const saved: number[] = [];
    const callbacks = [
      csvLogger((row) => void rows.push(row)),
      modelCheckpoint({
        monitor: "loss",
        saveBestOnly: true,
        save: (files, epoch) => void (files.has("config.json") && saved.push(epoch)),
      }),
    ];
    await line(0.05).fit(x, y, { epochs: 3, verbose: 0, callbacks });
    expect(rows[0]).toBe("epoch,loss,mae");
    expect(rows.slice(1).map((row) => row.split(",")[0])).toEqual(["0", "1", "2"]);
    expect(saved).toEqual([0, 1, 2]);
  });

  test("a loss that is no number is an error, or with terminateOnNaN the end", async () => {
    const fail = (callbacks: Callback[]) => line(1e30).fit(x, y, { epochs: 5, verbose: 0, callbacks });
    await expect(fail([])).rejects.toThrow(/the loss is (NaN|Infinity)/);
    const { epoch } = await fail([terminateOnNaN()]);
    expect(epoch.length).toBeLessThan(5);
  });
});

describe("data", () => {
  test("batches of an iterable or async iterable train as arrays do", async () => {
    const batches = [0, 10].map((start) => ({ x: x.slice(start, start + 10), y: y.slice(start, start + 10) }));
    const endless = async function* () {
      for (let at = 0; ; at++) yield batches[at % 2]!;
    };
    const [fromArrays, fromBatches, fromEndless] = [line(), line(), line()];
    await fromArrays.fit(x, y, { epochs: 3, batchSize: 10, shuffle: false, verbose: 0 });
    await fromBatches.fit(batches, undefined, { epochs: 3, verbose: 0 });
    await fromEndless.fit(endless(), undefined, { epochs: 3, stepsPerEpoch: 2, verbose: 0 });
    expect(fromBatches.getWeights()).toEqual(fromArrays.getWeights());
    expect(fromEndless.getWeights()).toEqual(fromArrays.getWeights());
  });

  test("validationSplit holds the last examples back, as validationData would", async () => {
    const [split, given] = [line(), line()];
    const { history } = await split.fit(x, y, { epochs: 2, validationSplit: 0.25, verbose: 0 });
    const validationData = [x.slice(15), y.slice(15)] as const;
    expect(await given.fit(x.slice(0, 15), y.slice(0, 15), { epochs: 2, validationData, verbose: 0 })).toMatchObject({
      history,
    });
    const { loss, mae } = await given.evaluate(x.slice(15), y.slice(15));
    expect([loss, mae]).toEqual([history.val_loss!.at(-1), history.val_mae!.at(-1)]);
  });

  test("padding behind masked ids changes no bit of a prediction, and training ignores it", async () => {
    const make = () => {
      const net = sequential([embedding(9, 4, { maskZero: true }), lstm(3), dense(1, { activation: "sigmoid" })]);
      net.compile({ optimizer: "sgd", loss: "binaryCrossentropy", session });
      return net;
    };
    const ids = [
      [3, 1, 4],
      [1, 5, 0],
    ];
    const padded = ids.map((row) => [...row, 0, 0, 0]);
    const [tight, wide] = [make(), make()];
    expect((await wide.predict(padded)).data).toEqual((await tight.predict(ids)).data);
    await tight.fit(ids, [1, 0], { epochs: 2, verbose: 0, shuffle: false });
    await wide.fit(padded, [1, 0], { epochs: 2, verbose: 0, shuffle: false });
    expect(wide.getWeights()).toEqual(tight.getWeights());
  });

  test("what does not fit is refused by name and place", async () => {
    const words = sequential([embedding(5, 2, { inputLength: 2 }), flatten(), dense(3, { activation: "softmax" })]);
    await expect(words.predict([[1, 7]])).rejects.toThrow(
      "x[0][1] is 7; embedding (Embedding) expects ids that are integers in [0, 5)",
    );
    const net = sequential([dense(3, { activation: "softmax", inputShape: [2] })]);
    net.compile({ loss: "sparseCategoricalCrossentropy", session });
    const fail = (labels: unknown, options: object = {}) =>
      expect(net.fit(x.slice(0, 2), labels as number[], { verbose: 0, ...options })).rejects;
    await fail([0, 3]).toThrow("y[1] is 3; expected a class in [0, 3)");
    await fail([
      [1, 0, 0],
      [0, 1, 0],
    ]).toThrow("categoricalCrossentropy takes a probability for each class");
    await fail([0, 1], { sampleWeight: [1, 2, 3] }).toThrow("sampleWeight: expected one weight for each of 2 examples");
    await fail([0, 1], { sampleWeight: [1, -2] }).toThrow(
      "sampleWeight: expected finite numbers >= 0, got -2 at position 1",
    );
    await fail([0, 1], { epoch: 3 }).toThrow("fit: expected options to be among epochs");
    await fail([0, 1], { batchSize: 0 }).toThrow("fit: expected batchSize to be an integer >= 1, got 0");
    await fail([0, 1], { validationSplit: 0.9 }).toThrow("leaves none of 2 examples");
    expect(() => dense(3, { unit: 4 } as object)).toThrow("Dense: expected options to be among units");
    expect(() => net.compile({ optimizer: "adm" })).toThrow(/did you mean adam\?/);
    expect(() => net.compile({ optimizer: { kind: "adam", learningRate: Number.NaN } })).toThrow(
      "adam: expected learningRate to be a value, got NaN",
    );
    expect(() => net.compile({ loss: "mse", metrics: ["acuracy"] })).toThrow(/did you mean accuracy\?/);
    expect(() => dense(2).getWeights()).toThrow("Dense: has no weights yet; call await model.build() first");
  });
});

test("progress is a bar that moves in a terminal, plain lines elsewhere, and nothing with verbose 0", async () => {
  const [plain, moving, silent] = [recorder(false), recorder(true), recorder(true)];
  await line().fit(x, y, { epochs: 2, batchSize: 10, output: plain.output });
  await line().fit(x, y, { epochs: 1, batchSize: 10, output: moving.output });
  await line().fit(x, y, { epochs: 1, output: silent.output, verbose: 0 });
  expect(plain.texts[0]).toBe("Epoch 1/2\n");
  expect(plain.texts[1]).toMatch(/^2\/2 ━{20} 0s \d+(ms|us)\/step - loss: [\d.]+ - mae: [\d.]+\n$/);
  expect(plain.texts).toHaveLength(4);
  expect(moving.texts.some((text) => text.startsWith("\r\u001b[K1/2 ━━━━━━━━━━──────────"))).toBe(true);
  expect(silent.texts).toEqual([]);
});

test("a model is saved into a folder and opened from it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cellstate-layers-"));
  const net = line();
  const before = await net.predict(x);
  await saveModel(net, join(folder, "model"));
  expect(readdirSync(join(folder, "model")).sort()).toEqual(["config.json", "model.safetensors"]);
  const opened = await openModel(join(folder, "model"), { session });
  expect(await opened.predict(x)).toEqual(before);
  await expect(openModel(join(folder, "none"))).rejects.toThrow("openModel: cannot read the folder");
  rmSync(folder, { recursive: true });
});

test("summary lists layers, shapes, weights and costs", () => {
  const lines: string[] = [];
  sequential([lstm(50, { inputShape: [10, 1] }), dense(1)]).summary({ print: (text) => void lines.push(text) });
  expect(lines).toContain("weights: 10,451 (41.8 kB), trained: 10,451");
  expect(lines.find((text) => text.startsWith("lstm (LSTM)"))).toMatch(/\(batch, 50\)\s+10,400\s+204,000/);
});

test("evaluate shows its scores where it is asked to, and predict shows nothing", async () => {
  const written: string[] = [];
  const output = { canRewrite: false, write: (text: string) => void written.push(text) };
  const net = line();
  await net.fit(x, y, { verbose: 0 });
  const { loss, mae } = await net.evaluate(x, y, { verbose: 0, output });
  expect(written).toEqual([]);
  await net.evaluate(x, y, { verbose: 1, output });
  expect(written).toEqual([`loss: ${loss!.toFixed(4)} - mae: ${mae!.toFixed(4)}\n`]);
  await expect(net.evaluate(x, y, { verbose: 3 as 2 })).rejects.toThrow(
    "evaluate: expected verbose to be 0, 1 or 2, got 3",
  );
  await net.predict(x, { verbose: 0 });
  await expect(net.predict(x, { verbose: 1 as 0 })).rejects.toThrow("expected verbose to be 0, since it shows nothing");
});

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DataConfigError, DataFileError, type DataRecord } from "@cellstate/data";
import { dataConfig } from "@cellstate/data/config";
import { loadDataset } from "@cellstate/data/node";
import { encodeJson, ModelFilesError, type PredictionLine, type TaskModel } from "@cellstate/tasks";
import { createSession, Rng } from "@cellstate/tensor";
import { expect, test } from "vitest";
import { forecastFields } from "./data.ts";
import { makeData } from "./make-data.ts";
import { task } from "./task.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const sections = { model: { encoder: { kind: "gru", hiddenSize: 4 } } };
const planOf = (changes = {}) => task.plan(task.configSchema.parse({ ...sections, ...changes }));
const plan = planOf();

const record = (line: number, past: readonly number[], next?: readonly number[]): DataRecord => ({
  values: { past, next },
  file: "levels.tsv",
  line,
});
const train = [record(2, [1, 2, 3], [4, 5]), record(3, [4, 5], [6, 7])];
const fit = (records = train) => plan.fit(records, async () => undefined);

async function predict(model: TaskModel, pasts: readonly (readonly number[])[]): Promise<PredictionLine[]> {
  const lines: PredictionLine[] = [];
  for await (const line of model.predict(pasts.map((past, index) => record(index + 1, past)))) lines.push(line);
  return lines;
}

test("data.tsv is what make-data.ts writes", async () => {
  expect(makeData()).toBe(await readFile(join(folder, "data.tsv"), "utf8"));
});

test("nothing is trained on that comes after a number that is held out", async () => {
  const config = dataConfig.parse({ train: "data.tsv", split: { by: "time" }, devFraction: 0.2, testFraction: 0.1 });
  const dataset = await loadDataset(config, forecastFields, { configDir: folder, datasetsDir: folder });
  const splits = [dataset.train as readonly DataRecord[], dataset.evaluated.dev!, dataset.evaluated.test!];
  expect(splits.map(({ length }) => length)).toEqual([168, 48, 24]);
  const lines = splits.flat().map(({ line }) => line);
  expect(lines).toEqual([...lines].sort((a, b) => a - b));
});

test("the scaler holds mean and deviation of the numbers of train, and how many are forecast", async () => {
  const scalerOf = async (records: readonly DataRecord[]) =>
    JSON.parse(new TextDecoder().decode((await fit([...records])).save().get("scaler.json"))) as unknown;
  // 1 2 3 4 5 4 5 6 7: sum 37, sum of squares 181
  const deviation = expect.closeTo(Math.sqrt(181 / 9 - (37 / 9) ** 2), 14);
  expect(await scalerOf(train)).toEqual({ formatVersion: 1, mean: expect.closeTo(37 / 9, 14), deviation, horizon: 2 });
  expect(await scalerOf([record(2, [3, 3], [3])])).toMatchObject({ mean: 3, deviation: 1, horizon: 1 });
});

test("rows that cannot be forecast, or have another number of steps, are refused by file and line", async () => {
  const pipeline = await fit();
  const encode = (bad: DataRecord) => pipeline.encode([record(2, [1], [2, 3]), bad], "dev");
  await expect(encode(record(3, [], [1, 2]))).rejects.toThrow(DataFileError);
  await expect(encode(record(3, [], [1, 2]))).rejects.toThrow("levels.tsv:3: past has no numbers");
  await expect(encode(record(3, [1], [2]))).rejects.toThrow(
    "levels.tsv:3: next has 1 numbers, the first row of train has 2; give every row as many",
  );
});

test("numbers whose deviation is no number are refused, and so is an empty train split", async () => {
  await expect(fit([record(2, [1e200], [-1e200])])).rejects.toThrow(DataConfigError);
  await expect(fit([record(2, [1e200], [-1e200])])).rejects.toThrow("too large to be squared");
  await expect(fit([])).rejects.toThrow("there are no training examples");
});

test("a series is forecast the same alone, among others and in any order", async () => {
  const model = (await fit()).build(await createSession({ backend: "reference" }), new Rng(1));
  const pasts = Array.from({ length: 70 }, (_, i) => Array.from({ length: 1 + (i % 7) }, (_, step) => (i * step) % 5));
  const together = (await predict(model, pasts)).map(({ prediction }) => prediction);
  const reversed = (await predict(model, [...pasts].reverse())).map(({ prediction }) => prediction);
  expect(reversed.reverse()).toEqual(together);
  for (const place of [0, 6, 69])
    expect((await predict(model, [pasts[place]!]))[0]!.prediction).toEqual(together[place]);
});

test("a line has the next numbers where they are known, and scores need them", async () => {
  const pipeline = await fit();
  const model = pipeline.build(await createSession({ backend: "reference" }), new Rng(1));
  const [line] = (await model.evaluate(await pipeline.encode(train, "dev"))).lines();
  expect(line).toEqual({
    index: 0,
    past: [1, 2, 3],
    next: [4, 5],
    prediction: [expect.any(Number), expect.any(Number)],
  });
  expect(Object.keys((await predict(model, [[1, 2]]))[0]!)).toEqual(["index", "past", "prediction"]);
  await expect(model.evaluate(await pipeline.encode([record(2, [1])], "dev"))).rejects.toThrow(
    "metrics: expected examples with next, example 0 has none",
  );
});

test("the last value repeated is the baseline", async () => {
  const pipeline = await fit();
  const dev = await pipeline.encode([record(2, [9, 1], [2, 4])], "dev");
  const { lastValue } = (await pipeline.fitBaselines(dev)).score(new Map([["dev", dev]]));
  expect(lastValue!.dev).toMatchObject({ meanAbsoluteError: 2, rootMeanSquaredError: Math.sqrt(5) });
});

test("the metric that selects is any of the metrics", () => {
  expect(plan.selection).toEqual({ name: "rootMeanSquaredError", direction: "min", unit: "target" });
  expect(planOf({ metrics: { select: "meanAbsoluteError" } }).selection.name).toBe("meanAbsoluteError");
  expect(() => planOf({ metrics: { select: "accuracy" } })).toThrow("meanAbsoluteError");
});

test("a scaler that scales nothing is refused by the name of its file", async () => {
  const load = (scaler: unknown) => plan.load(new Map([["scaler.json", encodeJson(scaler)]]));
  await expect(load({ formatVersion: 1, mean: 0, deviation: 0, horizon: 1 })).rejects.toThrow(ModelFilesError);
  await expect(load({ formatVersion: 1, mean: 0, deviation: 0, horizon: 1 })).rejects.toThrow(
    "scaler.json: deviation: ",
  );
  await expect(load({ formatVersion: 2 })).rejects.toThrow("scaler.json: formatVersion 2 is newer than 1");
});

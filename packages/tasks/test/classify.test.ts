/** The classifiers seen from outside: they learn word order, keep what they learned on disk, and complain about bad data. */
import { DataConfigError, DataFileError } from "@cellstate/data";
import { loadStateDict, stateDict } from "@cellstate/lstm-core";
import { Rng } from "@cellstate/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { type ClassifyConfig, classification, ModelFilesError, sentiment, tasks } from "../src/index.ts";
import { datasetOf, type Trained, trainTiny } from "./train-tiny.ts";

const config = sentiment.configSchema.parse({
  tokenizer: { kind: "word", lowercase: true },
  model: {
    embedding: { size: 8, dropout: 0.1 },
    encoder: { hiddenSize: 8, bidirectional: true },
    dropout: 0.1,
    unkDropout: 0.02,
  },
}) as ClassifyConfig;

/** Each pair has the same words, so that only their order tells the label. */
const data = datasetOf({
  train: [
    ["slow at first but great in the end", "positive"],
    ["great at first but slow in the end", "negative"],
    ["not bad, it is good", "positive"],
    ["not good, it is bad", "negative"],
    ["a bad start and a good end", "positive"],
    ["a good start and a bad end", "negative"],
  ],
  dev: [
    ["slow but good", "positive"],
    ["", "negative"],
  ],
});

type Sentiment = typeof sentiment;
type TinyRun = Trained<
  Awaited<ReturnType<Sentiment["fit"]>>,
  ReturnType<Sentiment["encode"]>[number],
  ReturnType<Sentiment["buildModel"]>
>;
let run: TinyRun;

beforeAll(async () => {
  run = await trainTiny(sentiment, config, data, { steps: 120, learningRate: 0.02 });
});

test.each([
  { kind: "gru" },
  { kind: "rnn" },
  { kind: "lstm", peepholes: true, gateLayerNorm: true, cellClip: 3, projectionSize: 6, recurrentDropout: 0.1 },
])("a tiny sentiment run with other encoders learns, too: $kind", async (encoder) => {
  const { tokenizer, model } = config;
  const given = { tokenizer, model: { ...model, encoder: { ...encoder, hiddenSize: 8, bidirectional: true } } };
  const other = sentiment.configSchema.parse(given) as ClassifyConfig;
  const { losses, model: trained } = await trainTiny(sentiment, other, data, { steps: 100, learningRate: 0.02 });
  expect(losses.at(-1)).toBeLessThan(losses[0]! / 5);
  expect([...trained.parameters().keys()]).toContain("encoder.weight_hh_l0_reverse");
});

const predict = (examples: TinyRun["train"], model = run.model) =>
  sentiment.predict(config, run.fitted, model, examples, { session: run.session });

describe("a tiny sentiment run", () => {
  test("learns texts that differ in the order of their words only", async () => {
    expect(run.losses.at(-1)).toBeLessThan(run.losses[0]! / 5);
    const metrics = sentiment.metrics(config, run.fitted, await predict(run.train), run.train);
    expect(metrics).toMatchObject({
      accuracy: 1,
      macroF1: 1,
      confusion: [
        [3, 0],
        [0, 3],
      ],
    });
    expect(metrics.loss).toBeLessThan(0.1);
  });

  test("is beaten by no baseline that only counts words", () => {
    const baselines = sentiment.baselines(config, run.fitted, run.train, new Map([["train", run.train]]));
    expect([...baselines.keys()]).toEqual(["majority", "naiveBayes"]);
    expect(baselines.get("majority")!.get("train")).toMatchObject({
      accuracy: 0.5,
      loss: expect.closeTo(Math.LN2, 12),
    });
    const naiveBayes = baselines.get("naiveBayes")!.get("train")!;
    expect(Object.keys(naiveBayes)).toEqual(["loss", "accuracy", "macroF1", "confusion"]);
    expect(naiveBayes.accuracy).toBe(0.5); // both texts of a pair look alike to it
  });

  test("predicts the same after saving and loading", async () => {
    const loaded = sentiment.load(config, sentiment.save(run.fitted));
    expect(loaded.labels).toEqual(["negative", "positive"]);
    const model = sentiment.buildModel(config, loaded, run.session, new Rng(99));
    loadStateDict(model, stateDict(run.model));
    const texts = ["slow but good in the end", "an unseen word: zebra", ""];
    const before = await predict(sentiment.encodeInputs(config, run.fitted, texts));
    const after = await predict(sentiment.encodeInputs(config, loaded, texts), model);
    expect(after).toEqual(before);
  });

  test("predicts each text the same alone, among others and in any order", async () => {
    const long = Array.from({ length: 70 }, (_, i) => `good ${"bad ".repeat(i % 13)}end`);
    const examples = sentiment.encodeInputs(config, run.fitted, ["", ...long, "great in the end"]);
    const together = await predict(examples);
    expect(await predict([...examples].reverse())).toEqual([...together].reverse());
    for (const place of [0, 5, 71]) expect(await predict([examples[place]!])).toEqual([together[place]]);
    expect(await predict([])).toEqual([]);
  });

  test("writes lines with the label's name and all probabilities, without a label for new texts", async () => {
    const [prediction] = await predict(run.train);
    const line = sentiment.toLine(run.fitted, prediction!, run.train[0]!);
    expect(Object.keys(line)).toEqual(["index", "text", "label", "prediction", "probs"]);
    expect(line).toMatchObject({
      index: 0,
      text: "slow at first but great in the end",
      label: "positive",
      prediction: "positive",
    });
    const probs = line.probs as Record<string, number>;
    expect(probs.negative! + probs.positive!).toBeCloseTo(1, 12);
    const [fresh] = sentiment.encodeInputs(config, run.fitted, ["good"]);
    expect(Object.keys(sentiment.toLine(run.fitted, prediction!, fresh!))).toEqual([
      "index",
      "text",
      "prediction",
      "probs",
    ]);
  });

  test("gives a text without tokens an answer, too", async () => {
    const [empty] = await predict(sentiment.encodeInputs(config, run.fitted, [""]));
    expect(empty!.logProbs.every(Number.isFinite)).toBe(true);
  });

  test("counts real tokens only", () => {
    const batch = sentiment.collate(config, run.fitted, run.train.slice(0, 3));
    expect(sentiment.tokensIn(batch)).toBe(8 + 8 + 6);
    expect(run.train.map(sentiment.lengthOf)).toEqual([8, 8, 6, 6, 7, 7]);
  });
});

describe("options", () => {
  test("balanced class weights and label smoothing change the loss of training, not the one reported", async () => {
    const rows = [...Array(4).fill(["good", "positive"]), ["bad", "negative"]] as [string, string][];
    const skewed = datasetOf({ train: rows });
    const weighted = { ...config, loss: { labelSmoothing: 0.1, classWeights: "balanced" as const } };
    const plainRun = await trainTiny(sentiment, config, skewed, { steps: 1, learningRate: 0.01 });
    const weightedRun = await trainTiny(sentiment, weighted, skewed, { steps: 1, learningRate: 0.01 });
    expect(weightedRun.losses[0]).not.toBe(plainRun.losses[0]);
    const untrained = (used: ClassifyConfig) =>
      sentiment.buildModel(used, plainRun.fitted, plainRun.session, new Rng(1));
    const score = async (used: ClassifyConfig) => {
      const answers = await sentiment.predict(used, plainRun.fitted, untrained(used), plainRun.train, plainRun);
      return sentiment.metrics(used, plainRun.fitted, answers, plainRun.train).loss;
    };
    expect(await score(weighted)).toBe(await score(config));
  });

  test("metrics.select names the dev metric and its direction", () => {
    const select = (name: ClassifyConfig["metrics"]["select"]) =>
      sentiment.selection({ ...config, metrics: { select: name } });
    expect(sentiment.selection(config)).toEqual({ name: "accuracy", direction: "max" });
    expect(select("loss")).toEqual({ name: "loss", direction: "min" });
  });

  test("unknown keys are refused and the list of tasks has names that differ", () => {
    const result = sentiment.configSchema.safeParse({ ...config, model: { ...config.model, poling: "max" } });
    expect(result.error?.issues[0]).toMatchObject({ code: "unrecognized_keys", path: ["model"], keys: ["poling"] });
    expect(tasks.map(({ name }) => name)).toEqual(["sentiment", "classification", "translation"]);
  });
});

describe("bad data and bad files", () => {
  test("one label only in train is refused with file and line", async () => {
    const one = datasetOf({
      train: [
        ["a", "positive"],
        ["b", "positive"],
      ],
    });
    const failure = sentiment.fit(config, one);
    await expect(failure).rejects.toThrow(DataFileError);
    await expect(failure).rejects.toThrow(
      'train.tsv:3: up to here all 2 training examples have the label "positive"; a classifier needs examples of at least two labels',
    );
  });

  test("a label that train lacks is refused with file and line", () => {
    const other = datasetOf({
      test: [
        ["fine", "positive"],
        ["so so", "neutral"],
      ],
    });
    expect(() => sentiment.encode(config, run.fitted, other.splits.test!, "test")).toThrow(
      'test.tsv:3: the label "neutral" does not occur in train, which has "negative", "positive"; mend the label or add training examples',
    );
  });

  test("pairs and an empty train split are refused", async () => {
    const pairs = datasetOf({ train: [["a", "b"]] }, "pair");
    await expect(classification.fit(config, pairs)).rejects.toThrow(DataConfigError);
    await expect(classification.fit(config, pairs)).rejects.toThrow("task classification needs texts with labels");
    await expect(sentiment.fit(config, datasetOf({ train: [] }))).rejects.toThrow("tiny has no training examples");
  });

  test("a model folder that is incomplete, damaged or newer is refused by the name of the file", () => {
    const files = new Map(sentiment.save(run.fitted));
    const load = (changes: Record<string, string | undefined>) => () => {
      const changed = new Map(files);
      for (const [file, contents] of Object.entries(changes)) {
        if (contents === undefined) changed.delete(file);
        else changed.set(file, contents);
      }
      return sentiment.load(config, changed);
    };
    expect(load({ "tokenizer.json": undefined })).toThrow(ModelFilesError);
    expect(load({ "tokenizer.json": undefined })).toThrow("model folder: tokenizer.json: missing");
    expect(load({ "tokenizer.json": "{" })).toThrow("model folder: tokenizer.json: tokenizer.json: expected JSON");
    expect(load({ "labels.json": "[" })).toThrow("model folder: labels.json: not valid JSON");
    expect(load({ "labels.json": '{"formatVersion": 2}' })).toThrow("labels.json: formatVersion 2 is newer than 1");
    expect(load({ "labels.json": '{"formatVersion": 1, "labels": ["a"], "trainCounts": [1]}' })).toThrow(
      "labels.json: labels:",
    );
    expect(load({ "labels.json": '{"formatVersion": 1, "labels": ["a", "b"], "trainCounts": [1]}' })).toThrow(
      "expected one count in trainCounts for each of labels",
    );
  });

  test("metrics of unlabelled texts are refused", async () => {
    const examples = sentiment.encodeInputs(config, run.fitted, ["good"]);
    const predictions = await predict(examples);
    expect(() => sentiment.metrics(config, run.fitted, predictions, examples)).toThrow("example 0 has none");
    expect(() => sentiment.metrics(config, run.fitted, [], [])).toThrow("got 0 for 0");
  });
});

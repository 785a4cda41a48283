/** The classifiers seen from outside: they learn word order, keep what they learned on disk, and complain about bad data. */
import { DataConfigError, DataFileError } from "@cellstate/data";
import { loadStateDict, stateDict } from "@cellstate/lstm-core";
import { Rng } from "@cellstate/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { ModelFilesError, sentiment, tasks } from "../src/index.ts";
import { collect } from "./collect.ts";
import { answersTo, encodedBy, labelled, readNothing, type TinyRun, trainTiny } from "./train-tiny.ts";

const config = {
  tokenizer: { kind: "word", lowercase: true },
  model: {
    embedding: { size: 8, dropout: 0.1 },
    encoder: { hiddenSize: 8, bidirectional: true },
    dropout: 0.1,
    unkDropout: 0.02,
  },
};

/** Each pair has the same words, so that only their order tells the label. */
const records = labelled("train", [
  ["slow at first but great in the end", "positive"],
  ["great at first but slow in the end", "negative"],
  ["not bad, it is good", "positive"],
  ["not good, it is bad", "negative"],
  ["a bad start and a good end", "positive"],
  ["a good start and a bad end", "negative"],
]);

const unlabelled = (...texts: readonly string[]) =>
  labelled(
    "new",
    texts.map((text) => [text]),
  );

let run: TinyRun;

beforeAll(async () => {
  run = await trainTiny(sentiment, config, records, { steps: 120, learningRate: 0.02 });
});

test.each([
  { kind: "gru" },
  { kind: "rnn" },
  { kind: "lstm", peepholes: true, gateLayerNorm: true, cellClip: 3, projectionSize: 6, recurrentDropout: 0.1 },
])("a tiny sentiment run with other encoders learns, too: $kind", async (encoder) => {
  const { tokenizer, model } = config;
  const given = { tokenizer, model: { ...model, encoder: { ...encoder, hiddenSize: 8, bidirectional: true } } };
  const { losses, model: trained } = await trainTiny(sentiment, given, records, { steps: 100, learningRate: 0.02 });
  expect(losses.at(-1)).toBeLessThan(losses[0]! / 5);
  expect([...trained.parameters().keys()]).toContain("encoder.weight_hh_l0_reverse");
});

describe("a tiny sentiment run", () => {
  test("learns texts that differ in the order of their words only", async () => {
    expect(run.losses.at(-1)).toBeLessThan(run.losses[0]! / 5);
    const { scores, report } = await run.model.evaluate(run.train);
    expect(scores).toMatchObject({ accuracy: 1, macroF1: 1 });
    expect(scores.loss).toBeLessThan(0.1);
    expect(Object.keys(scores)).toEqual(run.plan.metrics.map(({ name }) => name));
    const counts = [
      [3, 0],
      [0, 3],
    ];
    expect((await report("train"))[0]).toMatchObject({ kind: "confusion", names: ["negative", "positive"], counts });
  });

  test("is beaten by no baseline that only counts words", async () => {
    const baselines = (await run.pipeline.fitBaselines(run.train)).score(new Map([["train", run.train]]));
    expect(Object.keys(baselines)).toEqual(["majority", "naiveBayes", "tfidfLogistic"]);
    expect(baselines.majority?.train).toMatchObject({ accuracy: 0.5, loss: expect.closeTo(Math.LN2, 12) });
    const naiveBayes = baselines.naiveBayes?.train;
    expect(Object.keys(naiveBayes!)).toEqual(["loss", "accuracy", "macroF1"]);
    expect(naiveBayes!.accuracy).toBe(0.5); // both texts of a pair look alike to it
  });

  test("predicts the same after saving and loading", async () => {
    const loaded = await run.plan.load(run.pipeline.save());
    const model = loaded.build(run.session, new Rng(99));
    loadStateDict(model, stateDict(run.model));
    const texts = unlabelled("slow but good in the end", "an unseen word: zebra", "");
    const before = await answersTo(run.model, texts);
    expect(Object.keys(before[0]!.probs as object)).toEqual(["negative", "positive"]);
    expect(await answersTo(model, texts)).toEqual(before);
  });

  test("predicts each text the same alone, among others and in any order", async () => {
    const long = Array.from({ length: 70 }, (_, i) => `good ${"bad ".repeat(i % 13)}end`);
    const texts = unlabelled("", ...long, "great in the end");
    const together = await answersTo(run.model, texts);
    expect(await answersTo(run.model, [...texts].reverse())).toEqual([...together].reverse());
    for (const place of [0, 5, 71]) expect(await answersTo(run.model, [texts[place]!])).toEqual([together[place]]);
    expect(await answersTo(run.model, [])).toEqual([]);
  });

  test("predicts a labelled split as its evaluation does", async () => {
    const { lines } = await run.model.evaluate(run.train);
    expect(await collect(run.model.predict(records))).toEqual([...lines()]);
  });

  test("writes lines with the label's name and all probabilities, without a label for new texts", async () => {
    const { lines } = await run.model.evaluate(run.train);
    const [line] = lines();
    expect(Object.keys(line!)).toEqual(["index", "text", "label", "prediction", "probs"]);
    expect(line).toMatchObject({
      index: 0,
      text: "slow at first but great in the end",
      label: "positive",
      prediction: "positive",
    });
    const probs = line!.probs as Record<string, number>;
    expect(probs.negative! + probs.positive!).toBeCloseTo(1, 12);
    const [fresh] = await collect(run.model.predict(unlabelled("good")));
    expect(Object.keys(fresh!)).toEqual(["index", "text", "prediction", "probs"]);
  });

  test("gives a text without tokens an answer, too", async () => {
    const [empty] = await answersTo(run.model, unlabelled(""));
    expect(Object.values(empty!.probs as Record<string, number>).every((prob) => prob > 0 && prob < 1)).toBe(true);
  });

  test("counts real tokens only", async () => {
    const first = await run.pipeline.encode(records.slice(0, 3), "train");
    const batches = await run.model.batches(first, { batchSize: 3, seed: 0 });
    expect(await batches.next()).toMatchObject({ tokens: 8 + 8 + 6, epochEnded: true });
    expect((await encodedBy(run.pipeline, records)).sizes).toEqual([8, 8, 6, 6, 7, 7]);
  });
});

describe("options", () => {
  test("balanced class weights and label smoothing change the loss of training, not the one reported", async () => {
    const skewed = labelled("train", [...Array(4).fill(["good", "positive"]), ["bad", "negative"]]);
    const weighted = { ...config, loss: { labelSmoothing: 0.1, classWeights: "balanced" } };
    const untrained = { steps: 1, learningRate: 0 };
    const plain = await trainTiny(sentiment, config, skewed, untrained);
    const other = await trainTiny(sentiment, weighted, skewed, untrained);
    expect(other.losses[0]).not.toBe(plain.losses[0]);
    const loss = async ({ model, train }: TinyRun) => (await model.evaluate(train)).scores.loss;
    expect(await loss(other)).toBe(await loss(plain));
  });

  test("metrics.select names the dev metric and its direction", () => {
    const select = (name: string) =>
      sentiment.plan(sentiment.configSchema.parse({ ...config, metrics: { select: name } })).selection;
    expect(run.plan.selection).toMatchObject({ name: "accuracy", direction: "max" });
    expect(select("loss")).toMatchObject({ name: "loss", direction: "min" });
    expect(run.plan.loss.name).toBe("loss");
    expect(() => select("bleu")).toThrow("accuracy");
  });

  test("unknown keys are refused and the list of tasks has names that differ", () => {
    const result = sentiment.configSchema.safeParse({ ...config, model: { ...config.model, poling: "max" } });
    expect(result.error?.issues[0]).toMatchObject({ code: "unrecognized_keys", path: ["model"], keys: ["poling"] });
    const names = tasks.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["sentiment", "classification", "translation"]));
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("bad data and bad files", () => {
  test("one label only in train is refused with file and line", async () => {
    const one = labelled("train", [
      ["a", "positive"],
      ["b", "positive"],
    ]);
    const failure = run.plan.fit(one, readNothing);
    await expect(failure).rejects.toThrow(DataFileError);
    await expect(failure).rejects.toThrow(
      'train.tsv:3: up to here all 2 training examples have the label "positive"; a classifier needs examples of at least two labels',
    );
  });

  test("a label that train lacks is refused with file and line", async () => {
    const other = labelled("test", [
      ["fine", "positive"],
      ["so so", "neutral"],
    ]);
    const failure = run.pipeline.encode(other, "test");
    await expect(failure).rejects.toThrow(DataFileError);
    await expect(failure).rejects.toThrow(
      'test.tsv:3: the label "neutral" does not occur in train, which has "negative", "positive"; mend the label or add training examples',
    );
  });

  test("texts and labels are what it asks its data for, and an empty train split is refused", async () => {
    expect(run.plan.fields).toEqual({
      text: { kind: "text" },
      label: { kind: "category", target: true },
      weight: { kind: "number", target: true, optional: true, onlyNamed: true },
    });
    const failure = run.plan.fit([], readNothing);
    await expect(failure).rejects.toThrow(DataConfigError);
    await expect(failure).rejects.toThrow("data: there are no training examples; add rows to the train split");
  });

  test("a model folder that is incomplete, damaged or newer is refused by the name of the file", async () => {
    const load = (changes: Record<string, string | undefined>) => {
      const changed = new Map(run.pipeline.save());
      for (const [file, contents] of Object.entries(changes)) {
        if (contents === undefined) changed.delete(file);
        else changed.set(file, new TextEncoder().encode(contents));
      }
      return run.plan.load(changed);
    };
    expect(await load({})).toHaveProperty("build");
    await expect(load({ "tokenizer.json": undefined })).rejects.toThrow(ModelFilesError);
    await expect(load({ "tokenizer.json": undefined })).rejects.toThrow("model folder: tokenizer.json: missing");
    await expect(load({ "tokenizer.json": "{" })).rejects.toThrow(
      "model folder: tokenizer.json: tokenizer.json: expected JSON",
    );
    await expect(load({ "labels.json": undefined })).rejects.toThrow("model folder: labels.json: missing");
    await expect(load({ "labels.json": "[" })).rejects.toThrow(
      "model folder: labels.json: is not whole JSON; the file is damaged",
    );
    await expect(load({ "labels.json": '{"formatVersion": 2}' })).rejects.toThrow(
      "labels.json: formatVersion 2 is newer than 1",
    );
    await expect(load({ "labels.json": '{"formatVersion": 1, "labels": ["a"], "trainCounts": [1]}' })).rejects.toThrow(
      "labels.json: labels:",
    );
    await expect(
      load({ "labels.json": '{"formatVersion": 1, "labels": ["a", "b"], "trainCounts": [1]}' }),
    ).rejects.toThrow("expected one count in trainCounts for each of labels");
  });

  test("a model file that is no UTF-8 is refused by its name", async () => {
    const files = new Map([...run.pipeline.save(), ["labels.json", Uint8Array.of(0x7b, 0xff)]]);
    await expect(run.plan.load(files)).rejects.toThrow(
      "model folder: labels.json: not valid UTF-8; the file is damaged",
    );
  });

  test("metrics of unlabelled texts are refused", async () => {
    const evaluate = async (...texts: readonly string[]) =>
      run.model.evaluate(await run.pipeline.encode(unlabelled(...texts), "test"));
    await expect(evaluate("good")).rejects.toThrow("example 0 has none");
    await expect(evaluate()).rejects.toThrow("got 0 for 0");
  });
});

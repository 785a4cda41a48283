/** Translation seen from outside: it learns tiny pairs, keeps what it learned on disk, and tells bad input clearly. */
import { DataConfigError } from "@cellstate/data";
import { loadStateDict, stateDict } from "@cellstate/lstm-core";
import { Rng } from "@cellstate/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { ModelFilesError, type TranslationConfig, translation } from "../src/index.ts";
import { datasetOf, type Trained, trainTiny } from "./train-tiny.ts";

const config = translation.configSchema.parse({
  tokenizer: { source: { kind: "word", lowercase: true, preTokenizer: "metaspace" }, target: { kind: "char" } },
  model: {
    embedding: { size: 10 },
    encoder: { hiddenSize: 12 },
    decoder: { hiddenSize: 12 },
  },
  search: { maxDecodeLen: 20 },
}) as TranslationConfig;

const data = datasetOf(
  {
    train: [
      ["1 May 2004", "2004-05-01"],
      ["2 May 2004", "2004-05-02"],
      ["1 June 2005", "2005-06-01"],
      ["2 June 2004", "2004-06-02"],
    ],
    test: [["1 May 2004", "2004-05-01"]],
  },
  "pair",
);

type TinyRun = Trained<
  Awaited<ReturnType<typeof translation.fit>>,
  ReturnType<typeof translation.encode>[number],
  ReturnType<typeof translation.buildModel>
>;
let run: TinyRun;

beforeAll(async () => {
  run = await trainTiny(translation, config, data, { steps: 120, learningRate: 0.02 });
});

const predict = (examples: TinyRun["train"], used = config, model = run.model, fitted = run.fitted) =>
  translation.predict(used, fitted, model, examples, { session: run.session });

describe("a tiny translation run", () => {
  test("learns its pairs by heart", async () => {
    const predictions = await predict(run.train);
    expect(predictions.map(({ text }) => text)).toEqual(run.train.map(({ reference }) => reference));
    const metrics = translation.metrics(config, run.fitted, predictions, run.train);
    expect(metrics).toMatchObject({ exactMatch: 1, bleuSignature: "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp" });
    expect(metrics.bleu).toBeCloseTo(100, 9);
    expect(metrics.loss).toBeLessThan(0.1);
  });

  test("the loss of references agrees with the loss of training", async () => {
    const predictions = await predict(run.train);
    const { loss } = translation.metrics(config, run.fitted, predictions, run.train);
    const batch = translation.collate(config, run.fitted, run.train);
    const evaluated = translation.loss(config, run.model, batch, {
      training: false,
      step: 0,
      examples: new Int32Array(4),
    });
    expect(loss).toBeCloseTo(evaluated.loss.item(), 5); // float32 sums over other groups
    expect(evaluated.count).toBe(4 * 11);
  });

  test("shows what each token of an answer looked at", async () => {
    const map = await translation.attention!(config, run.fitted, run.model, run.train[0]!);
    expect(map.source).toEqual(["▁1", "▁may", "▁2004", "</s>"]);
    expect(map.target).toEqual([..."2004-05-01"]);
    expect(map.weights).toHaveLength(10);
    for (const row of map.weights) {
      expect(row).toHaveLength(4);
      expect(Array.from(row).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
    }
  });

  test("predicts the same after saving and loading", async () => {
    const files = translation.save(run.fitted);
    expect([...files.keys()]).toEqual(["tokenizer.json", "tokenizer.target.json"]);
    const loaded = translation.load(config, files);
    const model = translation.buildModel(config, loaded, run.session, new Rng(99));
    loadStateDict(model, stateDict(run.model));
    const texts = ["2 June 2005", "unseen words 7"];
    const before = await predict(translation.encodeInputs(config, run.fitted, texts));
    expect(await predict(translation.encodeInputs(config, loaded, texts), config, model, loaded)).toEqual(before);
  });

  test("predicts each source the same alone and among others, with and without a reference", async () => {
    const texts = ["2 June 2005 1 May", "1 May 2004", "", "June"];
    const examples = [...translation.encodeInputs(config, run.fitted, texts), ...run.train];
    const together = await predict(examples);
    for (const [place, example] of examples.entries()) expect(await predict([example])).toEqual([together[place]]);
    expect(together[2]).toEqual({ text: "", referenceLoss: undefined });
    expect(await predict([])).toEqual([]);
  });

  test("writes lines without a reference for new texts, and copies the source as a baseline", async () => {
    const [prediction] = await predict(run.train);
    expect(translation.toLine(run.fitted, prediction!, run.train[0]!)).toEqual({
      index: 0,
      source: "1 May 2004",
      reference: "2004-05-01",
      prediction: "2004-05-01",
    });
    const [fresh] = translation.encodeInputs(config, run.fitted, ["1 May"]);
    expect(Object.keys(translation.toLine(run.fitted, prediction!, fresh!))).toEqual(["index", "source", "prediction"]);
    const baselines = translation.baselines(config, run.fitted, run.train, new Map([["train", run.train]]));
    expect(baselines.get("copySource")!.get("train")).toMatchObject({ exactMatch: 0, bleu: 0 });
  });

  test("counts the ends of both sides as tokens", () => {
    const batch = translation.collate(config, run.fitted, run.train.slice(0, 2));
    expect(translation.tokensIn(batch)).toBe(2 * (3 + 1) + 2 * (10 + 1));
    expect(translation.lengthOf(run.train[0]!)).toBe(3 + 1 + 10 + 1);
  });
});

describe("options", () => {
  test("one tokenizer serves both sides and is saved once", async () => {
    const shared = {
      ...config,
      tokenizer: { ...("target" in config.tokenizer ? config.tokenizer.target : config.tokenizer) },
    };
    const fitted = await translation.fit(shared, data);
    expect(fitted.source).toBe(fitted.target);
    const files = translation.save(fitted);
    expect([...files.keys()]).toEqual(["tokenizer.json"]);
    const loaded = translation.load(shared, files);
    expect(loaded.source).toBe(loaded.target);
    expect(translation.encodeInputs(shared, loaded, ["4-May"])).toEqual(
      translation.encodeInputs(shared, fitted, ["4-May"]),
    );
  });

  test("over-long pairs are left out of train only, and keep their places in the file", () => {
    const short = { ...config, maxLength: 10 };
    const rows = datasetOf(
      {
        train: [
          ["a ".repeat(11).trim(), "x"],
          ["a", "x".repeat(11)],
          ["a ".repeat(10).trim(), "x".repeat(10)],
        ],
      },
      "pair",
    );
    const encode = (split: string) => translation.encode(short, run.fitted, rows.splits.train!, split);
    expect(encode("train").map(({ index }) => index)).toEqual([2]);
    expect(encode("dev").map(({ index }) => index)).toEqual([0, 1, 2]);
    const none = () => translation.encode({ ...config, maxLength: 1 }, run.fitted, rows.splits.train!, "train");
    expect(none).toThrow(DataConfigError);
    expect(none).toThrow("maxLength: all 3 training pairs have more than 1 tokens on a side; raise maxLength");
  });

  test("lowercase lets scores ignore case", async () => {
    const examples = [{ ...run.train[0]!, reference: "A B C D" }];
    const score = (lowercase: boolean) =>
      translation.metrics(
        { ...config, metrics: { ...config.metrics, lowercase } },
        run.fitted,
        [{ text: " a b c d", referenceLoss: undefined }],
        examples,
      );
    expect(score(false)).toMatchObject({ exactMatch: 0, bleu: 0 });
    expect(score(true)).toMatchObject({ exactMatch: 1, bleu: 100, bleuSignature: expect.stringContaining("case:lc") });
  });

  test("metrics.select names the dev metric and its direction", () => {
    expect(translation.selection(config)).toEqual({ name: "bleu", direction: "max" });
    expect(translation.selection({ ...config, metrics: { lowercase: true, select: "loss" } })).toEqual({
      name: "loss",
      direction: "min",
    });
  });
});

describe("bad data and bad files", () => {
  test("texts with labels and a missing tokenizer are refused", async () => {
    await expect(translation.fit(config, datasetOf({ train: [["a", "b"]] }))).rejects.toThrow(
      "task translation needs pairs of source and target",
    );
    expect(() => translation.load(config, new Map())).toThrow(ModelFilesError);
    expect(() => translation.load(config, new Map([...translation.save(run.fitted)].slice(0, 1)))).toThrow(
      "model folder: tokenizer.target.json: missing",
    );
  });

  test("training on sources without references is refused", () => {
    expect(() => translation.collate(config, run.fitted, translation.encodeInputs(config, run.fitted, ["a"]))).toThrow(
      "example 0 has no reference to learn from",
    );
  });
});

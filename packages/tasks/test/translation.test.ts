/** Translation seen from outside: it learns tiny pairs, keeps what it learned on disk, and tells bad input clearly. */
import { DataConfigError } from "@cellstate/data";
import { loadStateDict, stateDict } from "@cellstate/lstm-core";
import { Rng } from "@cellstate/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { type HeatMapsSection, ModelFilesError, translation } from "../src/index.ts";
import { collect } from "./collect.ts";
import { answersTo, encodedBy, paired, readNothing, type TinyRun, trainTiny } from "./train-tiny.ts";

const config = {
  tokenizer: { source: { kind: "word", lowercase: true, preTokenizer: "metaspace" }, target: { kind: "char" } },
  model: {
    embedding: { size: 10 },
    encoder: { hiddenSize: 12 },
    decoder: { hiddenSize: 12 },
  },
  search: { maxDecodeLen: 20 },
};

const records = paired("train", [
  ["1 May 2004", "2004-05-01"],
  ["2 May 2004", "2004-05-02"],
  ["1 June 2005", "2005-06-01"],
  ["2 June 2004", "2004-06-02"],
]);

const planOf = (sections: unknown) => translation.plan(translation.configSchema.parse(sections));
const sources = (...texts: readonly string[]) =>
  paired(
    "new",
    texts.map((text) => [text]),
  );

let run: TinyRun;

beforeAll(async () => {
  run = await trainTiny(translation, config, records, { steps: 120, learningRate: 0.02 });
});

describe("a tiny translation run", () => {
  test("learns its pairs by heart", async () => {
    const { scores, lines } = await run.model.evaluate(run.train);
    expect([...lines()].map(({ prediction }) => prediction)).toEqual(records.map(({ values }) => values.target));
    expect(scores).toMatchObject({
      exactMatch: 1,
      bleuSignature: "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0",
    });
    expect(scores.bleu).toBeCloseTo(100, 9);
    expect(scores.loss).toBeLessThan(0.1);
    expect(Object.keys(scores)).toEqual(["loss", "exactMatch", "bleu", "bleuSignature"]);
    expect(run.plan.metrics.map(({ name }) => name)).toEqual(["loss", "exactMatch", "bleu"]);
  });

  test("the loss of references agrees with the loss of training", async () => {
    const { scores } = await run.model.evaluate(run.train);
    const batches = await run.model.batches(run.train, { batchSize: 4, seed: 0 });
    const evaluated = run.model.loss((await batches.next()).batch, { training: false, step: 0 });
    expect(scores.loss).toBeCloseTo(evaluated.loss.item(), 5); // float32 sums over other groups
    expect(evaluated.count).toBe(4 * 11);
  });

  test("shows what each token of an answer looked at", async () => {
    const { report } = await run.model.evaluate(run.train);
    const section = (await report("dev")).find(({ kind }) => kind === "heatMaps") as HeatMapsSection;
    expect(section.title).toBe("Attention on dev");
    expect(section.maps).toHaveLength(4);
    const [map] = section.maps;
    expect(map?.columns).toEqual(["▁1", "▁may", "▁2004", "</s>"]);
    expect(map?.rows).toEqual([..."2004-05-01"]);
    expect(map?.values).toHaveLength(10);
    for (const row of map!.values) {
      expect(row).toHaveLength(4);
      expect(Array.from(row).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
    }
  });

  test("predicts the same after saving and loading", async () => {
    const files = run.pipeline.save();
    expect([...files.keys()]).toEqual(["tokenizer.json", "bleu.json", "tokenizer.target.json"]);
    const model = (await run.plan.load(files)).build(run.session, new Rng(99));
    loadStateDict(model, stateDict(run.model));
    const texts = sources("2 June 2005", "unseen words 7");
    expect(await answersTo(model, texts)).toEqual(await answersTo(run.model, texts));
  });

  test("predicts each source the same alone and among others, with and without a reference", async () => {
    const texts = [...sources("2 June 2005 1 May", "1 May 2004", "", "June"), ...records];
    const together = await answersTo(run.model, texts);
    for (const [place, record] of texts.entries()) {
      expect(await answersTo(run.model, [record])).toEqual([together[place]]);
    }
    expect(together[2]).toEqual({ source: "", prediction: "" });
    expect(await answersTo(run.model, [])).toEqual([]);
  });

  test("scores each pair the same alone and among others", async () => {
    const loss = async (some: typeof records) =>
      Number((await run.model.evaluate(await run.pipeline.encode(some, "dev"))).scores.loss);
    const alone: number[] = [];
    for (const record of records) alone.push(await loss([record]));
    expect(await loss(records)).toBeCloseTo(alone.reduce((sum, one) => sum + one, 0) / 4, 12); // 11 tokens each
  });

  test("writes lines without a reference for new texts, and copies the source as a baseline", async () => {
    const { lines } = await run.model.evaluate(run.train);
    expect([...lines()][0]).toEqual({
      index: 0,
      source: "1 May 2004",
      reference: "2004-05-01",
      prediction: "2004-05-01",
    });
    const [fresh] = await collect(run.model.predict(sources("1 May")));
    expect(Object.keys(fresh!)).toEqual(["index", "source", "prediction"]);
    const baselines = (await run.pipeline.fitBaselines(run.train)).score(new Map([["train", run.train]]));
    expect(baselines).toMatchObject({ copySource: { train: { exactMatch: 0, bleu: 0 } } });
    expect(baselines.copySource?.train).not.toHaveProperty("loss"); // copying has no probabilities
  });

  test("counts the ends of both sides as tokens", async () => {
    const first = await run.pipeline.encode(records.slice(0, 2), "train");
    const batches = await run.model.batches(first, { batchSize: 2, seed: 0 });
    expect(await batches.next()).toMatchObject({ tokens: 2 * (3 + 1) + 2 * (10 + 1) });
    expect((await encodedBy(run.pipeline, records)).sizes[0]).toBe(3 + 1 + 10 + 1);
  });
});

describe("options", () => {
  test("one tokenizer serves both sides and is saved once", async () => {
    const shared = planOf({ ...config, tokenizer: config.tokenizer.target });
    const pipeline = await shared.fit(records, readNothing);
    const files = pipeline.save();
    expect([...files.keys()]).toEqual(["tokenizer.json", "bleu.json"]);
    const pairs = paired("new", [["4-May", "May-4"]]);
    const { examples } = await encodedBy(pipeline, pairs);
    expect((await encodedBy(await shared.load(files), pairs)).examples).toEqual(examples);
    // the same ids for the same characters on both sides, though dates of sources and targets differ
    const [same] = (await encodedBy(pipeline, paired("new", [["5 May", "5 May"]]))).examples as [
      { sourceIds: number[]; targetIds: number[] },
    ];
    expect(same.sourceIds.slice(0, -1)).toEqual(same.targetIds);
  });

  test("over-long pairs are left out of train only, and keep their places in the file", async () => {
    const rows = paired("train", [
      ["a ".repeat(11).trim(), "x"],
      ["a", "x".repeat(11)],
      ["a ".repeat(10).trim(), "x".repeat(10)],
    ]);
    const files = run.pipeline.save();
    const short = await planOf({ ...config, maxLength: 10 }).load(files);
    const places = async (split: string) =>
      (await encodedBy(short, rows, split)).examples.map((example) => (example as { index: number }).index);
    expect(await places("train")).toEqual([2]);
    expect(await places("dev")).toEqual([0, 1, 2]);
    const none = (await planOf({ ...config, maxLength: 1 }).load(files)).encode(rows, "train");
    await expect(none).rejects.toThrow(DataConfigError);
    await expect(none).rejects.toThrow(
      "maxLength: all 3 training pairs have more than 1 tokens on a side; raise maxLength",
    );
  });

  test("lowercase lets scores ignore case", async () => {
    const shouted = paired("test", [["1 May 2004", "2004-05-01 "]]);
    const lowercase = await planOf({ ...config, metrics: { lowercase: true } }).load(run.pipeline.save());
    const model = lowercase.build(run.session, new Rng(5));
    loadStateDict(model, stateDict(run.model));
    const { scores } = await model.evaluate(await lowercase.encode(shouted, "test"));
    expect(scores).toMatchObject({ exactMatch: 1, bleuSignature: expect.stringContaining("case:lc") });
  });

  test("metrics.select names the dev metric and its direction", () => {
    expect(run.plan.selection).toMatchObject({ name: "bleu", direction: "max" });
    expect(planOf({ ...config, metrics: { lowercase: true, select: "loss" } }).selection).toMatchObject({
      name: "loss",
      direction: "min",
    });
    expect(planOf({ ...config, metrics: { select: "exactMatch" } }).selection.direction).toBe("max");
  });
});

describe("bad data and bad files", () => {
  test("pairs are what it asks its data for, and a missing tokenizer is refused", async () => {
    expect(run.plan.fields).toEqual({ source: { kind: "text" }, target: { kind: "text", target: true } });
    await expect(run.plan.load(new Map())).rejects.toThrow(ModelFilesError);
    await expect(run.plan.load(new Map([...run.pipeline.save()].slice(0, 1)))).rejects.toThrow(
      "model folder: tokenizer.target.json: missing",
    );
  });

  test("training on sources without references is refused", async () => {
    const alone = await run.pipeline.encode(sources("a"), "train");
    const batches = await run.model.batches(alone, { batchSize: 1, seed: 0 });
    await expect(batches.next()).rejects.toThrow("example 0 has no reference to learn from");
  });

  test("scores of sources without references are refused", async () => {
    const alone = await run.pipeline.encode(sources("a"), "test");
    await expect(run.model.evaluate(alone)).rejects.toThrow(RangeError);
    await expect(run.model.evaluate(alone)).rejects.toThrow("example 0 has none");
  });
});

describe("word vectors of files", () => {
  const vectors = { file: "vectors.txt" };
  const withEmbedding = (embedding: object, decoder: object = {}) => ({
    ...config,
    model: { ...config.model, embedding: { size: 10, ...embedding }, decoder: { hiddenSize: 12, ...decoder } },
  });

  test("begin the tables of either side, which stay unless they are trained", async () => {
    const sections = withEmbedding({ vectors: { source: vectors, target: { ...vectors, trainable: true } } });
    const pipeline = await planOf(sections).fit(records, readNothing);
    expect(pipeline.pretrained.map(({ parameter, section }) => [parameter, section])).toEqual([
      ["encoder.embedding.weight", "model.embedding.vectors.source"],
      ["decoder.embedding.weight", "model.embedding.vectors.target"],
    ]);
    const [source, target] = pipeline.pretrained;
    const train = await pipeline.encode(records, "train");
    const counts = await source!.countRows(train);
    expect(counts[source!.words.indexOf("may")]).toBe(2);
    expect(counts[source!.words.indexOf("2004")]).toBe(3);
    expect((await target!.countRows(train))[target!.words.indexOf("-")]).toBe(8);
    const { session } = run;
    const parameters = pipeline.build(session, new Rng(5)).parameters();
    expect(parameters.get("encoder.embedding.weight")!.requiresGrad).toBe(false);
    expect(parameters.get("decoder.embedding.weight")!.requiresGrad).toBe(true);
    expect((await planOf(config).fit(records, readNothing)).pretrained).toEqual([]);
  });

  test("of a target whose table is the output's weights must be trained", () => {
    const tied = { tieEmbeddings: true };
    expect(() => planOf(withEmbedding({ vectors: { target: vectors } }, tied))).toThrow(
      "must be true with decoder.tieEmbeddings, whose table is also the weights of the output",
    );
    expect(() => planOf(withEmbedding({ vectors: { target: { ...vectors, trainable: true } } }, tied))).not.toThrow();
    expect(() => planOf(withEmbedding({ vectors }))).toThrow("file");
  });
});

/** A tagger seen from outside: what it reads and refuses, and that it learns, answers, scores and keeps what it learned. */
import { DataConfigError, type DataRecord } from "@cellstate/data";
import { loadStateDict, stateDict } from "@cellstate/lstm-core";
import { backward, createSession, Rng } from "@cellstate/tensor";
import { createOptimizer } from "@cellstate/training";
import { optimizerConfig } from "@cellstate/training/config";
import { describe, expect, test } from "vitest";
import { tagging } from "../src/index.ts";
import { collect } from "./collect.ts";
import { trainTiny } from "./train-tiny.ts";
import { expectWellFormed } from "./well-formed.ts";

const network = {
  embedding: { size: 6, dropout: 0.2 },
  characters: { kind: "cnn", size: 4, filters: 5 },
  encoder: { kind: "lstm", hiddenSize: 5, bidirectional: true },
};
const planOf = (changes: object = {}) =>
  tagging.plan(tagging.configSchema.parse({ tags: { kind: "spans" }, model: network, ...changes }));

const at = (values: DataRecord["values"], line = 1): DataRecord => ({ values, file: "news.conll", line });
const tagged = (words: string, tags: string, line = 1) => at({ text: words.split(" "), tags: tags.split(" ") }, line);
const train = [
  tagged("Ada saw Bram Hill", "B-PER O B-LOC I-LOC"),
  tagged("Bram Hill fell silent", "B-LOC I-LOC O O", 2),
  tagged("We met Bram Hill and Ada", "O O B-PER I-PER O B-PER", 3),
];
const fit = (records: readonly DataRecord[] = train, plan = planOf()) => plan.fit([...records], async () => undefined);
const refusal = async (records: readonly DataRecord[], changes: object = {}) => {
  const plan = planOf(changes);
  return await fit(records, plan)
    .then((pipeline) => pipeline.encode([...records], "train"))
    .then(
      () => "nothing",
      (error: unknown) => String(error),
    );
};
describe("what a tagger reads", () => {
  test("tags that break the scheme are repaired and counted, or refused", async () => {
    const broken = [...train, tagged("Ada fell", "I-PER O", 4)];
    const pipeline = await fit(broken);
    const { tags } = JSON.parse(new TextDecoder().decode(pipeline.save().get("tagger.json")));
    expect(tags).toEqual({ labels: ["LOC", "PER"], scheme: "bio", repaired: 1 });
    const refused = await refusal(broken, { tags: { kind: "spans", broken: "refuse" } });
    expect(refused).toContain(
      'news.conll:4: word 1 ("Ada") has the tag I-PER at the start of a sentence, which breaks the scheme bio',
    );
  });

  test("the scheme of the files is told by their tags", async () => {
    const schemeOf = async (...tags: string[]) => {
      const pipeline = await fit(tags.map((list) => tagged(list.replace(/\S+/g, "a"), list)));
      return JSON.parse(new TextDecoder().decode(pipeline.save().get("tagger.json"))).tags.scheme;
    };
    expect(await schemeOf("B-X I-X O", "B-X B-X")).toBe("bio");
    expect(await schemeOf("I-X I-X O", "I-X B-X")).toBe("iob1");
    expect(await schemeOf("B-X E-X O", "S-X S-X")).toBe("bioes");
  });

  test("spans with offsets become tags of the words that they touch", async () => {
    const text = "Ada saw  Bram Hill, twice";
    const record = at({
      text,
      spans: [
        { start: 8, end: 18, label: "LOC" },
        { start: 0, end: 3, label: "PER" },
      ],
    });
    const pipeline = await fit([record]);
    const model = pipeline.build(await createSession({ backend: "reference" }), new Rng(1));
    const [line] = (await model.evaluate(await pipeline.encode([record], "dev"))).lines();
    expect(line).toMatchObject({
      tokens: ["Ada", "saw", "Bram", "Hill", ",", "twice"],
      goldTags: ["B-PER", "O", "B-LOC", "I-LOC", "O", "O"],
      goldSpans: [
        { start: 0, end: 3, label: "PER", text: "Ada" },
        { start: 9, end: 18, label: "LOC", text: "Bram Hill" },
      ],
    });
  });

  test("what does not fit is refused by file and line", async () => {
    expect(await refusal([tagged("Ada saw", "B-PER O O", 7)])).toContain(
      "news.conll:7: expected a tag for each of 2 words, got 3; mend the row or remove it",
    );
    expect(await refusal([tagged("Ada saw", "NOUN O", 7)])).toContain(
      'news.conll:7: word 1 has the tag "NOUN", expected O, B-..., I-..., E-... or S-...; mend it',
    );
    const spans = (...list: (readonly [number, number])[]) =>
      at({ text: "Ada saw it", spans: list.map(([start, end]) => ({ start, end, label: "X" })) }, 5);
    expect(await refusal([spans([4, 30])])).toContain(
      "news.conll:5: the span 4-30 (X) is empty or lies outside of the text, which has 10 characters",
    );
    expect(await refusal([spans([0, 7], [4, 10])])).toContain(
      "news.conll:5: the span 0-7 (X) and the span 4-10 (X) share a word; a word can be in one span only",
    );
    expect(await refusal([spans([3, 4])])).toContain("news.conll:5: the span 3-4 (X) has no word in it");
    expect(await refusal([at({ text: "Ada" }, 3)])).toContain("data.columns: no row of train has a span");
    const missing = (await fit()).encode([at({ text: "Ada" }, 3)], "dev");
    await expect(missing).rejects.toThrow("news.conll:3: has neither tags nor spans");
  });

  test("scores of spans cannot choose among taggers of words", () => {
    const plan = () => planOf({ tags: { kind: "words" }, metrics: { select: "f1" } });
    expect(plan).toThrow(DataConfigError);
    expect(plan).toThrow("metrics.select: f1 scores spans, and tags.kind is words; take one of loss, accuracy");
  });
});

describe("a tagger", () => {
  const sections = (more: object) => ({ tags: { kind: "spans" }, model: { ...network, singletonDropout: 0, ...more } });
  const options = { steps: 50, learningRate: 0.03 };

  test.each(["crf", "softmax"])("with %s learns to tell the same words apart by those around them", async (decoder) => {
    const {
      model,
      train: encoded,
      pipeline,
      plan,
      session,
    } = await trainTiny(tagging, sections({ decoder }), train, options);
    const evaluation = await model.evaluate(encoded);
    expect(Object.keys(evaluation.scores)).toEqual(plan.metrics.map(({ name }) => name));
    expect(evaluation.scores).toMatchObject({ f1: 1, precision: 1, recall: 1, accuracy: 1 });
    const baselines = (await pipeline.fitBaselines(encoded)).score(new Map([["dev", encoded]]));
    expect(baselines.commonestTag!.dev!.f1).toBeLessThan(1);
    expect(baselines.majority!.dev!).toMatchObject({ f1: 0 });
    const inputs = [at({ text: "We met Bram Hill and Ada" }), at({ text: "" })];
    const lines = await collect(model.predict(inputs));
    expect(lines[0]!.spans).toEqual([
      { start: 7, end: 16, label: "PER", text: "Bram Hill" },
      { start: 21, end: 24, label: "PER", text: "Ada" },
    ]);
    expect(tagging.marked!(lines[0]!)).toEqual([
      { text: "We met " },
      { text: "Bram Hill", label: "PER" },
      { text: " and " },
      { text: "Ada", label: "PER" },
    ]);
    expect(lines[1]).toMatchObject({ text: "", tokens: [], tags: [], spans: [] });
    const saved = pipeline.recall(JSON.parse(JSON.stringify([...evaluation.lines()])))!;
    expect(saved.score([0, 1, 2])).toMatchObject({ f1: 1, accuracy: 1 });
    const loaded = (await plan.load(pipeline.save())).build(session, new Rng(9));
    loadStateDict(loaded, stateDict(model));
    expect(await collect(loaded.predict(inputs))).toEqual(lines);
  });

  test("takes steps with the same bits on every backend, and says of a sentence the same alone and among others", async () => {
    const steps = async (backend: "reference" | "wasm") => {
      const session = await createSession({ backend, threads: 1 });
      const pipeline = await fit();
      const model = pipeline.build(session, new Rng(1));
      const optimizer = createOptimizer(optimizerConfig.parse({ kind: "adam" }), model.parameters(), session);
      const batches = await model.batches(await pipeline.encode(train, "train"), { batchSize: 2, seed: 0 });
      for (let step = 0; step < 3; step++) {
        using _ = session.scope();
        const { batch } = await batches.next();
        const { loss } = model.loss(batch, { training: true, step });
        optimizer.step(backward(loss), { learningRate: 0.01, gradientScale: 1 });
      }
      const alone = await collect(model.predict([at({ text: "Ada met Bram" })]));
      const among = await collect(
        model.predict([at({ text: "Ada met Bram" }), at({ text: "a much longer sentence about it" })]),
      );
      expect(among[0]).toEqual(alone[0]);
      return [...stateDict(model)].map(([name, { data }]) => [name, [...data]]);
    };
    expect(await steps("wasm")).toEqual(await steps("reference"));
  });

  test("scores each name as conlleval does, and counts tags that train lacks as errors", async () => {
    const { model, pipeline } = await trainTiny(tagging, sections({ decoder: "softmax" }), train, options);
    const dev = await pipeline.encode([...train, tagged("Ada saw it", "B-PER O B-THING", 4)], "dev");
    const { details, scores } = await model.evaluate(dev);
    expect(details.values).toMatchObject({
      perTag: {
        LOC: { precision: 1, recall: 1, f1: 1, support: 2 },
        THING: { precision: 0, recall: 0, f1: 0, support: 1 },
      },
      tagsUnseenInTrain: 1,
      repairedTags: 0,
    });
    expect(scores.recall).toBeLessThan(1);
    expect(scores.loss).toBeGreaterThan(0);
    const report = await (await model.evaluate(dev)).report("dev");
    for (const section of report) expectWellFormed(section);
    const marked = report.find(({ kind }) => kind === "marked");
    expect(JSON.stringify(marked)).toContain('"fault":"THING"');
  });

  test("of words scores accuracy, and has a row for each tag", async () => {
    const words = [tagged("we light fires", "PRON VERB NOUN"), tagged("the light we see", "DET NOUN PRON VERB")];
    const config = {
      tags: { kind: "words" },
      model: { ...network, characters: { kind: "lstm", size: 3, hiddenSize: 3 } },
    };
    const { model, train: encoded } = await trainTiny(tagging, config, words, options);
    const { scores, details } = await model.evaluate(encoded);
    expect(scores).toEqual({ loss: expect.any(Number), accuracy: 1 });
    expect(Object.keys(details.values.perTag as object)).toEqual(["DET", "NOUN", "PRON", "VERB"]);
    const [line] = await collect(model.predict([at({ text: ["we", "light"] })]));
    expect(line).toMatchObject({ tokens: ["we", "light"], tags: ["PRON", "VERB"] });
  });
});

/** A language model seen from outside: it learns a text, is scored by the book in every way, writes on, and begins a classifier. */
import type { DataRecord } from "@cellstate/data";
import { loadStateDict, stateDict } from "@cellstate/lstm-core";
import { createSession, Rng } from "@cellstate/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import {
  languageModel,
  type PredictionLine,
  PromptError,
  sentiment,
  type TaskModel,
  transferWeights,
} from "../src/index.ts";
import { collect } from "./collect.ts";
import { labelled, readNothing, type TinyRun, trainTiny } from "./train-tiny.ts";

const model = { embedding: { size: 8 }, encoder: { hiddenSize: 16 } };
const base = { tokenizer: { kind: "char" }, model, streams: { bptt: 40 }, sample: { texts: 1, length: 20 } };
const lines = (text: string): DataRecord[] =>
  text.split("\n").map((line, index) => ({ values: { text: line }, file: "t.txt", line: index + 1 }));
/** A text that is not hard to foresee. */
const rhyme = lines("one fat cat sat\ntwo fat cats sat\n\none fat dog sat\ntwo fat dogs sat\n".repeat(6));

let run: TinyRun;
beforeAll(async () => {
  run = await trainTiny(languageModel, base, rhyme, { steps: 150, learningRate: 0.02 });
});

/** The trained model with another `evaluation` section. */
async function evaluatedBy(evaluation: object): Promise<{ scores: Record<string, unknown>; model: TaskModel }> {
  const plan = languageModel.plan(languageModel.configSchema.parse({ ...base, evaluation }));
  const pipeline = await plan.load(run.pipeline.save());
  const other = pipeline.build(run.session, new Rng(1));
  loadStateDict(other, stateDict(run.model));
  const text = [...rhyme, ...rhyme, ...rhyme, ...rhyme]; // several segments
  return { scores: (await other.evaluate(await pipeline.encode(text, "dev"))).scores, model: other };
}

async function written(from: TaskModel, prompt: string, options: object = {}): Promise<string> {
  return (await collect(from.generate!(prompt, { length: 40, ...options }))).join("");
}

describe("a tiny model of characters", () => {
  test("learns its text better than its baselines do", async () => {
    expect(run.losses.at(-1)).toBeLessThan(run.losses[0]! / 5);
    const dev = await run.pipeline.encode(rhyme, "dev");
    const { scores } = await run.model.evaluate(dev);
    const baselines = (await run.pipeline.fitBaselines(run.train)).score(new Map([["dev", dev]]));
    expect(Object.keys(baselines)).toEqual(["unigram", "kneserNey"]);
    expect(scores.loss).toBeLessThan(Number(baselines.kneserNey!.dev!.loss));
    expect(baselines.kneserNey!.dev!.loss).toBeLessThan(Number(baselines.unigram!.dev!.loss));
    expect(scores.perplexity).toBeCloseTo(Math.exp(Number(scores.loss)), 10);
    expect(scores.bitsPerCharacter).toBeCloseTo(Number(scores.loss) / Math.LN2, 10); // a token is a character
  });

  test("segments with enough context score as the text from start to end does", async () => {
    const { scores: segments } = await evaluatedBy({ kind: "segments" });
    const { scores: carried } = await evaluatedBy({ kind: "carried" });
    expect(segments.loss).toBeCloseTo(Number(carried.loss), 4);
    const { scores: without } = await evaluatedBy({ kind: "segments", context: 0 });
    expect(without.loss).not.toBe(segments.loss);
  });

  test("dynamic evaluation and a cache change the scores, and leave the weights as they were", async () => {
    const before = stateDict(run.model);
    const { scores: carried } = await evaluatedBy({ kind: "carried" });
    const dynamic = await evaluatedBy({ kind: "dynamic", learningRate: 0.02 });
    expect(dynamic.scores.loss).not.toBe(carried.loss);
    expect(stateDict(dynamic.model)).toEqual(before);
    const { scores: still } = await evaluatedBy({ kind: "dynamic", learningRate: 1e-12, decay: 0 });
    expect(still.loss).toBeCloseTo(Number(carried.loss), 5);
    const { scores: cache } = await evaluatedBy({ kind: "cache", size: 50 });
    expect(cache.loss).not.toBe(carried.loss);
    expect(cache.loss).toBeGreaterThan(0);
    const { scores: none } = await evaluatedBy({ kind: "cache", share: 0 });
    expect(none.loss).toBeCloseTo(Number(carried.loss), 5);
  });

  test("scores each text by itself, its tokens and characters counted, whatever stands beside it", async () => {
    const texts = ["one fat cat sat", "xx", "", "sat cat fat one"];
    const answers = await collect(run.model.predict(lines(texts.join("\n"))));
    expect(answers.map(({ tokens }) => tokens)).toEqual([15, 2, 0, 15]);
    expect(answers[2]).toEqual({ index: 2, text: "", tokens: 0, characters: 0, loss: null, perplexity: null });
    expect(Number(answers[0]!.loss)).toBeLessThan(Number(answers[3]!.loss));
    const [alone] = await collect(run.model.predict(lines(texts[3]!)));
    expect(alone!.loss).toBe(answers[3]!.loss);
  });

  test("writes what it has read, the same by the same seed, and no character that it does not know", async () => {
    const text = await written(run.model, "one fat ", { temperature: 0.5, seed: 1 });
    expect(text).toHaveLength(40);
    expect(text).toMatch(/^(cat|dog) sat\ntwo fat/);
    expect(await written(run.model, "one fat ", { temperature: 0.5, seed: 1 })).toBe(text);
    expect(await written(run.model, "", { seed: 1 })).not.toBe(await written(run.model, "", { seed: 2 }));
    await expect(written(run.model, "zoo of ü")).rejects.toThrow(PromptError);
    await expect(written(run.model, "zoo of ü")).rejects.toThrow('the prompt has "z", "ü", which the training text');
    await expect(written(run.model, "", { length: 0 })).rejects.toThrow("length to be an integer >= 1, got 0");
  });

  test("writes and scores the same on other backends, after saving and loading", async () => {
    const session = await createSession({ backend: "wasm", threads: 2 });
    const loaded = (await run.plan.load(run.pipeline.save())).build(session, new Rng(99));
    loadStateDict(loaded, stateDict(run.model));
    expect(await written(loaded, "two ", { seed: 4 })).toBe(await written(run.model, "two ", { seed: 4 }));
    const text = lines("two fat dogs sat");
    expect(await collect(loaded.predict(text))).toEqual(await collect(run.model.predict(text)));
    await session.dispose();
  });

  test("reads its lines back, and reports what it wrote and where it was surprised", async () => {
    const evaluation = await run.model.evaluate(await run.pipeline.encode([...rhyme, ...rhyme], "dev"));
    const recalled = run.pipeline.recall([...evaluation.lines()])!;
    const again = recalled.score([...Array(recalled.length).keys()]);
    for (const [name, value] of Object.entries(evaluation.scores)) expect(again[name]).toBeCloseTo(Number(value), 12);
    expect(() => run.pipeline.recall([{ index: 0 } as PredictionLine])).toThrow("expected index, text, tokens");
    const titles = (await evaluation.report("dev")).map(({ title }) => title);
    expect(titles).toEqual(["Written by the model", "Least likely texts of dev"]);
  });
});

test("lines that are texts of their own begin and end, and are read in another order each epoch", async () => {
  const names = lines("anna\nberta\nclara\ndora\nedda\nfrida");
  const config = { ...base, text: { unit: "line" } };
  const { model: ofNames, losses } = await trainTiny(languageModel, config, names, { steps: 200, learningRate: 0.02 });
  expect(losses.at(-1)).toBeLessThan(losses[0]! / 3);
  const name = await written(ofNames, "", { temperature: 0.3, seed: 2 });
  expect(name).toMatch(/^[a-z]{4,6}$/);
  const [line] = await collect(ofNames.predict(lines("anna")));
  expect(line).toMatchObject({ tokens: 5, characters: 5 }); // with the end
});

test.each([
  ["word", { model: { ...model, tieEmbeddings: true } }],
  ["word", { model: { ...model, output: { kind: "adaptive", cutoffs: [4] } } }],
  ["bpe", { tokenizer: { kind: "bpe", vocabSize: 40 } }],
  ["bpe", { tokenizer: { kind: "bpe", preTokenizer: "byteLevel", vocabSize: 280 } }],
])("a model of %ss with %o learns, and writes on with blanks where they belong", async (kind, changes) => {
  const config = { ...base, tokenizer: { kind }, ...changes };
  const { model: other, losses } = await trainTiny(languageModel, config, rhyme, { steps: 120, learningRate: 0.02 });
  expect(losses.at(-1)).toBeLessThan(losses[0]! / 3);
  const text = await written(other, "one fat", { temperature: 0.2, length: 12 });
  expect(text).toMatch(/^ (cat|dog) sat\n+two fat (cat|dog)s/);
});

test("documents of a stream are told apart by their separator", async () => {
  const config = { ...base, text: { documentSeparator: "" } };
  const { model: other } = await trainTiny(languageModel, config, rhyme, { steps: 150, learningRate: 0.02 });
  expect(await written(other, "two fat cats", { temperature: 0.2 })).toMatch(/^ sat\n\none fat/);
});

test.each([
  [{ model: { ...model, encoder: { hiddenSize: 4, bidirectional: true } } }, "bidirectional"],
  [{ text: { unit: "line", documentSeparator: "" } }, "each line is a text of its own"],
  [{ model: { ...model, tieEmbeddings: true, output: { kind: "adaptive", cutoffs: [4] } } }, "weights of its own"],
])("%o is refused", (changes, message) => {
  expect(() => languageModel.configSchema.parse({ ...base, ...changes })).toThrow(message);
});

test("a classifier begins with the embedding and the layers of a language model, token by token", async () => {
  const texts = labelled("train", [
    ["two fat cats zip", "positive"],
    ["one dog", "negative"],
  ]);
  const plan = sentiment.plan(sentiment.configSchema.parse({ tokenizer: { kind: "char" }, model }));
  const pipeline = await plan.fit(texts, readNothing);
  const classifier = pipeline.build(run.session, new Rng(3));
  const first = stateDict(classifier);
  const { taken, left } = transferWeights(
    { tensors: stateDict(run.model), rowNames: run.pipeline.rowNames() },
    { parameters: classifier.parameters(), rowNames: pipeline.rowNames() },
    { map: { "embedding.*": "embedding.*", "encoder.*": "encoder.*" } },
  );
  expect(taken.map(({ to }) => to)).toEqual([
    "embedding.weight",
    ...[...first.keys()].filter((name) => name.startsWith("encoder")),
  ]);
  expect(left).toEqual(["classifier.weight", "classifier.bias"]);
  const row = (from: ReadonlyMap<string, { data: ArrayLike<number> }>, names: readonly string[], token: string) =>
    Array.from(from.get("embedding.weight")!.data).slice(8 * names.indexOf(token), 8 * names.indexOf(token) + 8);
  const [there, here] = [run.pipeline, pipeline].map((one) => one.rowNames().get("embedding.weight")!);
  expect(row(stateDict(classifier), here!, "t")).toEqual(row(stateDict(run.model), there!, "t"));
  expect(row(stateDict(classifier), here!, "z")).toEqual(row(first, here!, "z")); // the language model lacks it
});

/** A classifier with a linear part: it is joined when training has ended, saved with the model, and says what each part says alone. */
import { createSession } from "@cellstate/tensor";
import { beforeAll, expect, test } from "vitest";
import {
  classification,
  type Encoded,
  type FileContents,
  ModelFilesError,
  openModel,
  saveModel,
} from "../src/index.ts";
import { collect } from "./collect.ts";
import { answersTo, labelled, type TinyRun, trainTiny } from "./train-tiny.ts";

const sections = {
  tokenizer: { kind: "word", lowercase: true },
  model: { embedding: { size: 8 }, encoder: { hiddenSize: 8 }, linear: true },
};
const nouns = ["soup", "film", "hotel", "waiter"];
const words = { good: ["good", "great"], bad: ["bad", "awful"], odd: ["odd", "strange"] };
const textsOf = (pattern: (word: string, noun: string) => string) =>
  Object.entries(words).flatMap(([label, own]) =>
    own.flatMap((word) => nouns.map((noun) => [pattern(word, noun), label] as const)),
  );
const train = labelled(
  "train",
  textsOf((word, noun) => `the ${noun} was ${word}`),
);
const dev = labelled(
  "dev",
  textsOf((word, noun) => `what a ${word} ${noun}`),
);
const config = { ...sections, task: "classification", data: { dataset: "tiny", columns: { text: "t", label: "l" } } };

let run: TinyRun;
let devExamples: Encoded;
let files: FileContents;
let alone: Awaited<ReturnType<typeof answersTo>>;

beforeAll(async () => {
  run = await trainTiny(classification, sections, train, { steps: 12, learningRate: 0.02 });
  devExamples = await run.pipeline.encode(dev, "dev");
  alone = await answersTo(run.model, dev);
  await run.model.calibrate!(devExamples, run.train);
  files = await saveModel({ ...run, config });
});

test("answers by the network alone until it is joined, then by both, with a smaller loss than either has on dev", async () => {
  const { scores, parts } = await run.model.evaluate(devExamples);
  expect(await answersTo(run.model, dev)).not.toEqual(alone);
  expect(Object.keys(parts)).toEqual(["linear", "network"]);
  expect(Object.keys(parts.linear!)).toEqual(Object.keys(scores));
  expect(scores.loss).toBeLessThan(Math.min(Number(parts.linear!.loss), Number(parts.network!.loss)));
});

test("its linear part is the baseline tfidfLogistic, which is not stored again", async () => {
  const baselines = await run.pipeline.fitBaselines(run.train, devExamples);
  const { parts } = await run.model.evaluate(devExamples);
  expect(baselines.score(new Map([["dev", devExamples]])).tfidfLogistic!.dev).toEqual(parts.linear);
  expect(new TextDecoder().decode(baselines.save().get("baselines.json"))).not.toContain("ngrams");
});

test("opens in another session with the same answers to the bit, and is saved as the same files", async () => {
  expect([...files.keys()]).toEqual(expect.arrayContaining(["linear.json", "linear.safetensors", "manifest.json"]));
  const opened = await openModel(files, await createSession({ backend: "reference" }));
  const texts = ["what a great soup", "", "zebra", "the odd waiter was good"];
  const lines = await collect(opened.predict(texts));
  const given = labelled(
    "new",
    texts.map((text) => [text]),
  );
  expect(lines).toEqual(await collect(run.model.predict(given)));
  expect(await saveModel({ ...opened, config })).toEqual(files);
  const evaluated = await opened.model.evaluate(await opened.pipeline.encode(dev, "dev"));
  expect(evaluated.parts).toEqual((await run.model.evaluate(devExamples)).parts);
});

test("is joined anew where it is joined again, with the same result", async () => {
  const opened = await openModel(files, await createSession({ backend: "reference" }));
  const [again, known] = await Promise.all([
    opened.pipeline.encode(dev, "dev"),
    opened.pipeline.encode(train, "train"),
  ]);
  await opened.model.calibrate!(again, known);
  expect(await saveModel({ ...opened, config })).toEqual(files);
});

test("has no network for other formats, and says which key is in the way", () => {
  expect(run.model.network).toBeUndefined();
  expect(run.model.networkFault).toMatch(/^model\.linear: /);
});

test("is only there where the config asks for it", async () => {
  const { linear: _, ...model } = sections.model;
  const plain = await trainTiny(classification, { ...sections, model }, train, { steps: 1, learningRate: 0 });
  expect(plain.model.calibrate).toBeUndefined();
  expect((await plain.model.evaluate(plain.train)).parts).toEqual({});
  expect([...plain.pipeline.save().keys()]).toEqual(["tokenizer.json", "labels.json"]);
  const wrong = classification.configSchema.safeParse({ ...sections, model: { ...model, linear: "yes" } });
  expect(wrong.error?.issues[0]).toMatchObject({ path: ["model", "linear"], expected: "boolean" });
});

test.each([
  ["linear.json", '{"formatVersion": 2}', "linear.json: formatVersion 2 is newer than 1"],
  ["linear.json", '{"formatVersion": 1, "shares": {"linear": -1, "network": 1}}', "linear.json: shares.linear"],
  ["linear.safetensors", undefined, "linear.safetensors: missing"],
  ["linear.safetensors", "no tensors", "linear.safetensors"],
])("a damaged file is refused by name: %s, %s", async (name, contents, message) => {
  const changed = new Map(files);
  if (contents === undefined) changed.delete(name);
  else changed.set(name, new TextEncoder().encode(contents));
  await expect(run.plan.load(changed)).rejects.toThrow(ModelFilesError);
  await expect(run.plan.load(changed)).rejects.toThrow(message);
});

test("numbers that do not fit the n-grams are refused", async () => {
  const facts = JSON.parse(new TextDecoder().decode(files.get("linear.json")));
  const fewer = { ...facts, ngrams: facts.ngrams.slice(1) };
  const changed = new Map([...files, ["linear.json", new TextEncoder().encode(JSON.stringify(fewer))]]);
  await expect(run.plan.load(changed)).rejects.toThrow("linear.safetensors: expected a tensor frequencies");
});

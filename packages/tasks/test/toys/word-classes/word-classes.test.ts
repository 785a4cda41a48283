import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DataConfigError, DataFileError, type DataRecord } from "@cellstate/data";
import { dataConfig } from "@cellstate/data/config";
import { loadDataset } from "@cellstate/data/node";
import { encodeJson, ModelFilesError, type PredictionLine, type TaskModel } from "@cellstate/tasks";
import { createSession, Rng } from "@cellstate/tensor";
import { expect, onTestFinished, test } from "vitest";
import { makeData } from "./make-data.ts";
import { task } from "./task.ts";

const planOf = (changes = {}) =>
  task.plan(
    task.configSchema.parse({
      model: { embedding: { size: 4, dropout: 0.2 }, encoder: { hiddenSize: 4 } },
      ...changes,
    }),
  );
const plan = planOf();

const record = (line: number, tokens: string, tags?: string): DataRecord => ({
  values: { tokens: tokens.split(" ").filter(Boolean), tags: tags?.split(" ").filter(Boolean) },
  file: "words.jsonl",
  line,
});
const train = [
  record(1, "we light fires", "P V N"),
  record(2, "the light we see", "D N P V"),
  record(3, "we see", "P V"),
];
const fit = (records: readonly DataRecord[] = train, from = plan) => from.fit([...records], async () => undefined);

async function predict(model: TaskModel, sentences: readonly string[]): Promise<PredictionLine[]> {
  const lines: PredictionLine[] = [];
  for await (const line of model.predict(sentences.map((tokens, index) => record(index + 1, tokens)))) lines.push(line);
  return lines;
}

test("data.jsonl is what make-data.ts writes", async () => {
  const file = fileURLToPath(new URL("data.jsonl", import.meta.url));
  expect(makeData()).toBe(await readFile(file, "utf8"));
});

test("a row with more tokens than tags, or more tags than tokens, is refused by file and line", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tagging-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(
    join(folder, "words.tsv"),
    "tokens\ttags\nwe see fires\tP V N\nthe light\tD N V\na light fire\tD N\n",
  );
  const config = dataConfig.parse({ train: "words.tsv" });
  const dataset = await loadDataset(config, plan.fields, { configDir: folder, datasetsDir: folder });
  const records = [...(dataset.train as readonly DataRecord[]), ...dataset.evaluated.dev!];
  const pipeline = await fit(records);
  const fault = (line: number) => {
    const encoded = pipeline.encode(
      records.filter((record) => record.line === line),
      "train",
    );
    return encoded.then(
      () => undefined,
      (error: unknown) => error,
    );
  };
  expect(await fault(2)).toBeUndefined();
  expect(await fault(3)).toBeInstanceOf(DataFileError);
  expect(String(await fault(3))).toContain("words.tsv:3: expected a tag for each of 2 tokens, got 3");
  expect(String(await fault(4))).toContain("words.tsv:4: expected a tag for each of 3 tokens, got 2");
});

test("a tag that train lacks is refused by file and line, and so is a train split without tags", async () => {
  const pipeline = await fit();
  await expect(pipeline.encode([record(7, "we see", "P X")], "dev")).rejects.toThrow(
    'words.jsonl:7: the tag "X" does not occur in train, which has "D", "N", "P", "V"; mend the tag or add training examples',
  );
  await expect(fit([record(1, "we see")])).rejects.toThrow(DataConfigError);
  await expect(fit([record(1, "we see")])).rejects.toThrow("no row of the train split has tags");
});

test("the vocabulary holds the words of train that are not too rare, and all its tags", async () => {
  const saved = async (from: typeof plan) =>
    JSON.parse(new TextDecoder().decode((await fit(train, from)).save().get("vocabulary.json"))) as unknown;
  const tags = ["D", "N", "P", "V"];
  expect(await saved(plan)).toEqual({ formatVersion: 1, words: ["fires", "light", "see", "the", "we"], tags });
  const frequent = planOf({ vocabulary: { minFrequency: 2 } });
  expect(await saved(frequent)).toEqual({ formatVersion: 1, words: ["light", "see", "we"], tags });
});

test("the loss counts each real token once, whatever padding is beside it", async () => {
  const pipeline = await fit();
  const model = pipeline.build(await createSession({ backend: "reference" }), new Rng(1));
  const batches = await model.batches(await pipeline.encode(train, "train"), { batchSize: 3, seed: 0 });
  const { batch, tokens } = await batches.next();
  const { loss, count } = model.loss(batch, { training: false, step: 0 });
  expect([count, tokens]).toEqual([9, 9]);
  const { scores } = await model.evaluate(await pipeline.encode(train, "dev"));
  expect(loss.item()).toBeCloseTo(Number(scores.loss), 5);
});

test("a sentence is tagged the same alone, among others and in any order, and may be empty", async () => {
  const model = (await fit()).build(await createSession({ backend: "reference" }), new Rng(1));
  const sentences = Array.from({ length: 70 }, (_, i) => "we see the light ".repeat(i % 4).trim());
  const tagsOf = (lines: readonly PredictionLine[]) => lines.map(({ prediction }) => prediction);
  const together = tagsOf(await predict(model, sentences));
  expect(tagsOf(await predict(model, [...sentences].reverse())).reverse()).toEqual(together);
  expect(await predict(model, [""])).toEqual([{ index: 0, tokens: [], prediction: [] }]);
  expect(together[3]).toHaveLength(12);
});

test("a line has the tags where they are known, and scores need them", async () => {
  const pipeline = await fit();
  const model = pipeline.build(await createSession({ backend: "reference" }), new Rng(1));
  const [line] = (await model.evaluate(await pipeline.encode(train, "dev"))).lines();
  expect(line).toMatchObject({ index: 0, tokens: ["we", "light", "fires"], tags: ["P", "V", "N"] });
  await expect(model.evaluate(await pipeline.encode([record(1, "we")], "dev"))).rejects.toThrow(
    "metrics: expected examples with tags, example 0 has none",
  );
});

test("the baseline gives each word its commonest tag, and a word that train lacks the first", async () => {
  const pipeline = await fit();
  const scoresOf = async (tokens: string, tags: string) => {
    const dev = await pipeline.encode([record(1, tokens, tags)], "dev");
    const baselines = (await pipeline.fitBaselines(await pipeline.encode(train, "train"))).score(
      new Map([["dev", dev]]),
    );
    return baselines.commonestTag!.dev!;
  };
  expect((await scoresOf("we see the fires", "P V D N")).accuracy).toBe(1);
  expect((await scoresOf("we see the fires", "P V N N")).accuracy).toBe(0.75);
  expect(await scoresOf("zebra", "D")).toEqual({ loss: expect.closeTo(Math.log(4), 12), accuracy: 1 });
});

test("the report counts confusions of tokens and names wrong tags", async () => {
  const pipeline = await fit();
  const model = pipeline.build(await createSession({ backend: "reference" }), new Rng(1));
  const [confusion, table] = await (await model.evaluate(await pipeline.encode(train, "dev"))).report("dev");
  if (confusion?.kind !== "confusion" || table?.kind !== "table") throw new Error("expected a confusion and a table");
  expect(confusion.counts.flat().reduce((sum, count) => sum + count, 0)).toBe(9);
  const wrong = confusion.counts.flatMap((row, tag) => row.filter((_, other) => other !== tag));
  const named = table.rows.flatMap(([, , predicted]) => String(predicted).split("; "));
  expect(named).toHaveLength(wrong.reduce((sum, count) => sum + count, 0));
  expect(named[0]).toMatch(/^\w+: [DNPV], not [DNPV]$/);
});

test("a vocabulary without tags is refused by the name of its file", async () => {
  const load = (vocabulary: unknown) => plan.load(new Map([["vocabulary.json", encodeJson(vocabulary)]]));
  await expect(load({ formatVersion: 1, words: ["a"], tags: [] })).rejects.toThrow(ModelFilesError);
  await expect(load({ formatVersion: 1, words: ["a"], tags: [] })).rejects.toThrow("vocabulary.json: tags: ");
});

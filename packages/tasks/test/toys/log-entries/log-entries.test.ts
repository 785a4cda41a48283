import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { BatchStateError, DataConfigError, type DataRecord } from "@cellstate/data";
import type { PredictionLine, TaskModel } from "@cellstate/tasks";
import { createSession, Rng, type Session, type TensorData } from "@cellstate/tensor";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeData } from "./make-data.ts";
import { StreamBatches } from "./streams.ts";
import { task } from "./task.ts";

const planOf = (encoder: object = {}) =>
  task.plan(
    task.configSchema.parse({
      streams: { bptt: 3 },
      model: { embedding: { size: 3 }, encoder: { hiddenSize: 4, ...encoder } },
      sample: { texts: 3, maxLength: 12 },
    }),
  );
const plan = planOf();
const record = (text: string, index: number): DataRecord => ({ values: { text }, file: "texts.tsv", line: index + 2 });
const train = ["abba", "a🎂b", "cab", "bacca"].map(record); // with the boundaries behind them 19 characters
const fit = (from = plan) => from.fit(train, async () => undefined);

let session: Session;
beforeEach(async () => {
  session = await createSession({ backend: "reference" });
});
afterEach(() => session.dispose());

async function build(from = plan) {
  const pipeline = await fit(from);
  return { pipeline, model: pipeline.build(session, new Rng(1)), examples: await pipeline.encode(train, "train") };
}

async function predict(model: TaskModel, texts: readonly string[]): Promise<PredictionLine[]> {
  const lines: PredictionLine[] = [];
  for await (const line of model.predict(texts.map(record))) lines.push(line);
  return lines;
}

test("data.tsv is what make-data.ts writes", async () => {
  expect(makeData()).toBe(await readFile(fileURLToPath(new URL("data.tsv", import.meta.url)), "utf8"));
});

test("each row of a batch goes on where it ended in the batch before, and begins anew with the epoch", () => {
  const ids = Int32Array.from({ length: 17 }, (_, place) => place);
  const batches = new StreamBatches(ids, { rows: 2, bptt: 3 }); // parts of 8
  expect(batches.batchesPerEpoch).toBe(3);
  const epoch = () =>
    Array.from({ length: 3 }, () => {
      const { batch, tokens, epochEnded } = batches.next();
      const { read, next, begins } = batch.batch;
      return { read: [...read], next: [...next], begins, tokens, epochEnded };
    });
  const first = epoch();
  expect(first).toEqual([
    { read: [0, 1, 2, 8, 9, 10], next: [1, 2, 3, 9, 10, 11], begins: true, tokens: 6, epochEnded: false },
    { read: [3, 4, 5, 11, 12, 13], next: [4, 5, 6, 12, 13, 14], begins: false, tokens: 6, epochEnded: false },
    { read: [6, 7, 14, 15], next: [7, 8, 15, 16], begins: false, tokens: 4, epochEnded: true },
  ]);
  expect(epoch()).toEqual(first);
});

test("a position goes on in the same streams only", () => {
  const ids = new Int32Array(17);
  const batches = new StreamBatches(ids, { rows: 2, bptt: 3 });
  batches.next();
  const state = JSON.parse(JSON.stringify(batches.state())) as object;
  const second = batches.next();
  const resumed = new StreamBatches(ids, { rows: 2, bptt: 3 });
  resumed.load(state);
  expect(resumed.next()).toEqual(second);
  expect(() => resumed.load({ ...state, rows: 3 })).toThrow(BatchStateError);
  expect(() => resumed.load({ ...state, rows: 3 })).toThrow(
    "stream position: expected rows 2, got rows 3; resume with",
  );
  expect(() => resumed.load({ ...state, batch: 4 })).toThrow("expected a batch in 0..3, got batch 4");
  expect(() => resumed.load(null)).toThrow("expected formatVersion 1, got formatVersion undefined");
});

test("more rows than characters are refused by the key to change", async () => {
  const { model, examples } = await build();
  await expect(model.batches(examples, { batchSize: 20, seed: 0 })).rejects.toThrow(DataConfigError);
  await expect(model.batches(examples, { batchSize: 20, seed: 0 })).rejects.toThrow(
    "training.batchSize: the training texts have 19 characters, too few for 20 rows",
  );
});

test.each([
  [{}, ["l0.hiddenState", "l0.cellState"]],
  [{ kind: "gru", numLayers: 2 }, ["l0.hiddenState", "l1.hiddenState"]],
  [{ projectionSize: 2 }, ["l0.hiddenState", "l0.cellState"]],
])("batch by batch the losses are those of the streams in one piece, with layers %o", async (encoder, carried) => {
  const losses = async (bptt: number) => {
    const whole = { streams: { bptt }, model: { embedding: { size: 3 }, encoder: { hiddenSize: 4, ...encoder } } };
    const { model, examples } = await build(task.plan(task.configSchema.parse(whole)));
    const batches = await model.batches(examples, { batchSize: 2, seed: 0 });
    expect([...batches.carried!.state().keys()]).toEqual(carried);
    let sum = 0;
    for (let batch = 0; batch < batches.batchesPerEpoch; batch++) {
      using _scope = session.scope();
      const { loss, count } = model.loss((await batches.next()).batch, { training: true, step: batch });
      sum += loss.item() * count;
    }
    return sum;
  };
  expect(await losses(3)).toBeCloseTo(await losses(100), 4);
});

test("the state that is carried changes the next loss, and goes out and in", async () => {
  const { model, examples } = await build();
  const batches = await model.batches(examples, { batchSize: 2, seed: 0 });
  const lossOf = (batch: Parameters<TaskModel["loss"]>[0]) => {
    using _scope = session.scope();
    return model.loss(batch, { training: true, step: 0 }).loss.item();
  };
  const zeros = batches.carried!.state();
  expect([...zeros.values()].every(({ data }) => data.every((value) => value === 0))).toBe(true);
  lossOf((await batches.next()).batch);
  const after: ReadonlyMap<string, TensorData> = batches.carried!.state();
  const second = (await batches.next()).batch;
  const going = lossOf(second);
  batches.carried!.load(zeros);
  expect(lossOf(second)).not.toBe(going);
  batches.carried!.load(after);
  expect(lossOf(second)).toBe(going);
});

test("a text is scored from a state of zeros: the same before and after training, alone and among others", async () => {
  const { model, examples } = await build();
  const texts = Array.from({ length: 70 }, (_, i) => "abc".repeat(i % 5));
  const together = await predict(model, texts);
  const batches = await model.batches(examples, { batchSize: 2, seed: 0 });
  {
    using _scope = session.scope();
    model.loss((await batches.next()).batch, { training: true, step: 0 });
  }
  expect(await predict(model, texts)).toEqual(together);
  const lossOf = async (text: string) => (await predict(model, [text]))[0]!.loss;
  for (const place of [0, 1, 69]) expect(await lossOf(texts[place]!)).toBe(together[place]!.loss);
});

test("the loss of a text is the mean over its characters and its end; perplexity is its exponential", async () => {
  const { model, pipeline } = await build();
  const { scores } = await model.evaluate(await pipeline.encode([record("ab", 0), record("", 1)], "dev"));
  const [two, none] = await predict(model, ["ab", ""]);
  expect(two).toEqual({ index: 0, text: "ab", loss: expect.any(Number) });
  expect(scores.loss).toBeCloseTo((Number(two!.loss) * 3 + Number(none!.loss)) / 4, 12);
  expect(scores.perplexity).toBeCloseTo(Math.exp(Number(scores.loss)), 12);
});

test("characters that train lacks are scored, too, all as the unknown one", async () => {
  const { model, pipeline } = await build();
  const lines = await predict(model, ["az", "aé", "a🎂"]);
  expect(lines[0]!.loss).toBe(lines[1]!.loss);
  expect(lines[0]!.loss).not.toBe(lines[2]!.loss);
  const saved = JSON.parse(new TextDecoder().decode(pipeline.save().get("alphabet.json")));
  expect(saved).toEqual({ formatVersion: 1, characters: ["a", "b", "c", "🎂"] });
});

test("the baseline knows pairs of characters, each with one more", async () => {
  const { pipeline, examples } = await build();
  const dev = await pipeline.encode([record("c", 0)], "dev");
  const { characterPairs } = (await pipeline.fitBaselines(examples)).score(new Map([["dev", dev]]));
  // 6 ids; of 4 texts one begins with c; c is followed by a twice and by c once, and never ends a text
  const expected = -(Math.log(2 / 10) + Math.log(1 / 9)) / 2;
  expect(characterPairs!.dev!.loss).toBeCloseTo(expected, 12);
});

test("the report's texts are drawn by seed from the characters of train", async () => {
  const { model, examples } = await build();
  const evaluation = await model.evaluate(examples);
  const [texts] = await evaluation.report("train");
  if (texts?.kind !== "texts") throw new Error("expected texts");
  expect(texts.texts).toHaveLength(3);
  for (const text of texts.texts) expect(text).toMatch(/^[abc🎂]{0,12}$/u);
  expect(new Set(texts.texts).size).toBeGreaterThan(1);
  expect((await evaluation.report("train"))[0]).toEqual(texts);
});

test("layers that would read what is to come are refused", () => {
  expect(() => planOf({ bidirectional: true })).toThrow("bidirectional");
});

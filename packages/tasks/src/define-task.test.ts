import { DataConfigError, ListedExamples } from "@cellstate/data";
import { createSession, Rng, type Session } from "@cellstate/tensor";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { collect } from "../test/collect.ts";
import { type ForecastChanges, forecastTask, risingSeries, type SeriesBatch } from "../test/forecast-task.ts";
import { encodedBy, readNothing } from "../test/train-tiny.ts";
import type { PlacedBatch } from "./task-parts.ts";

let session: Session;
beforeAll(async () => {
  session = await createSession({ backend: "reference" });
});

const records = risingSeries(8);

async function built(changes: ForecastChanges = {}, sections: unknown = {}) {
  const task = forecastTask(changes);
  const plan = task.plan(task.configSchema.parse(sections));
  const pipeline = await plan.fit(records, readNothing);
  return { task, plan, pipeline, model: pipeline.build(session, new Rng(1)) };
}

test("what a task does not say has a default", async () => {
  const { task, pipeline, model } = await built();
  const examples = await pipeline.encode(records, "dev");
  expect(task.writesText).toBe(false);
  expect(pipeline.usesSegmenter).toBe(false);
  expect((await pipeline.fitBaselines(examples)).score(new Map([["dev", examples]]))).toEqual({});
  expect(await (await model.evaluate(examples)).report("dev")).toEqual([]);
});

test("what it says is handed on", async () => {
  const { pipeline, model } = await built({
    pipeline: {
      usesSegmenter: true,
      baselines: {
        schema: z.number(),
        fit: (train) => train.length,
        models: (learned: number) => ({ size: () => learned }),
      },
    },
    model: {
      report: (predictions, examples, split) => [
        { kind: "texts", title: split, texts: [`${predictions.length} of ${examples.length}`] },
      ],
    },
  });
  const examples = await pipeline.encode(records, "dev");
  expect(pipeline.usesSegmenter).toBe(true);
  expect([...model.parameters().keys()]).toEqual(["weight", "bias"]);
  expect((await pipeline.fitBaselines(examples)).score(new Map([["dev", examples]]))).toEqual({
    size: { dev: { meanAbsoluteError: 2.75 } }, // 8 for 2, 3, ... 9
  });
  expect(await (await model.evaluate(examples)).report("dev")).toEqual([
    { kind: "texts", title: "dev", texts: ["8 of 8"] },
  ]);
});

describe("encoding", () => {
  test("counts examples and their sizes", async () => {
    const { pipeline } = await built();
    expect(await pipeline.encode(records, "train")).toMatchObject({ length: 8, totalSize: 36 });
  });

  test("leaves records out where the task does, and keeps the places of the others", async () => {
    const { pipeline } = await built({}, { shortest: 6 });
    const { examples, sizes } = await encodedBy(pipeline, records);
    expect(examples.map((example) => (example as { index: number }).index)).toEqual([5, 6, 7]);
    expect(sizes).toEqual([6, 7, 8]);
  });

  test("without anything to train on ends with the task's error", async () => {
    const nothingToTrainOn = (count: number) => new RangeError(`all ${count} series are too short`);
    const { pipeline } = await built({ pipeline: { nothingToTrainOn } }, { shortest: 9 });
    await expect(pipeline.encode(records, "train")).rejects.toThrow("all 8 series are too short");
    expect(await pipeline.encode([], "train")).toMatchObject({ length: 0 }); // nothing was left out
  });

  test("gives its examples to a writer one by one, and hands out what the writer made", async () => {
    const { pipeline } = await built();
    const made = new ListedExamples([], []);
    const add = vi.fn(async () => {});
    async function* stream() {
      yield* records;
    }
    expect(await pipeline.encode(stream(), "train", { writer: { add, finish: async () => made } })).toBe(made);
    expect(add.mock.calls).toHaveLength(8);
    expect(add).toHaveBeenNthCalledWith(3, { index: 2, past: [1, 2, 3], next: 4 }, 3);
  });
});

describe("batches", () => {
  test("have examples of similar size, with the place of each, and shuffle by seed and epoch", async () => {
    const { pipeline, model } = await built();
    const train = await pipeline.encode(records, "train");
    const batches = await model.batches(train, { batchSize: 4, seed: 3 });
    expect(batches.batchesPerEpoch).toBe(2);
    const seen: { readonly places: readonly number[]; readonly next: readonly number[]; readonly ends: boolean }[] = [];
    for (let i = 0; i < 12; i++) {
      const { batch, tokens, epochEnded } = await batches.next();
      const { places, batch: own } = batch as PlacedBatch<SeriesBatch>;
      expect(tokens).toBe(4);
      seen.push({ places: [...places], next: own.next, ends: epochEnded });
    }
    for (const { places, next } of seen) {
      expect(next).toEqual(places.map((place) => (place + 2) / 8)); // the examples are the ones that the places say
      expect(Math.max(...places) - Math.min(...places)).toBe(3); // neighbours by size
    }
    expect(seen.map(({ ends }) => ends)).toEqual(Array.from({ length: 12 }, (_, i) => i % 2 === 1));
    const firsts = seen.filter((_, i) => i % 2 === 0).map(({ places }) => places[0]! < 4);
    expect(new Set(firsts).size).toBe(2); // not the same order in every epoch
    const again = await model.batches(train, { batchSize: 4, seed: 3 });
    expect([...(await again.next()).batch.places]).toEqual(seen[0]!.places);
  });

  test("go on from a saved position", async () => {
    const { pipeline, model } = await built();
    const train = await pipeline.encode(records, "train");
    const walk = () => model.batches(train, { batchSize: 3, seed: 0 });
    const batches = await walk();
    for (let i = 0; i < 4; i++) await batches.next();
    const resumed = await walk();
    await resumed.load(JSON.parse(JSON.stringify(batches.state())));
    for (let i = 0; i < 5; i++) expect(await resumed.next()).toEqual(await batches.next());
  });

  test("are the task's own where it makes some", async () => {
    const only = {
      batch: { places: Int32Array.of(1, 2), batch: { last: [0, 0], next: [0, 0] } },
      tokens: 2,
      epochEnded: true,
    };
    const source = { batchesPerEpoch: 1, next: () => only, state: () => ({}), load: () => {} };
    const batches = vi.fn(async () => source);
    const { pipeline, model } = await built({ model: { batches } });
    const train = await pipeline.encode(records, "train");
    expect(await model.batches(train, { batchSize: 5, seed: 9 })).toBe(source);
    const curriculum = { startShare: 0.2, epochs: 2 };
    await expect(model.batches(train, { batchSize: 5, seed: 9, curriculum })).rejects.toThrow(
      "training.curriculum: does not apply to a task that reads its text in order",
    );
    expect(batches).toHaveBeenCalledWith(train, { batchSize: 5, seed: 9 });
  });

  test("reach the loss with the places of their examples", async () => {
    const loss = vi.fn(() => ({ loss: session.tensor([2], [1]), count: 4 }));
    const { pipeline, model } = await built({ model: { loss } });
    const batches = await model.batches(await pipeline.encode(records, "train"), { batchSize: 4, seed: 0 });
    const { batch } = await batches.next();
    expect(model.loss(batch, { training: true, step: 7 }).count).toBe(4);
    const { batch: own, places } = batch as PlacedBatch<SeriesBatch>;
    expect(loss).toHaveBeenCalledWith(own, { training: true, step: 7, examples: places, penalties: [] });
  });
});

describe("evaluation", () => {
  test("scores a split and writes its lines in file order", async () => {
    const { pipeline, model } = await built({ model: { predictBatch: (some) => some.map(({ past }) => past.length) } });
    const { scores, lines } = await model.evaluate(await pipeline.encode(records, "dev"));
    expect(scores).toEqual({ meanAbsoluteError: 1 }); // a series of n numbers goes on with n + 1
    expect([...lines()]).toEqual(records.map((_, index) => ({ index, next: index + 2, prediction: index + 1 })));
    expect([...lines()]).toHaveLength(8); // again
  });

  test("of examples on disk is refused", async () => {
    const { pipeline, model } = await built({
      pipeline: { baselines: { schema: z.null(), fit: () => null, models: () => ({ zero: () => 0 }) } },
    });
    const onDisk = await pipeline.encode(records, "dev", {
      writer: { add() {}, finish: () => ({ length: 8, totalSize: 36 }) },
    });
    await expect(model.evaluate(onDisk)).rejects.toThrow(TypeError);
    await expect(model.evaluate(onDisk)).rejects.toThrow(
      "expected examples in memory, got examples on disk; only train may lie there",
    );
    const baselines = await pipeline.fitBaselines(onDisk);
    expect(() => baselines.score(new Map([["dev", onDisk]]))).toThrow("only train may lie there");
  });
});

describe("prediction", () => {
  test("counts records from 0 and lets targets be missing", async () => {
    const { model } = await built({ model: { predictBatch: (some) => some.map(({ past }) => past.length) } });
    const unknown = records.slice(0, 2).map(({ values, ...place }) => ({ values: { past: values.past }, ...place }));
    expect(await collect(model.predict(unknown))).toEqual([
      { index: 0, prediction: 1 },
      { index: 1, prediction: 2 },
    ]);
  });

  test("leaves nothing out", async () => {
    const { model } = await built({ pipeline: { encodeOne: () => undefined } });
    await expect(collect(model.predict(records))).rejects.toThrow(
      "internal: a task left out a record that is to be predicted",
    );
  });
});

test("an empty train split is refused before the task is asked", async () => {
  const fit = vi.fn();
  const { plan } = await built();
  const asked = forecastTask({ plan: { fit } }).plan({ shortest: 1 });
  await expect(asked.fit([], readNothing)).rejects.toThrow(DataConfigError);
  await expect(plan.fit([], readNothing)).rejects.toThrow("there are no training examples");
  expect(fit).not.toHaveBeenCalled();
});

/** A saved model: files by name in memory that need nothing else to predict what the trained model predicts, to the bit. */
import { DataConfigError, DataFileError, type DataRecord } from "@cellstate/data";
import { createSession, decodeSafetensors, encodeSafetensors, Rng } from "@cellstate/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import {
  describeModel,
  type FileContents,
  ModelFilesError,
  type ModelInput,
  NonFiniteResultError,
  openModel,
  type Predictor,
  saveModel,
  sealFiles,
  sentiment,
  tasks,
  translation,
  UnknownTaskError,
  verifyModel,
} from "../src/index.ts";
import { collect } from "./collect.ts";
import { forecastTask, risingSeries } from "./forecast-task.ts";
import { labelled, paired, readNothing, type TinyRun, trainTiny } from "./train-tiny.ts";

const config = {
  task: "sentiment",
  seed: 7,
  tokenizer: { kind: "word" },
  model: { embedding: { size: 4 }, encoder: { hiddenSize: 4 } },
  data: { dataset: "tiny", columns: { text: "review", label: "stars" }, labels: { "1": "negative", "5": "positive" } },
};
const sections = { tokenizer: config.tokenizer, model: config.model };
const records = labelled("train", [
  ["not bad, it is good", "positive"],
  ["not good, it is bad", "negative"],
]);

let run: TinyRun;
let files: FileContents;
let opened: Predictor;

beforeAll(async () => {
  run = await trainTiny(sentiment, sections, records, { steps: 30, learningRate: 0.02 });
  files = await saveModel({ ...run, config });
  opened = await openModel(files, await createSession({ backend: "reference" }));
});

/** A record as an input: its text without its label. */
const inputOf = ({ values }: DataRecord) => ({ text: String(values.text) });

const changed = (name: string, contents: unknown) =>
  new Map([
    ...files,
    [name, contents instanceof Uint8Array ? contents : new TextEncoder().encode(JSON.stringify(contents))],
  ]);
const without = (name: string) => new Map([...files].filter(([file]) => file !== name));

describe("a saved model", () => {
  test("is weights, what was learned before them, the config, and last the manifest of all", () => {
    expect([...files.keys()]).toEqual([
      "model.safetensors",
      "tokenizer.json",
      "labels.json",
      "config.json",
      "manifest.json",
    ]);
    const saved = JSON.parse(new TextDecoder().decode(files.get("config.json")));
    expect(saved).toEqual({ formatVersion: 1, ...config });
  });

  test("predicts the same lines to the bit in another session", async () => {
    const lines = await collect(run.model.predict(records.map((record) => ({ ...record, values: inputOf(record) }))));
    expect(await collect(opened.predict(records.map((record) => inputOf(record).text)))).toEqual(lines);
    expect(await collect(opened.predict(records.map(inputOf)))).toEqual(lines);
  });

  test("gives the same files when it is saved again", async () => {
    expect(await saveModel({ ...opened, config })).toEqual(files);
  });

  test("says what it is before its weights are read", () => {
    const { task, plan, config: saved, data } = describeModel(without("model.safetensors"));
    expect(task).toBe(sentiment);
    expect(Object.keys(plan.fields)).toEqual(["text", "label", "weight"]);
    expect(saved).toEqual(config);
    expect(data).toEqual(config.data);
  });

  test("knows its columns in the old spelling, too", () => {
    const data = { dataset: "tiny", textColumn: "review", columns: { label: "stars" } };
    const { columns } = describeModel(changed("config.json", { formatVersion: 1, ...config, data })).data;
    expect(columns).toEqual({ text: "review", label: "stars" });
  });

  test("answers labelled inputs beside their labels", async () => {
    const [line] = await collect(opened.predict([{ text: "not bad", label: "negative" }]));
    expect(line).toMatchObject({ text: "not bad", label: "negative" });
  });

  test("answers inputs of a stream while more are to come", async () => {
    let give = (_: string) => {};
    async function* inputs() {
      yield "not bad";
      yield await new Promise<string>((resolve) => {
        give = resolve;
      });
    }
    const answers = opened.predict(inputs());
    expect((await answers.next()).value).toMatchObject({ index: 0, text: "not bad" });
    const second = answers.next();
    give("good");
    expect((await second).value).toMatchObject({ index: 1, text: "good" });
  });
});

describe("changes", () => {
  test("replace sections of the saved config", async () => {
    const pairs = paired("train", [
      ["one two", "eins zwei"],
      ["two one", "zwei eins"],
    ]);
    const given = {
      tokenizer: { kind: "word" },
      model: { embedding: { size: 4 }, encoder: { hiddenSize: 4 }, decoder: { hiddenSize: 4 } },
    };
    const trained = await trainTiny(translation, given, pairs, { steps: 60, learningRate: 0.03 });
    const saved = await saveModel({
      ...trained,
      config: { task: "translation", ...given, data: { dataset: "tiny", columns: {} } },
    });
    const translate = async (changes: Record<string, unknown>) => {
      const model = await openModel(saved, trained.session, { changes });
      return (await collect(model.predict(["two one"])))[0]!.prediction;
    };
    expect(await translate({})).toBe("zwei eins");
    expect(await translate({ search: { beamSize: 1, maxDecodeLen: 1 } })).toBe("zwei");
    await expect(translate({ serach: {} })).rejects.toThrow(/^openModel: expected changes of .*search.*, got serach$/);
    await expect(translate({ search: { beamSize: 0 } })).rejects.toThrow(
      /^openModel: expected changes that translation takes, got search\.beamSize: /,
    );
  });
});

describe("inputs", () => {
  const predictAll = (...inputs: readonly ModelInput[]) => collect(opened.predict(inputs));

  test("that are not what the task reads are refused by their place", async () => {
    const failure = predictAll("good", { text: 12 });
    await expect(failure).rejects.toThrow(DataFileError);
    await expect(failure).rejects.toThrow("input:2: text: expected a text, got a number");
    await expect(predictAll({})).rejects.toThrow("input:1: no value for text; this model reads text");
    await expect(predictAll({ review: "good" })).rejects.toThrow('input:1: unknown role "review"');
    await expect(predictAll({ text: "good", label: "so so" })).rejects.toThrow(
      'input:1: the label "so so" does not occur in train',
    );
  });

  test("of other kinds come as values or as texts, and a text alone cannot be several", async () => {
    const task = forecastTask();
    const { session, pipeline, model } = await forecastRun();
    const saved = await saveModel({
      pipeline,
      model,
      config: { task: "forecast", data: { dataset: "series", columns: {} } },
    });
    const forecast = await openModel(saved, session, { tasks: [task] });
    const [first, ...others] = await collect(
      forecast.predict([
        "1 2 3",
        { past: [1, 2, 3] },
        { past: "1, 2, 3", place: "Bern" },
        { past: Float32Array.of(1, 2, 3) },
      ]),
    );
    expect(others.map(({ prediction }) => prediction)).toEqual(Array(3).fill(first!.prediction));
    await expect(collect(forecast.predict(["one"]))).rejects.toThrow(
      'input:1: past: expected a finite number, got "one"',
    );

    const fields = { past: { kind: "numbers" }, place: { kind: "text" }, next: { kind: "number", target: true } };
    const several = forecastTask({ plan: { fields: fields as never } });
    const both = await openModel(saved, session, { tasks: [several] });
    await expect(collect(both.predict(["1 2"]))).rejects.toThrow(DataConfigError);
    await expect(collect(both.predict(["1 2"]))).rejects.toThrow("this model reads past and place");
    expect(await collect(both.predict([{ past: [1, 2, 3], place: "Bern" }]))).toEqual([first]);
  });
});

async function forecastRun() {
  const session = await createSession({ backend: "reference" });
  const task = forecastTask();
  const pipeline = await task.plan(task.configSchema.parse({})).fit(risingSeries(4), readNothing);
  return { session, pipeline, model: pipeline.build(session, new Rng(3)) };
}

describe("a model folder that is not as it was saved", () => {
  const names = ["model.safetensors", "tokenizer.json", "labels.json", "config.json", "manifest.json"];

  test.each(names)("a bit of %s that flips, or bytes that are missing at its end, are noticed", async (name) => {
    const whole = files.get(name)!;
    for (let at = 0; at < whole.length; at += Math.ceil(whole.length / 50)) {
      const flipped = whole.slice();
      flipped[at]! ^= 1 << (at & 7);
      for (const damaged of [flipped, whole.subarray(0, at)]) {
        const failure = openModel(changed(name, damaged), run.session);
        await expect(failure).rejects.toThrow(ModelFilesError);
        await expect(failure).rejects.toThrow(`model folder: ${name}: `);
      }
    }
  });

  test("a file that does not belong there is named", async () => {
    await expect(openModel(changed("notes.txt", "mine"), run.session)).rejects.toThrow(
      "model folder: notes.txt: is not listed in manifest.json; remove it",
    );
  });

  test("who has verified it already opens it without doing so again", async () => {
    await verifyModel(files);
    await expect(verifyModel(changed("notes.txt", "mine"))).rejects.toThrow("notes.txt");
    const model = await openModel(changed("notes.txt", "mine"), run.session, { verify: false });
    expect(await collect(model.predict(["good"]))).toEqual(await collect(opened.predict(["good"])));
  });
});

test("results that are not finite are refused by their name", async () => {
  const { tensors, metadata } = decodeSafetensors(files.get("model.safetensors")!);
  for (const { data } of tensors.values()) data.fill(Number.NaN);
  const broken = await sealFiles(changed("model.safetensors", encodeSafetensors(tensors, metadata)));
  const { model, pipeline } = await openModel(broken, run.session);
  const predicted = collect(model.predict(records));
  await expect(predicted).rejects.toThrow(NonFiniteResultError);
  await expect(predicted).rejects.toThrow(/^probs\.negative of input 1 is NaN, expected a finite number; the weights/);
  const scored = pipeline.encode(records, "test").then((examples) => model.evaluate(examples));
  await expect(scored).rejects.toThrow(/^probs\.negative of input 1 is NaN, expected a finite number/);
});

describe("files that cannot be opened", () => {
  /** With a manifest that knows of the change, so that it is found by what the file holds. */
  const open = async (broken: FileContents) => openModel(await sealFiles(broken), run.session);

  test.each(["model.safetensors", "tokenizer.json", "labels.json", "config.json"])("%s is missing", async (name) => {
    const failure = open(without(name));
    await expect(failure).rejects.toThrow(ModelFilesError);
    await expect(failure).rejects.toThrow(
      `model folder: ${name}: missing; copy the whole model folder, or train the model again`,
    );
  });

  test("a config that is newer, damaged, or of no kind", async () => {
    await expect(open(changed("config.json", { ...config, formatVersion: 2 }))).rejects.toThrow(
      "model folder: config.json: formatVersion 2 is newer than 1, the newest that this Cellstate reads; update Cellstate",
    );
    await expect(open(changed("config.json", config))).rejects.toThrow("must have formatVersion 1, got undefined");
    await expect(open(changed("config.json", { formatVersion: 1 }))).rejects.toThrow("config.json: task:");
    const columns = { formatVersion: 1, ...config, data: { dataset: "tiny", columns: "text" } };
    await expect(open(changed("config.json", columns))).rejects.toThrow("model folder: config.json: data.columns:");
    await expect(open(changed("config.json", new TextEncoder().encode("{")))).rejects.toThrow("is not whole JSON");
    const odd = { formatVersion: 1, ...config, model: { ...config.model, poling: "max" } };
    await expect(open(changed("config.json", odd))).rejects.toThrow(ModelFilesError);
    await expect(open(changed("config.json", odd))).rejects.toThrow("poling");
  });

  test("labels that are twice the same, whose probabilities would be lost", async () => {
    const labels = { formatVersion: 1, labels: ["positive", "positive"], trainCounts: [1, 1] };
    await expect(open(changed("labels.json", labels))).rejects.toThrow(
      'model folder: labels.json: expected labels that differ, got "positive" twice',
    );
  });

  test("a task that there is not", async () => {
    const other = changed("config.json", { formatVersion: 1, ...config, task: "no-such-task" });
    await expect(open(other)).rejects.toThrow(UnknownTaskError);
    await expect(open(other)).rejects.toThrow(
      `unknown task "no-such-task"; this Cellstate knows ${tasks.map(({ name }) => name).join(", ")}`,
    );
    await expect(openModel(files, run.session, { tasks: [translation] })).rejects.toThrow(
      'unknown task "sentiment"; this Cellstate knows translation',
    );
  });

  test("weights that are damaged, or of another model", async () => {
    const weights = files.get("model.safetensors")!;
    await expect(open(changed("model.safetensors", weights.subarray(0, 100)))).rejects.toThrow("model.safetensors");
    const sized = (encoder: Record<string, unknown>, inner: Record<string, unknown> = {}) =>
      changed("config.json", { formatVersion: 1, ...config, model: { ...config.model, encoder, ...inner } });
    await expect(open(sized({ hiddenSize: 3 }))).rejects.toThrow(
      /^model folder: config.json: the tensors of model.safetensors do not fit it: .*encoder.weight_ih_l0/,
    );
    for (const huge of [
      sized({ hiddenSize: 5 }),
      sized({ hiddenSize: 2 ** 30 }),
      sized({ hiddenSize: 4, numLayers: 1_000_000 }),
      sized({ hiddenSize: 4 }, { embedding: { size: 2 ** 30 } }),
    ]) {
      const before = performance.now();
      await expect(open(huge)).rejects.toThrow(/^model folder: config.json: /);
      expect(performance.now() - before).toBeLessThan(1000);
    }
  });
});

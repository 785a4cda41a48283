/** Models of other frameworks as saved models, made here of layers with weights of our own. */
import { bidirectional, dense, embedding, input, lstm, model, sequential } from "@cellstate/layers";
import { createSession, type Session } from "@cellstate/tensor";
import { kerasTokenizer } from "@cellstate/tokenizers";
import { beforeAll, describe, expect, test } from "vitest";
import { ModelFilesError, NotTrainableError } from "../errors.ts";
import { sealFiles } from "../manifest.ts";
import { openModel } from "../saved-model.ts";
import { importedConfig, importedOnnxConfig, importedSeriesConfig } from "./config.ts";
import { fillRow } from "./fill-ids.ts";
import { importedOnnx } from "./onnx-task.ts";
import { saveImported, saveImportedOnnx, saveImportedSeries } from "./save.ts";
import { imported } from "./task.ts";

let session: Session;
const tokenizer = kerasTokenizer(
  JSON.stringify({ class_name: "Tokenizer", config: { word_index: { good: 1, bad: 2, film: 3 } } }),
);

beforeAll(async () => {
  session = await createSession({ backend: "reference" });
});

/** A classifier of up to three words, with random weights. */
async function classifier(outputs: number, activation: "sigmoid" | "softmax" | "linear", config: object) {
  const network = sequential([
    embedding(4, 3, { maskZero: true, inputShape: [3] }),
    bidirectional(lstm(2)),
    dense(outputs, { activation }),
  ]);
  await network.build({ session, seed: 5 });
  return {
    network,
    files: await saveImported({ name: "own", network, tokenizer, config: importedConfig.parse(config) }),
  };
}

async function predictions(files: ReadonlyMap<string, Uint8Array>, inputs: readonly (string | { past: number[] })[]) {
  const predictor = await openModel(files, session);
  return await Array.fromAsync(predictor.predict(inputs));
}

describe("ids are cut and filled as pad_sequences does", () => {
  const of = (padding: "pre" | "post", truncating: "pre" | "post", ids: number[]) =>
    fillRow(ids, { maxLength: 3, padding, truncating, padId: 0 }).ids;

  test.each([
    ["pre", "pre", [1, 2], [0, 1, 2]],
    ["post", "pre", [1, 2], [1, 2, 0]],
    ["pre", "pre", [1, 2, 3, 4], [2, 3, 4]],
    ["pre", "post", [1, 2, 3, 4], [1, 2, 3]],
    ["pre", "post", [], [0, 0, 0]],
  ] as const)("%s, %s: %j", (padding, truncating, ids, want) => {
    expect(of(padding, truncating, [...ids])).toEqual(want);
  });

  test("without a length a text keeps its ids, and one of none has one of padding", () => {
    const options = { padding: "pre", truncating: "pre", padId: 0 } as const;
    expect([fillRow([1, 2], options).ids, fillRow([], options).ids]).toEqual([[1, 2], [0]]);
  });
});

test.each([
  ["one output", 1, "sigmoid", "probabilities", ["no", "yes"]],
  ["one score", 1, "linear", "logits", ["no", "yes"]],
  ["several outputs", 3, "softmax", "probabilities", ["a", "b", "c"]],
  ["several scores", 3, "linear", "logits", ["a", "b", "c"]],
] as const)(
  "%s: saved and opened, a classifier gives the probabilities of its network",
  async (_, outputs, activation, scores, labels) => {
    const config = { input: { maxLength: 3 }, output: { labels, scores } };
    const { network, files } = await classifier(outputs, activation, config);
    const raw = (await network.predict([[0, 1, 3]])) as { readonly data: Float32Array };
    const values = [...raw.data];
    const odds = values.map((value) => Math.exp(value));
    const sum = odds.reduce((total, one) => total + one, 0);
    const sure =
      scores === "probabilities" ? values : outputs === 1 ? [odds[0]! / (1 + odds[0]!)] : odds.map((one) => one / sum);
    const want = outputs === 1 ? [1 - sure[0]!, sure[0]!] : sure;
    const [line] = (await predictions(files, ["good film"])) as [{ probs: Record<string, number>; prediction: string }];
    expect(Object.keys(line.probs)).toEqual(labels);
    for (const [index, prob] of Object.values(line.probs).entries()) expect(prob).toBeCloseTo(want[index]!, 6);
    expect(line.prediction).toBe(labels[want.indexOf(Math.max(...want))]);
  },
);

test("a classifier in an ONNX file is fed ids, lengths and mask by the names of its config", async () => {
  const config = importedOnnxConfig.parse({
    input: { maxLength: 4, padding: "pre" },
    output: { labels: ["no", "yes"] },
    ports: { ids: "ids", lengths: "lengths", mask: "mask", output: "scores" },
  });
  const files = await saveImportedOnnx({ name: "own", network: Uint8Array.of(7), tokenizer, config });
  const seen: unknown[] = [];
  const task = importedOnnx(async () => (bytes) => ({
    run: async (feeds) => {
      seen.push([...bytes], feeds);
      return { scores: { shape: [1, 1], data: [0.25] } };
    },
  }));
  const predictor = await openModel(files, session, { tasks: [task] });
  const [line] = await Array.fromAsync(predictor.predict(["bad film"]));
  expect(line).toMatchObject({ prediction: "no", probs: { no: expect.closeTo(0.75), yes: expect.closeTo(0.25) } });
  expect(seen).toEqual([
    [7],
    {
      ids: { shape: [1, 4], data: [0, 0, 2, 3] },
      lengths: { shape: [1], data: [2] },
      mask: { shape: [1, 4], data: [0, 0, 1, 1] },
    },
  ]);
  await expect(openModel(files, session)).rejects.toThrow('unknown task "importedOnnx"');
});

test("a forecaster gives the numbers of its network", async () => {
  const x = input({ shape: [null, 2] });
  const network = model({ inputs: x, outputs: dense(2).apply(lstm(3).apply(x)) });
  await network.build({ session, seed: 2 });
  const files = await saveImportedSeries({ name: "own", network, config: importedSeriesConfig.parse({}) });
  const [first, second] = (await predictions(files, [{ past: [1, 2, 3, 4] }, "0.5, 1"])) as { prediction: number[] }[];
  expect(first!.prediction).toEqual([
    ...(
      await network.predict([
        [
          [1, 2],
          [3, 4],
        ],
      ])
    ).data,
  ]);
  expect(second!.prediction).toEqual([...(await network.predict([[[0.5, 1]]])).data]);
  await expect(predictions(files, [{ past: [1, 2, 3] }])).rejects.toThrow(
    "past has 3 numbers, the network reads a multiple of 2",
  );
});

describe("files that contradict each other", () => {
  const config = { input: { maxLength: 3 }, output: { labels: ["no", "yes"] } };

  test.each([
    [
      "another number of labels",
      "config.json",
      (text: string) => text.replace('"yes"', '"yes", "maybe"'),
      "gives 1 outputs, and there are 3 labels",
    ],
    ["an unknown layer", "network.json", (text: string) => text.replace('"Dense"', '"Dence"'), "did you mean Dense?"],
    [
      "more units than were saved",
      "network.json",
      (text: string) => text.replace('"units": 2', '"units": 2000'),
      "do not fit it",
    ],
    ["no layers", "network.json", () => "{}", "network.json"],
  ])("%s", async (_, name, change, message) => {
    const { files } = await classifier(1, "sigmoid", config);
    const text = new TextDecoder().decode(files.get(name));
    const changed = await sealFiles(new Map([...files, [name, new TextEncoder().encode(change(text))]]));
    await expect(openModel(changed, session)).rejects.toThrow(ModelFilesError);
    await expect(openModel(changed, session)).rejects.toThrow(message);
  });

  test("a length that the network was not made for", async () => {
    const { files } = await classifier(1, "sigmoid", { ...config, input: { maxLength: 4 } });
    await expect(openModel(files, session)).rejects.toThrow("reads 3 ids of each text, and maxLength is 4");
  });
});

test("it is not trained from a config, and says how else", async () => {
  const plan = imported.plan(imported.configSchema.parse({ output: { labels: ["no", "yes"] } }));
  await expect(plan.fit([{ values: {}, file: "x", line: 1 }], async () => undefined)).rejects.toThrow(
    NotTrainableError,
  );
});

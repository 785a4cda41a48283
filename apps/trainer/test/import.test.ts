/** `cellstate import`, on classifiers whose predictions Keras gave: make_keras.py of packages/interchange had Keras write them. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";

import { file, lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

/** A model that reads texts by itself. */
interface GoldenTexts {
  readonly name: string;
  /** Base64. */
  readonly file: string;
  readonly texts: readonly string[];
  readonly probs: { readonly shape: readonly number[]; readonly data: readonly number[] };
}

interface Golden extends GoldenTexts {
  readonly tokenizer: string;
  readonly padding: string;
  readonly truncating: string;
}

/** A network of numbers, in a file and with one input and output. */
interface GoldenSeries {
  readonly name: string;
  /** Base64 by format. */
  readonly files: Readonly<Record<string, string>>;
  readonly inputs: readonly [Golden["probs"]];
  readonly outputs: readonly [Golden["probs"]];
}

const folder = lastingFolder();
const goldenFolder = new URL("../../../packages/interchange/test/golden/", import.meta.url);
const read = (name: string) => JSON.parse(gunzipSync(readFileSync(new URL(name, goldenFolder))).toString());
const golden: readonly Golden[] = read("keras-texts.json.gz");
const ofTexts: readonly GoldenTexts[] = read("keras-text-layers.json.gz");

const parse = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

const series = () => (read("keras-files.json.gz") as readonly GoldenSeries[]).find(({ name }) => name === "Keras 2")!;

/** Writes a classifier's files and imports them. */
async function importOf({ name, file: model, tokenizer, padding, truncating }: Golden, ...options: readonly string[]) {
  writeFileSync(join(folder, `${name}.h5`), Buffer.from(model, "base64"));
  file(folder, `${name}.json`, tokenizer);
  const sides = ["--padding", padding, "--truncating", truncating];
  return await inProcess(["import", `${name}.h5`, "--tokenizer", `${name}.json`, ...sides, ...options], folder);
}

/** Predicts the golden texts with a model folder, and compares. */
async function expectPredictions({ texts, probs }: GoldenTexts, model: string, labels: readonly string[]) {
  file(folder, "texts.jsonl", texts.map((text) => `${JSON.stringify({ text })}\n`).join(""));
  const predicted = await inProcess(["predict", model, "--input", "texts.jsonl"], folder);
  expectProbs({ texts, probs }, parse(predicted.stdout), labels);
}

function expectProbs(
  { texts, probs }: Omit<GoldenTexts, "name" | "file">,
  lines: ReturnType<typeof parse>,
  labels: readonly string[],
) {
  expect(lines).toHaveLength(texts.length);
  for (const [row, line] of lines.entries()) {
    const given = probs.data.slice(row * probs.shape[1]!, (row + 1) * probs.shape[1]!);
    const want = given.length === 1 ? [1 - given[0]!, given[0]!] : given;
    expect(Object.keys(line.probs)).toEqual(labels);
    for (const [index, prob] of Object.values<number>(line.probs).entries()) expect(prob).toBeCloseTo(want[index]!, 5);
    expect(line.prediction).toBe(labels[want.indexOf(Math.max(...want))]);
  }
}

const labelsOf = ({ probs }: GoldenTexts) => ["zero", "one", "two"].slice(0, probs.shape[1] === 1 ? 2 : probs.shape[1]);

test.each(golden)(
  "$name: the model folder predicts from texts what Keras predicts",
  async (expected) => {
    const labels = labelsOf(expected);
    const imported = await importOf(expected, "--labels", labels.join(","), "--output", `${expected.name} model`);
    expect(imported).toMatchObject({ code: 0, stderr: "" });
    expect(imported.stdout).toContain(`labels: ${labels.join(", ")}`);
    const card = readFileSync(join(folder, `${expected.name} model`, "README.md"), "utf8");
    expect(card).toMatch(/^A network of Keras [\d.]+, read from .*\.h5 and taken over by `cellstate import`\.$/m);
    expect(card).toContain(`- labels: ${labels.join(", ")}`);
    file(folder, "odd.csv", "text,label\ngood,odd\n");
    expect(await inProcess(["evaluate", `${expected.name} model`, "--data", "odd.csv"], folder)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`odd.csv:2: the label "odd" is none of the model's, which are "zero", "one"`),
    });
    await expectPredictions(expected, `${expected.name} model`, labels);
  },
  60_000,
);

test.each(ofTexts)(
  "$name, with a TextVectorization: needs no tokenizer",
  async (expected) => {
    writeFileSync(join(folder, `${expected.name}.keras`), Buffer.from(expected.file, "base64"));
    const labels = labelsOf(expected);
    const options = ["--labels", labels.join(","), "--output", `${expected.name} model`];
    const imported = await inProcess(["import", `${expected.name}.keras`, ...options], folder);
    expect(imported).toMatchObject({ code: 0, stderr: "" });
    await expectPredictions(expected, `${expected.name} model`, labels);
  },
  60_000,
);

test.each(golden)("$name: exported, the model gives in ONNX what Keras gives", async (expected) => {
  const [labels, name] = [labelsOf(expected), `${expected.name}.onnx`];
  const exported = await inProcess(["export", `${expected.name} model`, "--output", name], folder);
  expect(exported).toMatchObject({ code: 0, stderr: "" });
  expect(exported.stdout).toMatch(
    / {4}\S+: int64 \[batch, 8\]\n(.*\n)*texts become ids by the tokenizer in .* model\n$/,
  );
  file(folder, "texts.jsonl", expected.texts.map((text) => `${JSON.stringify({ text })}\n`).join(""));
  const tokenizer = ["--tokenizer", `${expected.name} model/tokenizer.json`];
  const answered = await inProcess(["onnx", name, ...tokenizer, "--input", "texts.jsonl"], folder);
  expect(answered).toMatchObject({ code: 0, stderr: "" });
  expectProbs(expected, parse(answered.stdout), labels);
});

test.each(golden)("$name: an ONNX file is imported, too, and predicts what Keras predicts", async (expected) => {
  const { name, padding, truncating } = expected;
  const labels = labelsOf(expected);
  const sides = ["--padding", padding, "--truncating", truncating, "--labels", labels.join(",")];
  const options = ["--tokenizer", `${name}.json`, ...sides, "--output", `${name} of onnx`];
  const imported = await inProcess(["import", `${name}.onnx`, ...options], folder);
  expect(imported).toMatchObject({ code: 0, stderr: "" });
  expect(imported.stdout).toContain(`labels: ${labels.join(", ")}; outputs are taken as `);
  await expectPredictions(expected, `${name} of onnx`, labels);
  expect(await inProcess(["verify", `${name} of onnx`], folder)).toMatchObject({ code: 0 });
});

test("a model that was imported from ONNX is exported as the same file", async () => {
  const exported = await inProcess(["export", "two classes of onnx", "--output", "again.onnx"], folder);
  expect(exported).toMatchObject({ code: 0, stderr: "" });
  expect(exported.stdout).toMatch(/^wrote again.onnx \([\d.]+ MB, as it was imported\)\n/);
  const read = (name: string) => readFileSync(join(folder, name));
  expect(read("again.onnx").equals(read("two classes.onnx"))).toBe(true);
});

test("a network that PyTorch wrote as two files becomes one in its folder, and runs without them", async () => {
  const source = new URL("../../../packages/onnx/test/golden/external-data.json", import.meta.url);
  const { files } = JSON.parse(readFileSync(source, "utf8")) as { files: Record<string, string> };
  const write = (name: string) => writeFileSync(join(folder, name), Buffer.from(files[name]!, "base64"));
  write("network.onnx");
  const options = ["--tokenizer", "two classes.json", "--output", "of two files"];
  const lacking = await inProcess(["import", "network.onnx", ...options], folder);
  expect(lacking).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      'network.onnx: tensor "embedding.weight": expected the file network.onnx.data beside the model, got none',
    ),
  });
  write("network.onnx.data");
  expect(await inProcess(["import", "network.onnx", ...options], folder)).toMatchObject({
    code: 0,
    stderr: "",
  });
  const predicted = await inProcess(["predict", "of two files", "the film was good"], folder);
  expect(predicted).toMatchObject({ code: 0, stderr: "" });
});

test("what an ONNX file cannot be imported as is refused", async () => {
  const outcome = (...options: string[]) =>
    inProcess(["import", "two classes.onnx", "--output", "refused", ...options], folder);
  expect(await outcome()).toMatchObject({ code: 2, stderr: expect.stringContaining("give --tokenizer") });
  const tokenizer = ["--tokenizer", "two classes.json"];
  expect(await outcome(...tokenizer, "--labels", "a,b,c")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--labels: expected 2 names"),
  });
  expect(await outcome(...tokenizer, "--next-word")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--next-word: is for networks of Keras, and two classes.onnx is an ONNX file"),
  });
  expect(await outcome(...tokenizer, "--max-length", "7")).toMatchObject({ code: 2 });
});

test("a network of numbers becomes a forecaster, which gives what Keras gives", async () => {
  const { files: formats, inputs, outputs } = series();
  writeFileSync(join(folder, "series.h5"), Buffer.from(formats.h5!, "base64"));
  const imported = await inProcess(["import", "series.h5", "--output", "series"], folder);
  expect(imported).toMatchObject({ code: 0, stderr: "" });
  expect(imported.stdout).toContain("each series: numbers of shape (4, 3), row by row; it gives numbers of shape (2)");
  const [[x], [y]] = [inputs, outputs];
  const rows = [0, 1].map((row) => ({
    past: x.data.slice(12 * row, 12 * row + 12),
    next: y.data.slice(2 * row, 2 * row + 2),
  }));
  file(folder, "series.jsonl", rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const predicted = parse((await inProcess(["predict", "series", "--input", "series.jsonl"], folder)).stdout);
  for (const [row, { prediction }] of predicted.entries()) {
    for (const [index, value] of prediction.entries()) expect(value).toBeCloseTo(rows[row]!.next[index]!, 5);
  }
  const evaluated = await inProcess(["evaluate", "series", "--data", "series.jsonl", "--json"], folder);
  expect(JSON.parse(evaluated.stdout).metrics.data.meanAbsoluteError).toBeLessThan(1e-5);
  const exported = await inProcess(["export", "series", "--output", "series.onnx"], folder);
  expect(exported).toMatchObject({ code: 0, stderr: "" });
  expect(exported.stdout).toMatch(
    / {2}reads\n {4}\S+: float32 \[batch, 4, 3\]\n {2}gives\n {4}\S+: float32 \[batch, 2\]\n$/,
  );
  const short = await inProcess(["predict", "series", "1,2"], folder);
  expect(short.stderr).toContain("past has 2 numbers, the network reads 12 numbers: (4, 3)");
  const labelled = await inProcess(["import", "series.h5", "--labels", "a,b", "--output", "refused"], folder);
  expect(labelled.stderr).toContain("--labels: is for networks of texts, and series.h5 has no Embedding");
}, 60_000);

test("a probe is compared, and a network that gives other numbers is not taken over", async () => {
  const { inputs, outputs } = series();
  const rows = (data: readonly number[], width: number) =>
    Array.from({ length: data.length / width }, (_, row) => data.slice(row * width, (row + 1) * width));
  const probe = {
    inputs: [0, 1].map((row) => rows(inputs[0].data.slice(12 * row, 12 * row + 12), 3)),
    outputs: rows(outputs[0].data, 2),
  };
  file(folder, "probe.json", JSON.stringify(probe));
  file(
    folder,
    "other.json",
    JSON.stringify({
      ...probe,
      outputs: [
        [9, 9],
        [9, 9],
      ],
    }),
  );
  file(folder, "none.json", JSON.stringify({ inputs: "x" }));
  const outcome = (name: string) => inProcess(["import", "series.h5", "--probe", name, "--output", "probed"], folder);
  expect((await outcome("other.json")).stderr).toMatch(
    /for number \d of the outputs, expected 9; it is not taken over/,
  );
  expect((await outcome("none.json")).stderr).toContain(
    '--probe none.json: expected { "inputs": [...], "outputs": [...] }',
  );
  expect((await outcome("probe.json")).stdout).toMatch(/probe: 4 numbers, none differs by more than \d\.\de-\d/);
}, 60_000);

test("the classes of a network of next words are the tokenizer's words", async () => {
  const words = { "<OOV>": 1, good: 2 };
  const config = { oov_token: "<OOV>", filters: "", word_index: JSON.stringify(words) };
  const tokenizer = JSON.stringify({ class_name: "Tokenizer", config });
  const three = golden.find(({ name }) => name === "three classes")!;
  const imported = await importOf({ ...three, name: "next", tokenizer }, "--next-word", "--output", "next model");
  expect(imported.stdout).toContain("labels: 3 words of the tokenizer");
  const [line] = parse((await inProcess(["predict", "next model", "good"], folder)).stdout);
  expect(Object.keys(line.probs)).toEqual(["<0>", "<OOV>", "good"]);
}, 60_000);

test("without a tokenizer, a network of ids asks for one", async () => {
  await importOf(golden[0]!, "--output", "refused", "--labels", "a");
  const outcome = await inProcess(["import", "two classes.h5", "--output", "refused"], folder);
  expect(outcome.code).toBe(2);
  expect(outcome.stderr).toContain("two classes.h5: the network reads ids; give --tokenizer");
});

test("an imported model is verified and evaluated like one that was trained here", async () => {
  file(folder, "data.tsv", "text\tlabel\nthe film was good\tone\nso bad\tzero\n");
  const evaluated = await inProcess(["evaluate", "two classes model", "--data", "data.tsv", "--json"], folder);
  expect(JSON.parse(evaluated.stdout)).toMatchObject({
    task: "imported",
    metrics: { data: { loss: expect.any(Number) } },
  });
  expect(await inProcess(["verify", "two classes model"], folder)).toMatchObject({ code: 0 });
});

test.each([
  [
    ["--labels", "a,b,c"],
    "--labels: expected 2 names, since the network has one output, which tells two classes apart; got 3",
  ],
  [["--labels", "a,a"], '--labels: "a" is given twice'],
  [["--max-length", "7"], "--max-length 7: the network was made for texts of 8 ids; leave the option out"],
  [["--output", "two classes model"], "--output two classes model: the folder is not empty; choose another name"],
])("%j is refused before anything is written", async (options, message) => {
  const output = options[0] === "--output" ? options : [...options, "--output", "refused"];
  const outcome = await importOf(golden[0]!, ...output);
  expect(outcome).toMatchObject({ code: 2, stdout: "" });
  expect(outcome.stderr).toContain(message);
  expect(() => readFileSync(join(folder, "refused", "config.json"))).toThrow("ENOENT");
});

test("a tokenizer with more ids than the embedding has rows is refused", async () => {
  const tokenizer = JSON.parse(JSON.parse(golden[0]!.tokenizer));
  const outcome = await importOf(
    {
      ...golden[0]!,
      name: "large",
      tokenizer: JSON.stringify({ ...tokenizer, config: { ...tokenizer.config, num_words: null } }),
    },
    ...["--output", "refused"],
  );
  expect(outcome.code).toBe(2);
  expect(outcome.stderr).toMatch(/large\.json: it gives ids up to 1\d, and the network's embedding has 10 rows/);
});

test("a config cannot train it, and says how else", async () => {
  file(folder, "train.yaml", "name: x\ntask: imported\ndata: { train: data.tsv }\noutput: { labels: [a, b] }\n");
  const outcome = await inProcess(["train", "--config", "train.yaml", "--out", "run"], folder);
  expect(outcome.code).toBe(2);
  expect(outcome.stderr).toContain("its models come from `cellstate import` and are not trained from a config");
});

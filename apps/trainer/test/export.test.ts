/** `cellstate export`: what other runtimes open gives what `predict` gives. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type OnnxTensor, openOnnx } from "@cellstate/onnx";
import { createSession } from "@cellstate/tensor";
import { readTokenizer } from "@cellstate/tokenizers/node";
import { beforeAll, expect, test } from "vitest";
import { tinyConfig, tinyTranslation } from "./cellstate.ts";
import { lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const folder = lastingFolder();
const run = (...args: string[]) => inProcess(args, folder);

beforeAll(async () => {
  tinyConfig(folder);
  tinyTranslation(folder);
  expect((await run("train", "--config", "tiny.yaml", "--out", "run", "--quiet")).code).toBe(0);
  expect((await run("train", "--config", "letters.yaml", "--out", "letters", "--quiet")).code).toBe(0);
});

test("a classifier becomes one file, whose probabilities are those of predict", async () => {
  const written = await run("export", "run", "--output", "model.onnx");
  expect(written).toMatchObject({ code: 0, stderr: "" });
  expect(written.stdout).toMatch(
    /^wrote model\.onnx \(\d\.\d\d MB, opset 17\)\n {2}reads\n {4}input_ids: int64 \[batch, time\]\n/,
  );

  const texts = ["the film was good", "the soup was dreadful indeed", "train"];
  const lines = (await run("predict", "run", ...texts)).stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const tokenizer = await readTokenizer(join(folder, "run", "model", "tokenizer.json"));
  const ids = texts.map((text) => tokenizer.encode(text).ids);
  const time = Math.max(...ids.map((row) => row.length));
  const session = await createSession();
  const model = openOnnx(readFileSync(join(folder, "model.onnx")), { session });
  const { probabilities } = await model.run({
    input_ids: {
      shape: [3, time],
      data: ids.flatMap((row) => [...row, ...new Array<number>(time - row.length).fill(0)]),
    },
    lengths: { shape: [3], data: ids.map((row) => row.length) },
  });
  const labels: string[] = JSON.parse(model.metadata.get("cellstate.labels")!);
  const expected = lines.flatMap(({ probs }) => labels.map((label) => probs[label] as number));
  expectClose(probabilities!, expected);
  await session.dispose();
});

test("what was written is described, and classifies texts, by the command onnx", async () => {
  const described = await run("onnx", "model.onnx");
  expect(described).toMatchObject({ code: 0, stderr: "" });
  expect(described.stdout).toContain("written by cellstate\nreads\n  input_ids: int64 [batch, time]\n");
  expect(described.stdout).toContain('cellstate.labels: ["negative","positive"]\n');

  const texts = ["the film was good", "the soup was dreadful indeed"];
  const parse = (text: string) =>
    text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
  const expected = parse((await run("predict", "run", ...texts)).stdout);
  const answers = await run("onnx", "model.onnx", "--tokenizer", "run/model/tokenizer.json", ...texts);
  expect(answers).toMatchObject({ code: 0, stderr: "" });
  parse(answers.stdout).forEach(({ probs, ...rest }, index) => {
    const { probs: known, ...others } = expected[index];
    expect(rest).toEqual(others);
    for (const [label, prob] of Object.entries<number>(known)) expect(probs[label]).toBeCloseTo(prob, 5);
  });

  expect(await run("onnx", "model.onnx", "a text")).toMatchObject({
    code: 2,
    stderr: "cellstate: texts become ids by a tokenizer; name its file with --tokenizer\n",
  });
  expect(await run("onnx", "tiny.yaml")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^cellstate: tiny\.yaml: the file: expected an ONNX model/),
  });
});

function expectClose({ data }: OnnxTensor, expected: readonly number[]): void {
  expect(data).toHaveLength(expected.length);
  expected.forEach((value, index) => {
    expect(data[index]).toBeCloseTo(value, 5);
  });
}

test("vectors that are made of n-grams become a table", async () => {
  const ngrams = ["--set", "model.embedding.kind=hash-ngrams", "--set", "model.embedding.buckets=50"];
  expect((await run("train", "--config", "tiny.yaml", "--out", "ngrams", "--quiet", ...ngrams)).code).toBe(0);
  expect(await run("export", "ngrams", "--output", "ngrams.onnx")).toMatchObject({ code: 0 });
  const known = JSON.parse((await run("predict", "ngrams", "the film was good")).stdout);
  const answer = await run("onnx", "ngrams.onnx", "--tokenizer", "ngrams/model/tokenizer.json", "the film was good");
  const { probs } = JSON.parse(answer.stdout);
  for (const [label, prob] of Object.entries<number>(known.probs)) expect(probs[label]).toBeCloseTo(prob, 5);
});

test("a translator becomes two files, an encoder and a step of the decoder", async () => {
  const written = await run("export", "letters", "--output", "letters.onnx", "--json");
  expect(written).toMatchObject({ code: 0, stderr: "" });
  const { task, files } = JSON.parse(written.stdout);
  expect(task).toBe("translation");
  expect(files.map(({ file }: { file: string }) => file)).toEqual(["letters.encoder.onnx", "letters.decoder.onnx"]);
  expect(existsSync(join(folder, "letters.encoder.onnx"))).toBe(true);
  const [encoder, decoder] = files;
  const names = (ports: readonly { name: string }[]) => ports.map(({ name }) => name);
  const carried = names(decoder.outputs).filter((name) => name.startsWith("next_"));
  expect(names(encoder.outputs)).toEqual(expect.arrayContaining(carried.map((name) => name.replace("next_", ""))));
});

test("an output that cannot be is refused before any work", async () => {
  expect(await run("export", "run", "--output", ".")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--output .: is a folder; give the name of a file in it"),
  });
  expect(await run("export", "run", "--output", "model.onnx", "--format", "pmml")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("Allowed choices are onnx"),
  });
});

test("predict --explain gives each answer with what its words count, and a translator has no such thing", async () => {
  const text = "the soup was dreadful indeed";
  const [plain, explained, listed, byGradients] = [
    await run("predict", "run", text),
    await run("predict", "run", text, "--explain"),
    await run("predict", "run", text, "--explain", "--json"),
    await run("predict", "run", text, "--explain", "--attribution", "integrated-gradients"),
  ];
  const { attribution, ...line } = JSON.parse(explained.stdout);
  expect(line).toEqual(JSON.parse(plain.stdout));
  expect(attribution).toMatchObject({ kind: "occlusion", answer: line.prediction });
  expect(attribution.words.map((word: { readonly text: string }) => word.text)).toEqual(text.split(" "));
  expect(JSON.parse(listed.stdout)).toEqual([{ ...line, attribution }]);
  expect(JSON.parse(byGradients.stdout).attribution).toMatchObject({ kind: "integrated-gradients" });
  const refused = await run("predict", "letters", "abc", "--explain");
  expect(refused).toMatchObject({ code: 2, stdout: "" });
  expect(refused.stderr).toContain("--explain: a model of the task translation does not say what its answers hang on");
});

test("a classifier becomes a page with its labels and its score; a translator is refused by name", async () => {
  const written = await run("export", "run", "--format", "html", "--output", "page.html");
  expect(written).toMatchObject({ code: 0, stderr: "" });
  expect(written.stdout).toMatch(/^wrote page\.html \(\d\.\d\d MB\); it opens in a browser, and needs no network\n$/);
  const page = readFileSync(join(folder, "page.html"), "utf8");
  const { metrics } = JSON.parse(readFileSync(join(folder, "run", "result.json"), "utf8"));
  const scored = metrics.test ?? metrics.dev;
  expect(/<dt>Labels<\/dt><dd>(.*)<\/dd>/.exec(page)?.[1]).toMatch(/, /);
  expect(/<dt>Score<\/dt><dd>(.*)<\/dd>/.exec(page)?.[1]).toContain(`accuracy ${scored.accuracy.toFixed(4)}`);
  const files = [...page.matchAll(/data-file="([^"]*)"/g)].map(([, file]) => file);
  expect(files).toEqual(["tokenizer.json", "labels.json", "config.json", "model.safetensors"]);
  const refused = await run("export", "letters", "--format", "html", "--output", "letters.html");
  expect(refused).toMatchObject({ code: 2, stdout: "" });
  expect(refused.stderr).toContain(
    "letters is a model of the task translation, and such pages hold classifiers of texts",
  );
  expect(existsSync(join(folder, "letters.html"))).toBe(false);
});

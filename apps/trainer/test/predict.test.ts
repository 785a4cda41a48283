import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { tinyConfig } from "./cellstate.ts";
import { file, lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const folder = lastingFolder();
const parse = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

beforeAll(async () => {
  tinyConfig(folder);
  expect((await inProcess(["train", "--config", "tiny.yaml", "--out", "run", "--quiet"], folder)).code).toBe(0);
  cpSync(join(folder, "run", "model"), join(folder, "model"), { recursive: true });
});

test("texts as arguments, files of every kind and standard input get the same lines, from the run or its model alone", async () => {
  const texts = ["the film was good", 'the soup, was "bad"'];
  const expected = await inProcess(["predict", "run", ...texts], folder);
  expect(expected).toMatchObject({ code: 0, stderr: "" });
  const lines = parse(expected.stdout);
  expect(lines.map(({ index, text }) => [index, text])).toEqual(texts.map((text, index) => [index, text]));
  expect(Object.keys(lines[0])).toEqual(["index", "text", "prediction", "probs"]);

  file(folder, "in.txt", `${texts.join("\n")}\n`);
  file(folder, "in.jsonl", texts.map((text) => `${JSON.stringify({ id: 1, text })}\n`).join(""));
  file(folder, "in.csv", `text,id\n${texts[0]},1\n"${texts[1]!.replaceAll('"', '""')}",2\n`);
  file(folder, "in.tsv", `id\ttext\n1\t${texts[0]}\n2\t${texts[1]}\n`);
  for (const input of ["in.txt", "in.jsonl", "in.csv", "in.tsv"]) {
    expect((await inProcess(["predict", "model", "--input", input], folder)).stdout).toBe(expected.stdout);
  }
  const piped = await inProcess(["predict", "model"], folder, { input: texts.join("\r\n") });
  expect(piped.stdout).toBe(expected.stdout);
  const asJson = await inProcess(["predict", "run", ...texts, "--json"], folder);
  expect(JSON.parse(asJson.stdout)).toEqual(lines);
  const written = await inProcess(["predict", "run", ...texts, "--output", "out.jsonl"], folder);
  expect(written).toMatchObject({ code: 0, stdout: "" });
  expect(readFileSync(join(folder, "out.jsonl"), "utf8")).toBe(expected.stdout);
});

test("a run whose words another ICU cut says so, and predicts", async () => {
  cpSync(join(folder, "run"), join(folder, "older"), { recursive: true });
  const lock = JSON.parse(readFileSync(join(folder, "older", "config.lock.json"), "utf8"));
  file(folder, "older/config.lock.json", JSON.stringify({ ...lock, segmenter: { icu: "70.1", unicode: "14.0" } }));
  expect(await inProcess(["predict", "older", "good"], folder)).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(
      /^warning: the run began with ICU 70\.1 and this Node has [\d.]+: words may be cut differently\n$/,
    ),
  });
});

test("a prediction equals the one that training wrote", async () => {
  const [first] = parse(readFileSync(join(folder, "run", "predictions", "test.jsonl"), "utf8"));
  const { label: _, ...unlabelled } = first;
  const { stdout } = await inProcess(["predict", "model", first.text], folder);
  expect(parse(stdout)).toEqual([unlabelled]);
});

test("evaluate gives the scores of the run, of its splits or of a file", async () => {
  const { metrics, baselines } = JSON.parse(readFileSync(join(folder, "run", "result.json"), "utf8"));
  const own = await inProcess(["evaluate", "run", "--json"], folder);
  expect(JSON.parse(own.stdout)).toMatchObject({
    formatVersion: 1,
    name: "tiny",
    task: "sentiment",
    metrics,
    baselines,
  });
  const onFile = await inProcess(["evaluate", "model", "--data", "reviews.tsv", "--json"], folder);
  const scores = JSON.parse(onFile.stdout);
  expect(scores.metrics).toEqual({ data: metrics.test });
  expect(scores.baselines.naiveBayes).toEqual({ data: baselines.naiveBayes.test });
  const table = await inProcess(["evaluate", "run"], folder);
  expect(table.stdout).toMatch(
    /^ +model +95 % interval +majority +naiveBayes +tfidfLogistic\ndev loss +\d\.\d{4} +\d\.\d{4} to \d\.\d{4} /,
  );
  expect(table.stdout).toContain("test: Scores of each label\nlabel     precision  recall");
  expect(table.stdout).toContain("test: Confusion\nlabel \\ predicted");
  const nothing = await inProcess(["evaluate", "model"], folder);
  expect(nothing).toMatchObject({ code: 2, stderr: expect.stringContaining("give --data <file>") });
});

test("evaluate scores several files at once, with intervals and each label's scores, on any backend", async () => {
  file(folder, "two.tsv", "label\ttext\npositive\tthe film was good\nnegative\tthe soup was awful\n");
  const args = ["evaluate", "model", "--data", "reviews.tsv", "--data", "two.tsv", "--resamples", "50", "--json"];
  const native = await inProcess(args, folder);
  const { metrics, intervals, details } = JSON.parse(native.stdout);
  expect(Object.keys(metrics)).toEqual(["reviews.tsv", "two.tsv"]);
  const [low, high] = intervals["reviews.tsv"].loss;
  expect(low).toBeLessThan(metrics["reviews.tsv"].loss);
  expect(high).toBeGreaterThan(metrics["reviews.tsv"].loss);
  expect(details["two.tsv"].perClass.positive).toMatchObject({ support: 1, recall: expect.any(Number) });
  expect(details["two.tsv"].confusion.labels).toEqual(["negative", "positive"]);
  const reference = await inProcess([...args, "--backend", "reference", "--threads", "1"], folder);
  expect(reference.stdout).toBe(native.stdout);
  const twice = await inProcess(["evaluate", "model", "--data", "two.tsv", "--data", "two.tsv"], folder);
  expect(twice).toMatchObject({ code: 2, stderr: expect.stringContaining("--data two.tsv: is given twice") });
});

test("evaluate warns where the data of the run changed", async () => {
  const before = readFileSync(join(folder, "reviews.tsv"), "utf8");
  expect((await inProcess(["evaluate", "run"], folder)).stderr).toBe("");
  file(folder, "reviews.tsv", `${before}positive\tas good as new\n`);
  const { code, stderr } = await inProcess(["evaluate", "run"], folder);
  file(folder, "reviews.tsv", before);
  expect(code).toBe(0);
  expect(stderr).toMatch(/^warning: .*reviews\.tsv changed since the run; these are scores on the files of now\n$/);
});

test.each<[args: string[], message: RegExp]>([
  [["predict", "run", "--input", "other.tsv"], /other\.tsv:2: no value in column "text"; columns here: id, body/],
  [["predict", "run", "--input", "none.txt"], /^cellstate: --input none\.txt: no such file\n$/],
  [
    ["predict", "run", "--input", "othr.tsv"],
    /^cellstate: --input othr\.tsv: no such file; did you mean other\.tsv\?\n$/,
  ],
  [["predict", "run", "--input", "run"], /^cellstate: --input run: is a folder; name a file in it\n$/],
  [["data", "stats", "none.tsv"], /^cellstate: none\.tsv: no such file\n$/],
  [["tokenizer", "encode", "run", "--input", "none.txt"], /^cellstate: --input none\.txt: no such file\n$/],
  [["tokenizer", "decode", "run", "--input", "none.txt"], /^cellstate: --input none\.txt: no such file\n$/],
  [["onnx", "none.onnx"], /^cellstate: none\.onnx: no such file\n$/],
  [["import", "none.h5", "--output", "new"], /^cellstate: none\.h5: no such file\n$/],
  [["evaluate", "run", "--data", "text=none.txt,label=in.txt"], /^cellstate: --data none\.txt: no such file\n$/],
  [["predict", "run", "text", "--input", "in.txt"], /give texts or --input, not both/],
  [["predict", "run"], /no text was given/],
  [["predict", "run", "text", "--output", "."], /--output \.: is a folder; give the name of a file in it/],
  [["translate", "run", "text"], /is a model for sentiment, which does not translate/],
  [["evaluate", "run", "--data", "other.tsv"], /other\.tsv:2: no value in column "text".*; .* call the column so/],
  [["evaluate", "run", "--data", "none.tsv"], /^cellstate: --data none\.tsv: no such file\n$/],
])("wrong input ends with 2 and says what is wrong: %j", async (args, message) => {
  file(folder, "other.tsv", "id\tbody\n1\tgood\n");
  const { code, stdout, stderr } = await inProcess(args, folder);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(message);
});

test("a damaged or newer model ends with 1 and names the file", async () => {
  const damage: [string, (model: string) => void, RegExp][] = [
    ["truncated", (model) => truncateSync(join(model, "model.safetensors"), 1000), /model\.safetensors/],
    [
      "a broken header",
      (model) => writeFileSync(join(model, "model.safetensors"), "not safetensors at all"),
      /model\.safetensors/,
    ],
    ["broken JSON", (model) => writeFileSync(join(model, "tokenizer.json"), "{"), /tokenizer\.json/],
    [
      "a newer format",
      (model) => writeFileSync(join(model, "config.json"), '{"formatVersion": 9}'),
      /config\.json: formatVersion 9 is newer/,
    ],
  ];
  for (const [name, harm, message] of damage) {
    const model = join(folder, `model ${name}`);
    cpSync(join(folder, "model"), model, { recursive: true });
    harm(model);
    const { code, stdout, stderr } = await inProcess(["predict", model, "text"], folder);
    expect({ name, code, stdout }).toEqual({ name, code: 1, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  }
  rmSync(join(folder, "model truncated", "model.safetensors"));
  const missing = await inProcess(["predict", "model truncated", "text"], folder);
  expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining("model.safetensors: is missing") });
});

test("runs lists and shows what is under runs", async () => {
  cpSync(join(folder, "run"), join(folder, "runs", "tiny-1"), { recursive: true });
  const list = await inProcess(["runs"], folder);
  expect(list.stdout).toMatch(/^run +state +seed +dev +test\ntiny-1 +finished +3 +accuracy [\d.]+ +accuracy [\d.]+\n$/);
  const shown = await inProcess(["runs", "show", "tiny"], folder);
  expect(shown.stdout).toContain("# A tiny experiment.");
  expect(shown.stdout).toMatch(/command {5}cellstate train --config tiny\.yaml --seed 3\n/);
});

test("data measures an own file", async () => {
  const { code, stdout } = await inProcess(["data", "stats", "reviews.tsv"], folder);
  expect(code).toBe(0);
  expect(stdout).toMatch(/all +text +60 /);
  expect(stdout).toContain("all: negative 30, positive 30\n");
});

test("data measures lists in JSONL by their items", async () => {
  file(folder, "tagged.jsonl", '{"words":["New York","is"],"id":7}\n{"words":["so","it","is","told"],"id":10}\n');
  const { code, stdout } = await inProcess(["data", "stats", "tagged.jsonl"], folder);
  expect(code).toBe(0);
  expect(stdout).toContain("tagged (lengths in characters, of lists in items)\n");
  expect(stdout).toMatch(/all +words +2 +0 +0 +2 +3\.0 +4\n/);
  expect(stdout).toMatch(/all +id +2 +0 +0 +1 +1\.5 +2\n/);
});

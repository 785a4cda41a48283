import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { numericsVersion } from "@cellstate/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { cellstate, type Outcome, tinyConfig, tinyTranslation } from "./cellstate.ts";
import { file, lastingFolder, temporaryFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const json = (...path: string[]) => JSON.parse(readFileSync(join(...path), "utf8"));
const lines = (...path: string[]) =>
  readFileSync(join(...path), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("a run of train", () => {
  const folder = lastingFolder();
  let outcome: Outcome;
  beforeAll(async () => {
    tinyConfig(folder);
    outcome = await inProcess(["train", "--config", "tiny.yaml", "--out", "run"], folder);
  });

  test("ends with 0, the table on stdout and progress on stderr", () => {
    expect(outcome.code).toBe(0);
    expect(outcome.stdout).toMatch(/model +majority +naiveBayes +tfidfLogistic\n/);
    expect(outcome.stdout).toMatch(/next {4}cellstate predict run "\.\.\."\n$/);
    expect(outcome.stderr).toMatch(
      /^backend \w+ \([\w -]+\), (1 thread|\d+ threads, or 1 while that is measured to be faster)\nrun {5}.*run\ndata {4}reviews: train 54, dev 6, test 60/,
    );
    expect(outcome.stderr).toMatch(/\nepoch 3\/3 {2}step 21 {2}dev loss /);
  });

  test("leaves a folder with everything in it and nothing aside", () => {
    expect(readdirSync(join(folder, "run")).sort()).toEqual([
      "config.lock.json",
      "config.yaml",
      "data-lines.json",
      "manifest.json",
      "metrics.jsonl",
      "model",
      "predictions",
      "report.html",
      "result.json",
    ]);
    expect(readdirSync(join(folder, "run", "model")).sort()).toEqual([
      "README.md",
      "baselines.json",
      "config.json",
      "labels.json",
      "manifest.json",
      "model.safetensors",
      "tokenizer.json",
    ]);
    expect(readFileSync(join(folder, "run", "config.yaml"), "utf8")).toBe(
      readFileSync(join(folder, "tiny.yaml"), "utf8"),
    );
  });

  test("writes result.json with exactly the agreed keys", () => {
    const result = json(folder, "run", "result.json");
    const keys =
      "formatVersion name task dataset seed backend threads metrics baselines trainSeconds tokensPerSecond steps epochs parameters modelBytes weightsSha256";
    expect(Object.keys(result)).toEqual(keys.split(" "));
    expect(Object.keys(result.metrics)).toEqual(["dev", "test"]);
    expect(Object.keys(result.metrics.test)).toEqual(["loss", "accuracy", "macroF1"]);
    expect(Object.keys(result.baselines)).toEqual(["majority", "naiveBayes", "tfidfLogistic"]);
    expect(result).toMatchObject({
      formatVersion: 1,
      name: "tiny",
      task: "sentiment",
      dataset: "reviews",
      seed: 3,
      steps: 21,
      epochs: 3,
    });
  });

  test("writes predictions in file order", () => {
    const predictions = lines(folder, "run", "predictions", "test.jsonl");
    expect(predictions.map(({ index }) => index)).toEqual(Array.from({ length: 60 }, (_, i) => i));
    expect(Object.keys(predictions[0])).toEqual(["index", "text", "label", "prediction", "probs"]);
    expect(predictions[0].text).toBe("the film was good");
  });

  test.each([
    ["withoutInputs", ["index", "label", "prediction", "probs"]],
    ["none", undefined],
  ])("keeps of the predictions what predictions: %s says, and the run is whole", async (kept, keys) => {
    const args = ["train", "--config", "tiny.yaml", "--set", `predictions=${kept}`, "--out", kept, "--quiet"];
    expect((await inProcess(args, folder)).code).toBe(0);
    const file = join(folder, kept, "predictions", "test.jsonl");
    if (keys === undefined) expect(existsSync(file)).toBe(false);
    else expect(Object.keys(lines(folder, kept, "predictions", "test.jsonl")[0])).toEqual(keys);
    expect(json(folder, kept, "result.json").metrics).toEqual(json(folder, "run", "result.json").metrics);
    expect((await inProcess(["verify", kept], folder)).code).toBe(0);
  });

  test("logs every step, evaluation and epoch", () => {
    const log = lines(folder, "run", "metrics.jsonl");
    const count = (kind: string) => log.filter((line) => line.kind === kind).length;
    expect([count("step"), count("evaluate"), count("epoch")]).toEqual([21, 3, 3]);
  });

  test("saves a model that knows nothing of this machine and no time", () => {
    const model = readFileSync(join(folder, "run", "model", "model.safetensors"));
    const header = JSON.parse(model.subarray(8, 8 + Number(model.readBigUInt64LE(0))).toString());
    expect(Object.keys(header.__metadata__).sort()).toEqual(["format", "gates"]);
    expect(readFileSync(join(folder, "run", "model", "config.json"), "utf8")).not.toContain(folder);
  });

  test("locks the resolved config with hashes and versions", () => {
    const lock = json(folder, "run", "config.lock.json");
    expect(lock).toMatchObject({
      formatVersion: 1,
      arithmetic: "portable",
      numericsVersion,
      node: expect.any(String),
    });
    expect(lock.config.schedule).toEqual({ kind: "constant", warmupSteps: 0 });
    expect(lock.config.data.train).toBe("reviews.tsv");
    expect(Object.values(lock.data)).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect(Object.keys(lock.tokenizer).sort()).toEqual(["labels.json", "tokenizer.json"]);
  });

  test("again, with --json and --quiet, prints result.json alone and has the same weights", async () => {
    const again = await inProcess(["train", "--config", "tiny.yaml", "--out", "again", "--json", "--quiet"], folder);
    expect(again).toMatchObject({ code: 0, stderr: "" });
    const result = JSON.parse(again.stdout);
    expect(result.weightsSha256).toBe(json(folder, "run", "result.json").weightsSha256);
    const other = await inProcess(
      ["train", "--config", "tiny.yaml", "--seed", "4", "--threads", "1", "--json"],
      folder,
    );
    expect(JSON.parse(other.stdout)).toMatchObject({ seed: 4, threads: 1 });
    expect(JSON.parse(other.stdout).weightsSha256).not.toBe(result.weightsSha256);
    expect(readdirSync(join(folder, "runs"))).toEqual([expect.stringMatching(/^tiny-\d{8}-\d{6}-[0-9a-f]{8}$/)]);
  });

  test("does not go where something is already", async () => {
    const taken = await inProcess(["train", "--config", "tiny.yaml", "--out", "run"], folder);
    expect(taken).toMatchObject({ code: 2, stdout: "" });
    expect(taken.stderr).toMatch(
      /^cellstate: --out .*run: the folder exists and is not empty; choose another name, or go on with it: /,
    );
    mkdirSync(join(folder, "empty"));
    const empty = await inProcess(["train", "--config", "tiny.yaml", "--out", "empty", "--quiet"], folder);
    expect(empty.code).toBe(0);
  });

  test("says so when it is resumed after its end", async () => {
    const resumed = await inProcess(["train", "--resume", "run"], folder);
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toMatch(/is finished already\n$/);
    const asJson = await inProcess(["train", "--resume", "run", "--json"], folder);
    expect(JSON.parse(asJson.stdout)).toEqual(json(folder, "run", "result.json"));
  });
});

test("flags win over --set, --set over the file, the file over what it extends", async () => {
  const folder = temporaryFolder();
  tinyConfig(folder);
  mkdirSync(join(folder, "inner"));
  file(
    join(folder, "inner"),
    "own.yaml",
    "extends: ../tiny.yaml\nname: own\nseed: 5\ntraining: { epochs: 2, batchSize: 16 }\n",
  );
  const set = ["--set", "training.epochs=1", "--set", "seed=6"];
  const outcome = await inProcess(
    ["train", "--config", "inner/own.yaml", ...set, "--seed", "9", "--out", "run", "--json"],
    folder,
  );
  expect(outcome.code).toBe(0);
  expect(JSON.parse(outcome.stdout)).toMatchObject({ name: "own", seed: 9, epochs: 1, steps: 4 });
  const { training } = json(folder, "run", "config.lock.json").config;
  expect(training).toMatchObject({ epochs: 1, batchSize: 16, checkpointEverySteps: 2, clipNorm: 1 });
});

test("paths of the command line are the caller's, those in a config are the config's", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "configs"));
  mkdirSync(join(folder, "caller"));
  tinyConfig(join(folder, "configs"));
  const args = ["train", "--config", "../configs/tiny.yaml", "--set", "training.epochs=1", "--out", "run", "--quiet"];
  const outcome = await cellstate(args, { cwd: temporaryFolder(), env: { INIT_CWD: join(folder, "caller") } });
  expect(outcome).toMatchObject({ code: 0 });
  expect(existsSync(join(folder, "caller", "run", "result.json"))).toBe(true);
});

test("a translation run saves all that translate needs", async () => {
  const folder = temporaryFolder();
  tinyTranslation(folder);
  const trained = await inProcess(["train", "--config", "letters.yaml", "--out", "run", "--json"], folder);
  expect(trained.code).toBe(0);
  expect(JSON.parse(trained.stdout).metrics.test).toMatchObject({ bleuSignature: expect.stringContaining("tok:13a") });
  expect(Object.keys(lines(folder, "run", "predictions", "test.jsonl")[0])).toEqual([
    "index",
    "source",
    "reference",
    "prediction",
  ]);
  expect(readFileSync(join(folder, "run", "report.html"), "utf8")).toContain("<h2>Attention on test</h2>");
  const translated = await inProcess(["translate", "run", "--beam", "1"], folder, { input: "ab\ncd\nab\n" });
  expect(translated.code).toBe(0);
  const [first, second, third, end] = translated.stdout.split("\n");
  expect(first).toBe(third);
  expect([typeof second, end]).toEqual(["string", ""]);
});

test("HTML in the data and in the config's name cannot get into the report as markup", async () => {
  const folder = temporaryFolder();
  tinyConfig(folder, "# <script>alert('config')</script>\n");
  const evil = "<script>alert('text')</script><img src=x onerror=alert(1)>";
  file(
    folder,
    "evil.tsv",
    `label\ttext\npositive\t${evil} bad\nnegative\t${evil} good\npositive\tgood\nnegative\tbad\n`,
  );
  const outcome = await inProcess(
    ["train", "--config", "tiny.yaml", "--set", "data.test=evil.tsv", "--out", "run", "--quiet"],
    folder,
  );
  expect(outcome.code).toBe(0);
  const report = readFileSync(join(folder, "run", "report.html"), "utf8");
  expect(report.match(/<script/g)).toHaveLength(1); // the page's own
  expect(report).not.toMatch(/<img|onerror=alert\(1\)>/);
  expect(report).toContain("&lt;script&gt;alert(&#39;config&#39;)");
  expect(report).not.toMatch(/(src|href)="?https?:/);
});

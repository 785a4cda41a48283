import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { ConfigError } from "@cellstate/files";
import { recurrentKindNames } from "@cellstate/lstm-core";
import { tasks } from "@cellstate/tasks";
import { optimizers } from "@cellstate/training";
import { describe, expect, test } from "vitest";
import { findConfig, listConfigs, SHIPPED_CONFIGS } from "../src/config/find.ts";
import { experimentJsonSchema } from "../src/config/json-schema.ts";
import { loadConfig } from "../src/config/load.ts";
import { cellstate, tinyConfig } from "./cellstate.ts";
import { file, lastingFolder, temporaryFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

/** The messages of the faults in a config. */
async function faults(folder: string, text: string, overrides: string[] = []): Promise<string[]> {
  try {
    await loadConfig({ file: file(folder, "a.yaml", text), overrides, folder });
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split("\n");
    throw error;
  }
  return [];
}

const good = readFileSync(tinyConfig(lastingFolder()), "utf8");
const taskNames = tasks.map(({ name }) => name);
const optimizerKinds = optimizers.map(({ kind }) => kind).join(", ");
const change = (from: string, to: string) => good.replace(from, to);

describe("a config with a fault", () => {
  test.each([
    [
      "an unknown key",
      change("training:", "trainng:"),
      "a.yaml:11:1: trainng: unknown key `trainng`, did you mean `training`?",
    ],
    [
      "a key one level down",
      change("kind: lstm", "kind: lstm, hidenSize: 3"),
      "a.yaml:9:26: model.encoder.hidenSize: unknown key `hidenSize`, did you mean `hiddenSize`?",
    ],
    [
      "a key at the wrong place",
      `${good}epochs: 3\n`,
      "a.yaml:12:1: epochs: unknown key `epochs`, did you mean `training.epochs`?",
    ],
    [
      "a wrong type",
      change("batchSize: 8", "batchSize: eight"),
      'a.yaml:11:24: training.batchSize: must be a number, got "eight" (text)',
    ],
    [
      "a fraction of a step",
      change("batchSize: 8", "batchSize: 8.5"),
      "a.yaml:11:24: training.batchSize: must be a whole number, got 8.5",
    ],
    [
      "a value out of range",
      change("learningRate: 0.02", "learningRate: 0"),
      "a.yaml:10:27: optimizer.learningRate: must be greater than 0, got 0",
    ],
    [
      "an unknown kind",
      change("kind: adamw", "kind: adamv"),
      `a.yaml:10:14: optimizer.kind: must be one of ${optimizerKinds}, got "adamv" (text), did you mean \`adamw\`?`,
    ],
    [
      "a missing kind",
      change("kind: adamw, ", ""),
      `a.yaml:10:1: optimizer.kind: \`kind\` is missing; it must be one of ${optimizerKinds}`,
    ],
    [
      "an unknown kind where one is the default",
      change("kind: lstm", "kind: gur"),
      `a.yaml:9:14: model.encoder.kind: must be one of ${recurrentKindNames.join(", ")}, got "gur" (text), did you mean \`gru\`?`,
    ],
    [
      "an option of another kind",
      change("kind: adamw", "kind: sgd, beta1: 0.9"),
      "a.yaml:10:25: optimizer.beta1: unknown key `beta1`, valid here: kind, learningRate, momentum, kerasMomentum, nesterov, weightDecay, decoupledWeightDecay, lazy, groups, byDepth",
    ],
    [
      "a missing section",
      change("tokenizer: { kind: word }\n", ""),
      "a.yaml:1:1: tokenizer: is missing; must be a map of keys",
    ],
    [
      "a name that is no folder",
      change("name: tiny", "name: ../tiny"),
      'a.yaml:2:1: name: must be a name for folders: letters, digits, `.`, `_`, `-`, at most 64, got "../tiny" (text)',
    ],
    [
      "an unknown task",
      change("task: sentiment", "task: sentimnt"),
      `a.yaml:3:1: task: must be one of ${taskNames.join(", ")}, got "sentimnt" (text), did you mean \`sentiment\`?`,
    ],
    ["no task", change("task: sentiment\n", ""), `a.yaml:1:1: task: is missing; must be ${taskNames.join(" or ")}`],
    [
      "clashing data",
      change("data: {", "data: { dataset: reviews,"),
      "a.yaml:5:27: data.train: the dataset reviews brings its own splits; remove one\na.yaml:5:47: data.test: the dataset reviews brings its own splits; remove one",
    ],
  ])("%s is named with its place, what came and what is valid", async (_, text, message) => {
    expect((await faults(temporaryFolder(), text)).join("\n")).toBe(message);
  });

  test("lists every fault, also those of --set", async () => {
    const found = await faults(temporaryFolder(), change("seed: 3", "seed: -1"), [
      "training.epochs=0",
      "model.pooing=max",
    ]);
    expect(found).toEqual([
      "a.yaml:4:1: seed: must be at least 0, got -1",
      "--set model.pooing=max: model.pooing: unknown key `pooing`, did you mean `pooling`?",
      "--set training.epochs=0: training.epochs: must be at least 1, got 0",
    ]);
  });

  test("cannot extend itself, nor what is not there", async () => {
    const folder = temporaryFolder();
    file(folder, "b.yaml", "extends: a.yaml\n");
    expect((await faults(folder, `extends: b.yaml\n${good}`))[0]).toMatch(
      /^b\.yaml:1:1: extends: goes round in a circle: a\.yaml -> b\.yaml -> a\.yaml$/,
    );
    expect((await faults(folder, `extends: c.yaml\n${good}`))[0]).toMatch(
      /^a\.yaml:1:1: extends: there is no file .*c\.yaml; configs that come along: /,
    );
    expect((await faults(folder, `extends: a.yaml\n${good}`))[0]).toMatch(
      /^a\.yaml:1:1: extends: a\.yaml is this file/,
    );
    expect((await faults(folder, `extends: [{ a: b }]\n${good}`))[0]).toMatch(
      /^a\.yaml:1:11: extends\[0\]: must be the path of another config/,
    );
  });
});

describe("a number that is too large", () => {
  test.each([
    ["model.encoder.numLayers=1000000", "model.encoder.numLayers: must be at most 100, got 1000000"],
    ["model.encoder.hiddenSize=2147483648", "model.encoder.hiddenSize: must be at most 65536, got 2147483648"],
    ["model.embedding.size=2147483648", "model.embedding.size: must be at most 65536, got 2147483648"],
    ["training.epochs=1e12", "training.epochs: must be at most 1000000, got 1000000000000"],
    ["training.batchSize=1e12", "training.batchSize: must be at most 1000000, got 1000000000000"],
    [
      "training.checkpointEverySteps=1e15",
      "training.checkpointEverySteps: must be at most 1000000000, got 1000000000000000",
    ],
    ["tokenizer.maxSize=1e9", "tokenizer.maxSize: must be at most 10000000, got 1000000000"],
    ["data.shuffleBuffer=1e12", "data.shuffleBuffer: must be at most 100000000, got 1000000000000"],
    [
      "schedule={ kind: linear, warmupSteps: 1e12 }",
      "schedule.warmupSteps: must be at most 1000000000, got 1000000000000",
    ],
    ["seed=1e400", "seed: must be a finite number, got Infinity"],
    ["seed=9007199254740993", "seed: must be at most 9007199254740991, got 9007199254740992"],
    ["training.batchSize=.nan", "training.batchSize: must be a finite number, got NaN"],
    [
      "model.encoder.hiddenSize=65536",
      "model.encoder.hiddenSize: hiddenSize, bidirectional ask for 34,359,738,368 weights; at most 268,435,456 fit into memory while they are trained",
    ],
    [
      "model.encoder={ kind: gru, hiddenSize: 6000, numLayers: 2 }",
      "model.encoder.hiddenSize: hiddenSize, numLayers, bidirectional ask for 324,000,000 weights; at most 268,435,456 fit into memory while they are trained",
    ],
  ])("%s is refused at once, with the bound", async (assignment, message) => {
    const start = performance.now();
    expect(await faults(temporaryFolder(), good, [assignment])).toEqual([`--set ${assignment}: ${message}`]);
    expect(performance.now() - start).toBeLessThan(5000); // a machine may be busy
  });

  test("-0 is 0", async () => {
    const folder = temporaryFolder();
    const { experiment } = await loadConfig({ file: file(folder, "a.yaml", good), overrides: ["seed=-0"], folder });
    expect(Object.is(experiment.seed, 0)).toBe(true);
  });
});

describe("own data over a config that comes along", () => {
  const csv = "review,stars\ngood film,good\nbad film,bad\n";
  const load = async (text: string, overrides: string[] = []) => {
    const folder = temporaryFolder();
    file(folder, "mine.csv", csv);
    const path = file(folder, "shop.yaml", text);
    return { folder, ...(await loadConfig({ file: path, overrides, folder })) };
  };

  test("a file that extends it replaces the dataset and is named after itself", async () => {
    const own = "extends: sentiment\ndata: { train: mine.csv, textColumn: review, labelColumn: stars }\n";
    const { folder, experiment } = await load(own);
    expect(experiment.data).toMatchObject({ train: join(folder, "mine.csv"), textColumn: "review" });
    expect(experiment.data.dataset).toBeUndefined();
    expect(experiment.name).toBe(`${basename(folder)}-shop`);
    expect(experiment.task).toBe("sentiment");
  });

  test("--set replaces the dataset, in any order", async () => {
    const folder = temporaryFolder();
    const overrides = ["data.textColumn=review", "data.train=mine.csv", "data.labelColumn=stars"];
    const { experiment } = await loadConfig({ file: findConfig("sentiment", folder), overrides, folder });
    expect(experiment.data).toMatchObject({ train: join(folder, "mine.csv"), labelColumn: "stars" });
    expect(experiment.data.dataset).toBeUndefined();
  });

  test("a dataset and own files in one layer are refused", async () => {
    const own = "extends: sentiment\ndata: { dataset: reviews, train: mine.csv }\n";
    await expect(load(own)).rejects.toThrow(
      /^shop\.yaml:2:\d+: data\.train: the dataset reviews brings its own splits/,
    );
    await expect(load("extends: sentiment\n", ["data.train=mine.csv", "data.dataset=imdb"])).rejects.toThrow(
      /^--set data\.train=mine\.csv: data\.train: the dataset imdb brings its own splits/,
    );
  });

  test("trains on own files from an empty folder", async () => {
    const folder = temporaryFolder();
    const rows = Array.from({ length: 20 }, (_, i) => `good film ${i},good\nbad film ${i},bad\n`).join("");
    file(folder, "mine.csv", `review,stars\n${rows}`);
    const small = ["model.embedding.size=8", "model.encoder.hiddenSize=8", "training.epochs=1"];
    const own = ["data.train=mine.csv", "data.textColumn=review", "data.labelColumn=stars", ...small];
    const args = ["train", "--config", "sentiment", "--quiet", "--json", ...own.flatMap((one) => ["--set", one])];
    const { code, stdout, stderr } = await inProcess(args, folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ name: "sentiment", task: "sentiment" });
  });
});

describe("what comes along", () => {
  test.each(listConfigs())("%s is valid, says its seed and its hidden size, and names the schema", async (name) => {
    const path = findConfig(name, "/");
    const { experiment, text } = await loadConfig({ file: path, folder: SHIPPED_CONFIGS });
    expect(experiment.name).toBe(name.replace(/\.yaml$/, ""));
    expect(text).toMatch(/^seed: \d+$/m);
    expect(text).toContain("hiddenSize:");
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/schema\/experiment\.schema\.json\n# /);
  });

  test("the JSON Schema for editors is current (pnpm schema)", () => {
    const path = new URL("../schema/experiment.schema.json", import.meta.url);
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(experimentJsonSchema());
  });
});

describe("the command line", () => {
  const folder = lastingFolder();
  tinyConfig(folder);
  test.each<[string[], RegExp]>([
    [["trian"], /^cellstate: unknown command 'trian'\n\(Did you mean train\?\)\n/],
    [["train"], /^cellstate: train needs --config <file\|name> or --resume <run>/],
    [["train", "--config"], /^cellstate: option '--config <file\|name>' argument missing/],
    [
      ["train", "--config", "tiny.yaml", "--sed", "3"],
      /^cellstate: unknown option '--sed'\n\(Did you mean one of --seed, --set\?\)/,
    ],
    [
      ["train", "--config", "tiny.yaml", "--seed", "x"],
      /'--seed <n>' argument 'x' is invalid. It must be a whole number from 0 to 9007199254740991\./,
    ],
    [["train", "--config", "tiny.yaml", "--backend", "cuda"], /Allowed choices are auto, native, wasm, reference\./],
    [["train", "--config", "tiny.yaml", "--threads", "0"], /It must be a whole number from 1 to \d+\./],
    [["train", "--config", "tiny.yaml", "--threads", "100000"], /It must be a whole number from 1 to \d+\./],
    [["translate", ".", "--beam", "1000000"], /It must be a whole number from 1 to 1000\./],
    [["tokenizer", "encode", "t.json", "--pad", "1000000000000"], /from 1 to 1000000, or longest\./],
    [["train", "--config", "tiny.yaml", "--seed", "1e400"], /from 0 to 9007199254740991\./],
    [["train", "--config", "tinny"], /^cellstate: --config tinny: no such file; configs that come along: /],
    [["train", "--config", "tiny.yaml", "--set", "epochs"], /^cellstate: --set takes key\.path=value/],
    [["train", "--config", "tiny.yaml", "--set", "data.train=none.tsv"], /\ncellstate: .*none\.tsv: no such file/],
    [["train", "--resume", "run", "--config", "tiny.yaml", "--set", "a=1"], /leave out --config, --set/],
    [["evaluate", "none"], /^cellstate: run none: no such folder/],
    [["predict", ".", "text"], /is neither a run folder .* nor a saved model/],
    [["runs", "show", "none"], /^cellstate: run none: no such folder/],
    [["data", "show", "none"], /^cellstate: no dataset named "none"/],
  ])("%j ends with 2 and one message", async (args, message) => {
    const { code, stdout, stderr } = await inProcess(args, folder);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  const ESC = "\x1b[31m";
  test.each<[string[], RegExp]>([
    [[`tr${ESC}`], /unknown command 'tr\\u\{1b\}\[31m'/],
    [["train", `--x${ESC}`], /unknown option '--x\\u\{1b\}\[31m'/],
    [["train", "--config", `${ESC}\u202e.yaml`], /--config \\u\{1b\}\[31m\\u\{202e\}\.yaml: no such file/],
    [["train", "--config", "tiny.yaml", "--set", `model.${ESC}=1`], /unknown key `\\u\{1b\}\[31m`/],
    [["train", "--config", "tiny.yaml", "--set", "data.train=hostile.csv"], /columns .*\\u\{1b\}\[31mx/],
    [["data", "stats", "hostile.csv"], /\\u\{1b\}\[31mx {2}.*\n.*\\u\{9b\}2J/],
    [["tokenizer", "inspect", "none\x9b2J.json"], /none\\u\{9b\}2J\.json: no such file/],
    [["runs", "show", "none\x07"], /none\\u\{7\}/],
  ])("%j shows control characters and sends none", async (args, message) => {
    file(folder, "hostile.csv", `${ESC}x,label\na fine film,\x9b2J\na bad film,\x9b2J\n`);
    const { stdout, stderr } = await inProcess(args, folder);
    expect(stdout + stderr).toMatch(message);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  });

  test("shows the stack trace if asked to", async () => {
    const { stderr } = await cellstate(["train"], { cwd: folder, env: { CELLSTATE_DEBUG: "1" } });
    expect(stderr).toMatch(/\n\s+at /);
  });

  test("helps on stdout with 0", async () => {
    const help = await inProcess(["train", "--help"], folder);
    expect(help).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("--resume <run>") });
    expect((await inProcess(["--version"], folder)).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test.each([
    ["an empty file", "", /bad\.tsv: /],
    ["a header alone", "label\ttext\n", /bad\.tsv: the file has no rows/],
    ["a row with a missing column", "label\ttext\npositive\n", /bad\.tsv:2: .*missing: text/],
    ["an empty text", "label\ttext\npositive\t\n", /bad\.tsv:2: empty text/],
    ["one class only", `label\ttext\n${"positive\tgood\n".repeat(9)}`, /bad\.tsv.*positive/],
  ])("refuses %s as training data with file and line", async (_, text, message) => {
    writeFileSync(join(folder, "bad.tsv"), text);
    const { code, stderr } = await inProcess(["train", "--config", "tiny.yaml", "--set", "data.train=bad.tsv"], folder);
    expect(code).toBe(2);
    expect(stderr.split("\n").filter((line) => line.startsWith("cellstate: "))).toEqual([
      expect.stringMatching(message),
    ]);
  });

  test("a loss that is not a number ends with 1 and names step and tensor", async () => {
    const args = [
      "train",
      "--config",
      "tiny.yaml",
      "--set",
      "optimizer={ kind: sgd, learningRate: 1e38 }",
      "--set",
      "training.clipNorm=null",
    ];
    const { code, stderr } = await inProcess(args, folder);
    expect(code).toBe(1);
    expect(stderr).toMatch(/cellstate: .*step \d+/);
  });
});

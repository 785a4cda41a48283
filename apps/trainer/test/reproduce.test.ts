/** Runs that are repeated, and the first thing that is said of one that cannot be. */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { formatLock, readLock } from "../src/run/config-lock.ts";
import { cellstate, tinyConfig, tinyReviews, tinyTranslation } from "./cellstate.ts";
import { lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const folder = lastingFolder();
const train = (...args: string[]) => inProcess(["train", ...args, "--quiet"], folder);
const inRun = (...path: string[]) => join(folder, "run", ...path);

async function reproduce(...args: string[]) {
  const { code, stdout, stderr } = await inProcess(["reproduce", ...args, "--quiet", "--json"], folder);
  return { code, stderr, ...(stdout === "" ? {} : JSON.parse(stdout)) };
}

beforeAll(async () => {
  tinyConfig(folder);
  tinyTranslation(folder);
  expect(await train("--config", "tiny.yaml", "--out", "whole")).toMatchObject({ code: 0 });
  expect(await train("--config", "tiny.yaml", "--seed", "9", "--out", "other")).toMatchObject({ code: 0 });
}, 60_000);

beforeEach(() => {
  rmSync(inRun(), { recursive: true, force: true });
  cpSync(join(folder, "whole"), inRun(), { recursive: true });
  tinyReviews(folder);
});

test("a run is identical on another backend, and nothing of the repetition stays", async () => {
  const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith("cellstate-reproduce-"));
  const before = left();
  const args = ["reproduce", "run", "--backend", "wasm", "--threads", "1", "--quiet"];
  const { code, stdout } = await inProcess(args, folder);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(
      /^identical\nweights +[0-9a-f]{64}\nmodel +\d+ files\nmetrics +\d+ lines but for their times\npredictions +2 files\n$/,
    ),
  });
  expect(left()).toEqual(before);
});

test("a run that was killed and went on, of another task, is identical, and --out keeps the repetition", async () => {
  const args = ["train", "--config", "letters.yaml", "--set", "training.epochs=12", "--out", "letters"];
  await cellstate(args, {
    cwd: folder,
    onStderr: (child, stderr) => stderr.includes("\nepoch 3/") && child.kill("SIGKILL"),
  });
  expect((await train("--resume", "letters")).code).toBe(0);
  expect(await reproduce("letters", "--out", "letters-again")).toMatchObject({
    code: 0,
    identical: true,
    firstDifference: null,
  });
  expect(existsSync(join(folder, "letters-again", "checkpoints"))).toBe(false);
  expect((await inProcess(["verify", "letters-again"], folder)).code).toBe(0);
});

test("a run that its time ended is repeated to the step at which it ended", async () => {
  const limits = ["--set", "training.epochs=100000", "--set", "training.maxMinutes=0.005"];
  expect((await train("--config", "tiny.yaml", ...limits, "--out", "timed")).code).toBe(0);
  expect(await reproduce("timed")).toMatchObject({ identical: true });
});

describe("names first", () => {
  const dataOf = (change: (lines: string[]) => string[]) => () => {
    const path = join(folder, "reviews.tsv");
    writeFileSync(path, change(readFileSync(path, "utf8").split("\n")).join("\n"));
  };
  const lockOf = (from: string | RegExp, to: string) => () => {
    const text = readFileSync(inRun("config.lock.json"), "utf8");
    expect(text.replace(from, to)).not.toBe(text);
    writeFileSync(inRun("config.lock.json"), text.replace(from, to));
  };
  /** A lock as an earlier or later Cellstate would have written it. */
  const relocked = (changes: Readonly<Record<string, unknown>>) => () => {
    const path = inRun("config.lock.json");
    writeFileSync(path, formatLock({ ...readLock(path), ...changes }));
  };

  test.each<[string, () => void, RegExp]>([
    [
      "a changed row of the data",
      dataOf((lines) => lines.with(16, "positive\tthe soup was bad")),
      /^reviews\.tsv:17: changed since the run$/,
    ],
    [
      "a row that is new",
      dataOf((lines) => lines.toSpliced(5, 0, "positive\tthe soup was bad")),
      /^reviews\.tsv:6: changed since the run; it had 61 lines and has 62$/,
    ],
    [
      "a row that no longer is one",
      dataOf((lines) => lines.with(3, "positive")),
      /^reviews\.tsv:4: changed since the run$/,
    ],
    [
      "data that are gone but for the file",
      () => writeFileSync(join(folder, "reviews.tsv"), ""),
      /^data changed since the run: .*reviews\.tsv: the file is empty/,
    ],
    [
      "the seed, and where the loss parts",
      lockOf('"seed": 3', '"seed": 4'),
      /^config\.lock\.json: config\.seed was changed since the run began; metrics\.jsonl:1: loss parts at step 1: 0\.\d+ in the run, 0\.\d+ here$/,
    ],
    [
      "a key of the config, and where the gradients part",
      lockOf('"learningRate": 0.02', '"learningRate": 0.03'),
      /^config\.lock\.json: config\.optimizer\.learningRate was changed since the run began; metrics\.jsonl:1: learningRate parts at step 1: 0\.02 in the run, 0\.03 here$/,
    ],
    [
      "an earlier version of the arithmetic",
      relocked({ numericsVersion: 2, cellstate: "0.0.3" }),
      /; numericsVersion: 2 in the run, \d+ in this Cellstate: since version 3 first recurrent weights .*; since version 4 a term of a product is one fused multiply-add .*; Cellstate 0\.0\.3, which the run began with, repeats it/,
    ],
    [
      "a later version of the arithmetic",
      relocked({ numericsVersion: 99 }),
      /numericsVersion: 99 in the run, \d+ in this Cellstate, which is older and does not know what changed; update it$/,
    ],
    [
      "what is learned from the data, with the Unicode tables that may be why",
      relocked({ unicode: "1.1", tokenizer: { "labels.json": "0".repeat(64) } }),
      /labels\.json: what is learned from the training data differs; the run began with Unicode 1\.1 and this Node has \d+\.\d+: tokens may differ$/,
    ],
    [
      "the log of a run with another seed",
      () => cpSync(join(folder, "other", "metrics.jsonl"), inRun("metrics.jsonl")),
      /^metrics\.jsonl: the run itself is no longer what it was: /,
    ],
    [
      "weights that are no longer the run's",
      () => writeFileSync(inRun("model", "model.safetensors"), "x"),
      /^model\/model\.safetensors: the run itself is no longer what it was: has 1 bytes/,
    ],
  ])("%s", async (_, harm, firstDifference) => {
    harm();
    const found = await reproduce("run");
    expect(found).toMatchObject({ code: 1, identical: false, firstDifference: expect.stringMatching(firstDifference) });
    expect(found.stderr).toBe("cellstate: run was not reproduced\n");
  });

  test("another seed, and the first step at which it matters", async () => {
    expect(await reproduce("run", "--seed", "4")).toMatchObject({
      code: 1,
      identical: false,
      firstDifference: expect.stringMatching(
        /^seed: 3 in the run, 4 here; metrics\.jsonl:1: loss parts at step 1: 0\.\d+ in the run, 0\.\d+ here$/,
      ),
    });
  });

  test("the file alone, where a run has kept no hashes of lines", async () => {
    rmSync(inRun("data-lines.json"));
    dataOf((lines) => lines.with(16, "positive\tthe soup was bad"))();
    expect(await reproduce("run")).toMatchObject({
      firstDifference:
        "reviews.tsv: changed since the run, which kept the hash of the whole file alone, so the line is not known",
    });
  });
});

test.each<[string, () => void, RegExp]>([
  [
    "a run that is not finished",
    () => rmSync(inRun("result.json")),
    /^cellstate: run is not finished, .*--resume run\n$/,
  ],
  ["a run whose data are gone", () => rmSync(join(folder, "reviews.tsv")), /reviews\.tsv: no such file/],
  [
    "a model without its run",
    () => rmSync(inRun("config.lock.json")),
    /^cellstate: run is a saved model without its run/,
  ],
])("%s is refused", async (_, harm, message) => {
  harm();
  const { code, stderr } = await reproduce("run");
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) });
});

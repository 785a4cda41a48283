/** What compare says of runs that differ in one thing, and of what does not compare. */
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { tinyConfig, tinyTranslation } from "./cellstate.ts";
import { lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const folder = lastingFolder();
const train = async (out: string, ...args: string[]) =>
  expect(await inProcess(["train", ...args, "--out", out, "--quiet"], folder)).toMatchObject({ code: 0 });
const compare = (...args: string[]) => inProcess(["compare", ...args], folder);
const json = async (...args: string[]) => JSON.parse((await compare(...args, "--json")).stdout);

beforeAll(async () => {
  tinyConfig(folder);
  tinyTranslation(folder);
  await train("good", "--config", "tiny.yaml");
  await train("poor", "--config", "tiny.yaml", "--set", "training.epochs=1", "--set", "optimizer.learningRate=0.001");
  await train("silent", "--config", "tiny.yaml", "--set", "predictions=none");
  await train("letters", "--config", "letters.yaml");
}, 120_000);

test("keys that differ, scores with their significance, and the answers that changed sides", async () => {
  const found = await json("good", "poor");
  expect(found.config).toEqual({ "optimizer.learningRate": [0.02, 0.001], "training.epochs": [3, 1] });
  expect(found.notes).toEqual([]);
  const { scores, changed } = found.differences[0].splits.test;
  const [good, poor] = found.runs.map(({ metrics }: { metrics: Record<string, unknown> }) => metrics.test);
  for (const metric of ["loss", "accuracy", "macroF1"]) {
    expect(scores[metric].difference).toBeCloseTo(poor[metric] - good[metric], 12);
    const [low, high] = scores[metric].interval;
    expect(low).toBeLessThanOrEqual(scores[metric].difference);
    expect(high).toBeGreaterThanOrEqual(scores[metric].difference);
  }
  expect(scores.loss).toMatchObject({ test: "paired bootstrap", pValue: 1 / 1001 });
  expect(scores.accuracy.test).toBe("McNemar");
  const fixed = changed.filter(({ change }: { change: string }) => change === "fixed").length;
  expect((fixed - (changed.length - fixed)) / 60).toBeCloseTo(poor.accuracy - good.accuracy, 12);
  for (const { index, change, before, after } of changed) {
    expect(before).toMatchObject({ index, label: change === "fixed" ? after.prediction : before.prediction });
  }
  expect(await json("poor", "good")).toMatchObject({
    differences: [{ splits: { test: { scores: { accuracy: { pValue: scores.accuracy.pValue } } } } }],
  });
});

test("the text has all of it, and the page is one that loads nothing", async () => {
  const { code, stdout } = await compare("good", "poor", "--resamples", "50", "--output", "compare.html");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^config +good +poor\noptimizer\.learningRate +0\.02 +0\.001\ntraining\.epochs +3 +1\n\n/);
  expect(stdout).toMatch(/\ntest loss +0\.\d{4} +0\.\d{4} {2}\+0\.\d{4} \[0\.\d{4}, 0\.\d{4}\] p 0\.020\n/);
  expect(stdout).toMatch(/\nepoch 3 +[01]\.\d{4} +-\n/);
  expect(stdout).toMatch(/\ntest: poor has \d+ right that were wrong, and \d+ wrong that were right\n {2}[+-] \d+ {2}/);
  const page = readFileSync(join(folder, "compare.html"), "utf8");
  expect(page).toMatch(/<path class="line a".*<path class="line b"/s);
  expect(page).toContain("answers of poor that changed sides");
  expect(page).not.toMatch(/https?:/);
  expect(page.match(/<script/g)).toHaveLength(1); // the page's own
});

test("texts of the data are no markup on the page", async () => {
  const rows = Array.from({ length: 12 }, (_, i) => `${i % 2}\t<img src=x> ${i % 2 === 0 ? "good" : "bad"} ${i % 5}`);
  writeFileSync(join(folder, "odd.tsv"), `label\ttext\n${rows.join("\n")}\n`);
  const data = ["--config", "tiny.yaml", "--set", "data={ train: odd.tsv, dev: odd.tsv }"];
  await train("odd", ...data);
  await train("odder", ...data, "--set", "training.epochs=1", "--seed", "8");
  await compare("odd", "odder", "--output", "odd.html");
  expect(readFileSync(join(folder, "odd.html"), "utf8")).not.toContain("<img");
});

describe("what does not compare is said", () => {
  test.each([
    ["letters", "letters is a run of translation, good of sentiment: their scores and answers do not compare"],
    ["silent", "silent: no significance, since silent has kept no predictions of dev (predictions: full keeps them)"],
    ["odd", "odd: no significance, since their examples of dev are not the same"],
  ])("%s", async (other, note) => {
    const found = await json("good", other);
    expect(found.notes[0]).toBe(note);
    expect((await compare("good", other)).stdout).toContain(`note: ${note}\n`);
  });

  test("a run that is not finished has its log compared", async () => {
    cpSync(join(folder, "good"), join(folder, "begun"), { recursive: true });
    for (const name of ["result.json", "manifest.json"]) rmSync(join(folder, "begun", name));
    const { stdout } = await compare("good", "begun");
    expect(stdout).toMatch(/^the configs are the same\n/);
    expect(stdout).toMatch(/\nepoch 3 +([01]\.\d{4}) +\1\n/);
    expect(stdout).toContain("note: begun is not finished: it has a log and no scores\n");
  });
});

describe("is refused", () => {
  test.each<[string, string[], number, RegExp]>([
    ["one run", ["good"], 2, /compare takes two or more runs/],
    ["the same run twice", ["good", "./good"], 2, /good and \.\/good are the same run/],
    ["a folder that is no run", ["good", "."], 2, /is neither a run folder/],
    ["a model without its run", ["good", "good/model"], 2, /good\/model is a saved model without its run/],
    ["a run that is not there", ["good", "gone"], 2, /run gone: no such folder/],
    ["an output that cannot be", ["good", "poor", "--output", "."], 2, /--output \.: is a folder/],
  ])("%s", async (_, args, exitCode, message) => {
    const { code, stderr } = await compare(...args);
    expect({ code, stderr }).toEqual({ code: exitCode, stderr: expect.stringMatching(message) });
  });

  test("a run of a newer version, by the file that says so", async () => {
    cpSync(join(folder, "good"), join(folder, "newer"), { recursive: true });
    const lock = join(folder, "newer", "config.lock.json");
    writeFileSync(lock, readFileSync(lock, "utf8").replace('"formatVersion": 1', '"formatVersion": 2'));
    const { code, stderr } = await compare("good", "newer");
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/newer\/config\.lock\.json: .*formatVersion 2/),
    });
  });

  test("predictions that were changed", async () => {
    cpSync(join(folder, "good"), join(folder, "harmed"), { recursive: true });
    writeFileSync(join(folder, "harmed", "predictions", "test.jsonl"), "");
    const { code, stderr } = await compare("good", "harmed");
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/test\.jsonl: is not as manifest\.json says; see: cellstate verify/),
    });
  });
});

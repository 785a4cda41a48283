/** Runs that begin from a checkpoint of another one, with a changed config. */
import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { cellstate, tinyConfig } from "./cellstate.ts";
import { lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const folder = lastingFolder();
const run = (...args: string[]) => inProcess(args, folder);
const set = (...assignments: string[]) => assignments.flatMap((one) => ["--set", one]);
const fork = (spec: string, out: string, ...assignments: string[]) =>
  run("train", "--fork", spec, ...set(...assignments), "--out", out, "--quiet");
const weightsOf = (name: string) => readFileSync(join(folder, name, "model", "model.safetensors"));
const logOf = (name: string): { kind: string; step: number; learningRate: number; loss: number }[] =>
  readFileSync(join(folder, name, "metrics.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
const lockOf = (name: string) => JSON.parse(readFileSync(join(folder, name, "config.lock.json"), "utf8"));

beforeAll(async () => {
  tinyConfig(folder);
  const keep = set("training.keepCheckpoints={ top: 9 }");
  const trained = await run("train", "--config", "tiny.yaml", ...keep, "--out", "parent", "--quiet");
  expect(trained).toMatchObject({ code: 0 });
  expect(readdirSync(join(folder, "parent", "checkpoints"))).toHaveLength(3); // one for each epoch of 7 steps
  cpSync(join(folder, "parent"), join(folder, "bare"), { recursive: true });
  rmSync(join(folder, "bare", "checkpoints"), { recursive: true });
}, 60_000);

test("with nothing changed a fork ends with the bytes of its run", async () => {
  expect(await fork("parent@epoch-1", "same")).toMatchObject({ code: 0 });
  expect(weightsOf("same")).toEqual(weightsOf("parent"));
  const steps = logOf("same").filter(({ kind }) => kind === "step");
  expect(steps.map(({ step, loss }) => [step, loss])).toEqual(
    logOf("parent").flatMap(({ kind, step, loss }) => (kind === "step" && step > 7 ? [[step, loss]] : [])),
  );
  expect(await run("verify", "same")).toMatchObject({ code: 0 });
});

test("a changed rate and schedule act from the checkpoint on, and the lock says where the run came from", async () => {
  const changes = ["optimizer.learningRate=1e-4", "schedule={ kind: linear }", "training.epochs=4"];
  expect(await fork("parent@step-14", "changed", ...changes)).toMatchObject({ code: 0 });
  const rates = logOf("changed").flatMap(({ kind, learningRate }) => (kind === "step" ? [learningRate] : []));
  expect(rates).toHaveLength(14);
  expect(rates[0]).toBeCloseTo(1e-4 * (14 / 28), 12);
  const { parent, options } = lockOf("changed");
  expect(parent).toEqual({
    run: "parent",
    checkpoint: "step-00000014.safetensors",
    step: 14,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    selection: "accuracy",
  });
  expect(options.command).toBe(
    "cellstate train --fork parent@step-14 --set optimizer.learningRate=1e-4 --set 'schedule={ kind: linear }' --set training.epochs=4",
  );
});

test("a fork is repeated without its parent", async () => {
  cpSync(join(folder, "changed"), join(folder, "alone"), { recursive: true });
  const { stdout } = await run("reproduce", "alone", "--quiet", "--json");
  expect(JSON.parse(stdout)).toMatchObject({ identical: true });
});

test("a fork that is killed before its first checkpoint goes on from where it began", async () => {
  const changes = set("training.epochs=6", "training.checkpointEverySteps=1000");
  const args = ["train", "--fork", "parent@best", ...changes, "--out"];
  expect(await run(...args, "whole", "--quiet")).toMatchObject({ code: 0 });
  await cellstate([...args, "killed"], {
    cwd: folder,
    onStderr: (child, stderr) => stderr.includes("\nmodel ") && child.kill("SIGKILL"),
  });
  expect(await run("train", "--resume", "killed", "--quiet")).toMatchObject({ code: 0 });
  expect(weightsOf("killed")).toEqual(weightsOf("whole"));
});

describe("what must not change is refused by key", () => {
  test.each([
    ["data.seed=4", "data.seed must stay as it is, since the state stands in an order of these examples"],
    ["seed=4", "seed must stay as it is, since the state stands in an order of examples that follows from it"],
    [
      "training.batchSize=4",
      "training.batchSize must stay as it is, since the state stands between batches of that size",
    ],
    ["optimizer={ kind: sgd, learningRate: 0.1 }", "optimizer.kind must stay as it is, since the state holds moments"],
    ["training.averaging={ kind: swa }", "training.averaging"],
  ])("%s", async (change, message) => {
    const { code, stderr } = await fork("parent", "refused", change, "training.epochs=4");
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
    expect(stderr).toContain("begin a new run with its weights: --set init.from=parent\n");
    expect(existsSync(join(folder, "refused"))).toBe(false);
  });

  test.each([
    [
      "model.encoder.hiddenSize=12",
      /expected float32 \[\d+, \d+\], got float32 \[\d+, \d+\]; what was changed is model\.encoder\.hiddenSize, training\.epochs;/,
    ],
    [
      "tokenizer.minFrequency=20",
      /what was learned from the training data changed .*; what was changed is tokenizer\.minFrequency, training\.epochs;/,
    ],
  ])("%s, as soon as it is seen not to fit", async (change, message) => {
    const { code, stderr } = await fork("parent", "refused", change, "training.epochs=4");
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) });
    expect(existsSync(join(folder, "refused"))).toBe(false);
  });

  test("data that are no longer those of the run", async () => {
    appendFileSync(join(folder, "reviews.tsv"), "positive\tone more\n");
    const { code, stderr } = await fork("parent", "refused", "training.epochs=4");
    tinyConfig(folder);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining("the data changed since the run began"),
    });
  });
});

describe("is refused", () => {
  test.each<[string, string[], RegExp]>([
    [
      "where nothing is left to train",
      ["parent"],
      /has done 3 epochs, and training\.epochs is 3; raise it: --set training\.epochs=6\n$/,
    ],
    [
      "a checkpoint that is not there",
      ["parent@epoch-9"],
      /no such checkpoint; there are step-7 \(after 1 epoch\), step-14 \(after 2 epochs\), step-21/,
    ],
    [
      "a checkpoint that is none",
      ["parent@yesterday"],
      /expected last, best, epoch-<n> or step-<n> after the @, got "yesterday"/,
    ],
    [
      "a run that keeps no checkpoint",
      ["bare"],
      /bare keeps no checkpoint .*--set training\.keepCheckpoints=last .*--set init\.from=bare/,
    ],
    [
      "a model without its run",
      ["parent/model"],
      /is a saved model without its run; begin with its weights: --set init\.from=parent\/model/,
    ],
    [
      "with a config or a seed beside it",
      ["parent", "--config", "tiny.yaml", "--seed", "4"],
      /leave out --config, --seed\n$/,
    ],
  ])("%s", async (_, args, message) => {
    const { code, stderr } = await run("train", "--fork", ...args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) });
  });

  test("a start that is no longer the checkpoint", async () => {
    cpSync(join(folder, "changed"), join(folder, "harmed"), { recursive: true });
    rmSync(join(folder, "harmed", "result.json"));
    rmSync(join(folder, "harmed", "checkpoints"), { recursive: true });
    writeFileSync(join(folder, "harmed", "start.safetensors"), "x");
    const { code, stderr } = await run("train", "--resume", "harmed", "--quiet");
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/start\.safetensors: is not the checkpoint that the run began from\n$/),
    });
  });
});

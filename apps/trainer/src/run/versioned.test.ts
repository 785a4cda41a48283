/** Files of a run that a crash, a disk or a hand has damaged. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lastingFolder } from "../../test/folders.ts";
import { RunFileError } from "../errors.ts";
import { formatLock, newLock, readLock } from "./config-lock.ts";
import { readResult } from "./result.ts";

const folder = lastingFolder();
const path = join(folder, "damaged.json");
const lock = JSON.parse(
  formatLock(
    newLock({
      config: {},
      configText: "",
      options: { backend: "auto", threads: null, command: "cellstate train" },
      numericsVersion: 1,
    }),
  ),
);
const result = {
  formatVersion: 1,
  name: "tiny",
  task: "sentiment",
  dataset: "tiny",
  seed: 1,
  backend: "wasm",
  threads: 1,
  metrics: { dev: { loss: 1 } },
  baselines: {},
  trainSeconds: 1,
  tokensPerSecond: 1,
  steps: 1,
  epochs: 1,
  parameters: 1,
  modelBytes: 1,
  weightsSha256: "0".repeat(64),
};

test.each<[string, (path: string) => unknown, unknown, string]>([
  [
    "a lock",
    readLock,
    { formatVersion: 1 },
    "config: is missing; must be a map of keys (and 16 more); the file is damaged",
  ],
  [
    "a lock",
    readLock,
    { ...lock, options: undefined },
    "options: is missing; must be a map of keys; the file is damaged",
  ],
  [
    "a lock",
    readLock,
    { ...lock, options: [] },
    "options: must be a map of keys, got a list of 0; the file is damaged",
  ],
  [
    "a lock",
    readLock,
    { ...lock, checkpointEverySteps: 0 },
    "checkpointEverySteps: must be at least 1, got 0; the file is damaged",
  ],
  ["a lock", readLock, { ...lock, seals: undefined }, "seals: is missing; must be a map of keys; the file is damaged"],
  ["a result", readResult, { formatVersion: 1 }, "name: is missing; must be text (and 14 more); the file is damaged"],
  [
    "a result",
    readResult,
    { ...result, metrics: [] },
    "metrics: must be a map of keys, got a list of 0; the file is damaged",
  ],
  [
    "a result",
    readResult,
    { ...result, metrics: { dev: { loss: null } } },
    "metrics.dev.loss: must be a number, got null; the file is damaged",
  ],
  ["a result", readResult, { ...result, steps: -1 }, "steps: must be at least 0, got -1; the file is damaged"],
  [
    "a result",
    readResult,
    { ...result, trainSeconds: "1" },
    'trainSeconds: must be a number, got "1" (text); the file is damaged',
  ],
  [
    "a result",
    readResult,
    { ...result, formatVersion: 2 },
    "formatVersion 2 is newer than 1, the newest that this Cellstate reads; update Cellstate",
  ],
  ["a result", readResult, [], "must be a JSON object; the file is damaged"],
])("%s names the file and the key that is damaged: %3$s", async (_, read, contents, fault) => {
  writeFileSync(path, JSON.stringify(contents));
  const failure = (async () => read(path))();
  await expect(failure).rejects.toThrow(RunFileError);
  await expect(failure).rejects.toThrow(`${path}: ${fault}`);
});

test("a result without its manifest is not taken", async () => {
  writeFileSync(path, JSON.stringify(result));
  await expect(readResult(path)).rejects.toThrow(`${join(folder, "manifest.json")}: is missing`);
});

test("a folder in place of a file is named", () => {
  mkdirSync(join(folder, "lock"));
  expect(() => readLock(join(folder, "lock"))).toThrow(`${join(folder, "lock")}: is a folder, expected a file`);
  expect(() => readLock(join(folder, "none"))).toThrow(`${join(folder, "none")}: is missing`);
});

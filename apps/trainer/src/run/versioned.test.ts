/** Files of a run that a crash, a disk or a hand has damaged. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lastingFolder } from "../../test/folders.ts";
import { RunFileError } from "../errors.ts";
import { readLock } from "./config-lock.ts";
import { readResult } from "./result.ts";

const folder = lastingFolder();
const path = join(folder, "damaged.json");

test.each([
  ["a lock", readLock, { options: {}, configHash: "x" }, "config must be a map; the file is damaged"],
  ["a lock", readLock, { config: {}, configHash: "x", options: [] }, "options must be a map; the file is damaged"],
  ["a result", readResult, { task: "sentiment", baselines: {} }, "metrics must be a map; the file is damaged"],
  ["a result", readResult, { task: 3, metrics: {}, baselines: {} }, "task must be a text; the file is damaged"],
  [
    "a result",
    readResult,
    { task: "sentiment", metrics: {}, baselines: {} },
    "trainSeconds must be a number; the file is damaged",
  ],
])("%s names the file and the key that is damaged: %3$s", (_, read, contents, fault) => {
  writeFileSync(path, JSON.stringify({ formatVersion: 1, ...contents }));
  expect(() => read(path)).toThrow(RunFileError);
  expect(() => read(path)).toThrow(`${path}: ${fault}`);
});

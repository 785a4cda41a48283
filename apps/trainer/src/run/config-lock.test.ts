import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/folders.ts";
import { RunFileError } from "../errors.ts";
import { driftOf, lockIn, newLock, readLock, readLockFile, segmenterVersions, writeLock } from "./config-lock.ts";

const lock = newLock({
  config: { name: "tiny", optimizer: { kind: "adam", learningRate: 0.01 }, data: { train: ["a.tsv", "b.tsv"] } },
  configText: "# tiny\nname: tiny\n",
  options: { backend: "auto", threads: null, command: "cellstate train" },
  numericsVersion: 1,
});

test("the same runtime has not drifted", () => {
  expect(driftOf({ ...lock, segmenter: segmenterVersions() }, 1)).toEqual([]);
});

test("other tables of Unicode, another ICU where it cuts words, and other numerics are named", () => {
  expect(driftOf({ ...lock, unicode: "15.0" }, 1)).toEqual([
    `the run began with Unicode 15.0 and this Node has ${process.versions.unicode}: tokens may differ`,
  ]);
  expect(driftOf({ ...lock, segmenter: { icu: "70.1", unicode: lock.unicode } }, 1)).toEqual([
    `the run began with ICU 70.1 and this Node has ${process.versions.icu}: words may be cut differently`,
  ]);
  expect(driftOf(lock, 2)[0]).toContain("numericsVersion 1");
});

interface LockJson {
  config: { optimizer: Record<string, unknown>; data: { train: string[] } };
  options: Record<string, unknown>;
  checkpointEverySteps: number;
  data: unknown;
  unicode: string;
}

/** A lock whose JSON was changed by hand. */
function altered(change: (json: LockJson) => void): string {
  const path = join(temporaryFolder(), "config.lock.json");
  writeLock(path, lock);
  const json = JSON.parse(readFileSync(path, "utf8"));
  change(json);
  writeFileSync(path, JSON.stringify(json));
  return path;
}

test("what is written is read back", () => {
  expect(readLock(altered(() => {}))).toEqual(lock);
});

test("the config's folder is told from the run's, and a lock of before there was one is read", () => {
  expect(lockIn("/home/me/runs/one", "/home/me", lock).configFolder).toBe("../..");
  expect(lockIn("/home/me/one", "/home/me/one", lock).configFolder).toBe(".");
  const { operatingSystem: _, ...earlier } = lock;
  const path = join(temporaryFolder(), "config.lock.json");
  writeLock(path, earlier);
  expect(readLock(path)).toEqual(earlier);
});

test.each<[string, (json: LockJson) => void, string]>([
  ["changed", ({ config }) => (config.optimizer.learningRate = 0.02), "config.optimizer.learningRate was changed"],
  ["added", ({ config }) => (config.optimizer.weightDecay = 0.1), "config.optimizer.weightDecay was added"],
  ["removed", ({ config }) => delete config.optimizer.kind, "config.optimizer.kind was removed"],
  ["changed in a list", ({ config }) => config.data.train.reverse(), "config.data.train was changed"],
  ["an option", ({ options }) => (options.threads = 3), "options.threads was changed"],
  ["the distance of checkpoints", (json) => (json.checkpointEverySteps = 7), "checkpointEverySteps was changed"],
  ["a hash of data", (json) => (json.data = {}), "data was changed"],
])("an altered lock is refused and the key is named: %s", (_, change, message) => {
  const path = altered(change);
  expect(() => readLock(path)).toThrow(RunFileError);
  expect(() => readLock(path)).toThrow(`${path}: ${message} since the run began, so it cannot go on`);
});

test("what only describes the machine may differ, and is found all the same", () => {
  const path = altered((json) => {
    json.unicode = "15.0";
  });
  expect(readLock(path).unicode).toBe("15.0");
  expect(readLockFile(path).broken).toEqual([{ key: "unicode", change: "changed" }]);
});

test("a bit of a lock that flips anywhere is noticed", () => {
  const path = altered(() => {});
  writeLock(path, lock);
  const whole = readFileSync(path);
  for (let bit = 0; bit < 8 * whole.length; bit += 61) {
    const damaged = Uint8Array.from(whole);
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    writeFileSync(path, damaged);
    let noticed = false;
    try {
      noticed = readLockFile(path).broken.length > 0;
    } catch (error) {
      expect(error).toBeInstanceOf(RunFileError);
      noticed = true;
    }
    expect(noticed, `bit ${bit}`).toBe(true);
  }
});

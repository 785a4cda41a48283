/** Groups, accumulation, clipping, averages, penalties and constraints, as configs have them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { cellstate, tinyConfig } from "./cellstate.ts";
import { lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const folder = lastingFolder();
const EPOCHS = 40;
const everything = [
  'optimizer={ kind: nadam, groups: [{ pattern: "embedding.*", unfreezeEpoch: 3, learningRateFactor: 0.5 }] }',
  "schedule={ kind: oneCycle }",
  `training={ epochs: ${EPOCHS}, batchSize: 4, accumulateSteps: 3, checkpointEverySteps: 2, clip: { kind: adaptive }, averaging: { kind: ema, decay: 0.9 }, penalties: [{ pattern: "*.weight*", l2: 1e-4 }], constraints: [{ pattern: "classifier.weight", kind: maxNorm }] }`,
].flatMap((assignment) => ["--set", assignment]);
const train = (...args: string[]) => inProcess(["train", "--config", "tiny.yaml", ...args], folder);
const weights = (run: string) => readFileSync(join(folder, run, "model", "model.safetensors"));

beforeAll(() => tinyConfig(folder));

describe("steps of several batches with averaged weights", () => {
  test("are those that the config says, and a run that was killed goes on to the very same weights", async () => {
    const whole = await train(...everything, "--out", "whole", "--json", "--quiet");
    expect(whole.stderr).toBe("");
    // 54 examples in batches of 4 are 14 batches, and 5 steps.
    expect(JSON.parse(whole.stdout)).toMatchObject({ steps: 5 * EPOCHS, epochs: EPOCHS });
    let sent = false;
    const killed = await cellstate(["train", "--config", "tiny.yaml", ...everything, "--out", "killed"], {
      cwd: folder,
      onStderr: (child, stderr) => {
        if (sent || !stderr.includes("\nepoch 12/")) return;
        sent = true;
        child.kill("SIGKILL");
      },
    });
    expect(killed.signal).toBe("SIGKILL");
    const resumed = await inProcess(["train", "--resume", "killed", "--json"], folder);
    expect(resumed.stderr).toMatch(/\nresume {2}from step \d+\n/);
    expect(weights("killed")).toEqual(weights("whole"));
  });
});

test("whether a model learns a batch by heart is asked of its own weights, not of averages", async () => {
  const averaging = ["--set", "training.averaging={ kind: ema, decay: 0.9999 }", "--set", "training.accumulateSteps=5"];
  const { code, stderr } = await train("--overfit-one-batch", ...averaging, "--quiet");
  expect(stderr).toBe("");
  expect(code).toBe(0);
});

describe("what does not fit the model", () => {
  test.each([
    [
      'optimizer.groups=[{ pattern: "encodr.*" }]',
      /fits "encodr\.\*"; did you mean "encoder\.\w+"\?\nThe names: embedding/,
    ],
    ['training.constraints=[{ pattern: "x*", kind: unitNorm }]', /training\.constraints: no parameter has a name/],
    ['optimizer.groups=[{ pattern: "*", freeze: true }]', /expected a parameter that learns in the first epoch/],
  ])("%s ends the run before it begins, as a fault of the config", async (assignment, message) => {
    const { code, stderr } = await train("--set", assignment, "--out", "refused");
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});

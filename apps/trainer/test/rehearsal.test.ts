import { readdirSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { tinyConfig, tinyTranslation } from "./cellstate.ts";
import { file, lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const folder = lastingFolder();
const train = (...args: string[]) => inProcess(["train", "--config", "tiny.yaml", ...args], folder);
let before: string[];

beforeAll(() => {
  tinyConfig(folder);
  tinyTranslation(folder);
  // Equal texts with different labels cannot be learned.
  const rows = Array.from({ length: 40 }, (_, i) => `${i % 2 === 0 ? "positive" : "negative"}\tthe film was good\n`);
  file(folder, "torn.tsv", `label\ttext\n${rows.join("")}`);
  before = readdirSync(folder).sort();
});

describe("train --dry-run", () => {
  test("takes twenty steps, scores some dev examples, tells sizes, memory and time, and writes nothing", async () => {
    const { code, stdout } = await train("--dry-run", "--json");
    expect(code).toBe(0);
    const found = JSON.parse(stdout);
    expect(found).toMatchObject({ name: "tiny", examples: { train: 54, dev: 6, test: 60 }, totalSteps: 21 });
    expect(found.parameters[0]).toEqual({ name: "embedding.weight", shape: [20, 8], size: 160 });
    expect(found.parameterCount).toBe(
      found.parameters.reduce((sum: number, { size }: { size: number }) => sum + size, 0),
    );
    expect(found.step).toMatchObject({ examples: 8, tokens: 32 });
    expect(found.step.gradientNorm).toBeGreaterThan(0);
    expect(found.dev.examples).toBe(6);
    expect(found.dev.scores.loss).toBeGreaterThan(0);
    expect(found.estimate).toMatchObject({ measuredSteps: 20, evaluations: 3 });
    const { trainSeconds, stepSeconds, evaluationSeconds } = found.estimate;
    expect(trainSeconds).toBeCloseTo(21 * stepSeconds + 3 * evaluationSeconds, 10);
    expect(stepSeconds).toBeGreaterThan(0);
    expect(found.peakBytes).toBeGreaterThan(4 * found.parameterCount);
    expect(readdirSync(folder).sort()).toEqual(before);
  });

  test("shows people the same as a table", async () => {
    const { stdout } = await train("--dry-run");
    expect(stdout).toMatch(/^parameter {2,}shape {2,}numbers\nembedding\.weight {2,}\[20, 8\] {2,}160\n/);
    expect(stdout).toMatch(/\ndev {5}6 examples: loss \d\.\d{4}, accuracy /);
    expect(stdout).toMatch(/\ntime {4}about 0:0\d of training, by 20 steps: \d+ ms a step, 3 evaluations of \d+ ms\n/);
    expect(stdout).toContain("nothing was written\n");
  });

  test("finds what a run would find: here a step that is not finite", async () => {
    const { code, stderr } = await train("--dry-run", "--set", "optimizer={ kind: sgd, learningRate: 1e39 }");
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /the loss is NaN in step 2; the first tensor that holds a NaN or an infinity is parameter embedding/,
    );
  });
});

describe("train --overfit-one-batch", () => {
  test("ends with 0 where the model learns the batch by heart", async () => {
    const { code, stdout } = await train("--overfit-one-batch", "--json", "--quiet");
    expect(code).toBe(0);
    const { examples, losses, learned } = JSON.parse(stdout);
    expect([examples, learned, losses[0].step]).toEqual([8, true, 0]);
    expect(losses.at(-1).loss).toBeLessThan(losses[0].loss / 10);
  });

  test("works with any task", async () => {
    const args = [
      "--config",
      "letters.yaml",
      "--set",
      "optimizer={ kind: adamw, learningRate: 0.02 }",
      "--overfit-one-batch",
      "--json",
    ];
    const { code, stdout } = await inProcess(["train", ...args], folder);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ name: "letters", examples: 8, learned: true });
  });

  test("ends with 1 and says so where it does not", async () => {
    const { code, stdout, stderr } = await train("--overfit-one-batch", "--quiet", "--set", "data.train=torn.tsv");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^step {2,}loss\n0 /);
    expect(stderr).toMatch(
      /cellstate: the model did not learn one batch of 8 examples by heart: its loss went from 0\.\d+ to 0\.\d+ in 300 steps/,
    );
    expect(readdirSync(folder).sort()).toEqual(before);
  });
});

test.each([
  [["--dry-run", "--overfit-one-batch"], "--dry-run and --overfit-one-batch: give one of them"],
  [["--dry-run", "--out", "x"], "--dry-run writes nothing; leave out --out"],
])("%j is refused", async (args, message) => {
  const { code, stderr } = await train(...args);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

test("neither goes with --resume", async () => {
  const { code, stderr } = await inProcess(["train", "--resume", "x", "--dry-run"], folder);
  expect(code).toBe(2);
  expect(stderr).toContain("leave out --dry-run");
});

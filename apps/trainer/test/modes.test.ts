import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { tinyConfig, tinyReviews } from "./cellstate.ts";
import { lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const folder = lastingFolder();
const train = (...args: string[]) => inProcess(["train", "--config", "tiny.yaml", ...args], folder);
const read = (...path: string[]) => readFileSync(join(folder, ...path), "utf8");
const resultOf = (run: string) => JSON.parse(read(run, "result.json"));

beforeAll(() => {
  tinyConfig(folder);
});

describe("budgets", () => {
  test("training.maxSteps ends the run after that step, and result.json says so", async () => {
    const { code, stderr } = await train("--set", "training.maxSteps=10", "--out", "steps");
    expect(code).toBe(0);
    expect(resultOf("steps")).toMatchObject({ steps: 10, epochs: 1, stoppedBy: "maxSteps" });
    expect(stderr).toMatch(/\nepoch 2\/3 {2}step 10 {2}dev /);
  });

  test("training.maxMinutes ends the run at a step that result.json names", async () => {
    const endless = ["--set", "training.epochs=100000", "--set", "training.maxMinutes=0.02"];
    const { code } = await train(...endless, "--out", "minutes", "--quiet");
    expect(code).toBe(0);
    const { stoppedBy, steps, trainSeconds } = resultOf("minutes");
    expect(stoppedBy).toBe("maxMinutes");
    expect(steps).toBeGreaterThan(0);
    expect(trainSeconds).toBeGreaterThanOrEqual(1.2);
    expect(trainSeconds).toBeLessThan(10);
  });
});

describe("--budget", () => {
  const run = (...args: string[]) => inProcess(["train", ...args, "--quiet", "--json"], folder);
  const config = ["--config", "tiny.yaml", "--set", "training.epochs=30", "--set", "training.keepCheckpoints=none"];

  test("ends a run in time, and --resume with more goes on to the bytes of a run that had it", async () => {
    expect((await run(...config, "--out", "whole")).code).toBe(0);
    const first = JSON.parse((await run(...config, "--out", "parts", "--budget", "0.01s")).stdout);
    expect(first).toMatchObject({ stoppedBy: "maxMinutes" });
    expect(first.steps).toBeLessThan(resultOf("whole").steps);
    expect(readdirSync(join(folder, "parts", "checkpoints"))).toHaveLength(1);
    const less = await run("--resume", "parts", "--budget", "0.001s");
    expect(less).toMatchObject({ code: 2, stderr: expect.stringContaining("the run has trained for 0:00 already") });
    const whole = JSON.parse((await run("--resume", "parts", "--budget", "1h30m")).stdout);
    expect(whole).not.toHaveProperty("stoppedBy");
    expect(whole.weightsSha256).toBe(resultOf("whole").weightsSha256);
    for (const file of ["model/manifest.json", "predictions/test.jsonl"]) {
      expect(read("parts", file)).toBe(read("whole", file));
    }
    const times = { elapsedSeconds: 0, tokensPerSecond: 0 };
    const log = (name: string) =>
      read(name, "metrics.jsonl")
        .trimEnd()
        .split("\n")
        .map((line) => ({ ...JSON.parse(line), ...times }));
    expect(log("parts")).toEqual(log("whole"));
    expect(existsSync(join(folder, "parts", "checkpoints"))).toBe(false);
    expect((await inProcess(["reproduce", "parts", "--quiet"], folder)).stdout).toMatch(/^identical\n/);
  });

  test.each(["10", "1m1h", "0s"])("takes no %s", async (time) => {
    const { code, stderr } = await run("--config", "tiny.yaml", `--budget=${time}`);
    expect(code).toBe(2);
    expect(stderr).toContain("It must be a time with its unit, such as 90s, 10m, 1.5h or 1h30m.");
  });
});

describe("training.csvLog", () => {
  test("has the lines of metrics.jsonl as rows, and is sealed with the run", async () => {
    expect((await train("--set", "training.csvLog=true", "--out", "csv", "--quiet")).code).toBe(0);
    const lines = read("csv", "metrics.jsonl")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const [header, ...rows] = read("csv", "metrics.csv").trimEnd().split("\n");
    const columns = header!.split(",");
    expect(columns.slice(-3)).toEqual(["dev.loss", "dev.accuracy", "dev.macroF1"]);
    expect(rows).toHaveLength(lines.length);
    for (const [index, row] of rows.entries()) {
      const cells = Object.fromEntries(row.split(",").map((cell, column) => [columns[column], cell]));
      const { kind, step, loss, metrics } = lines[index];
      expect([cells.kind, Number(cells.step)]).toEqual([kind, step]);
      if (loss !== undefined) expect(Number(cells.loss)).toBe(loss);
      if (metrics !== undefined) expect(Number(cells["dev.accuracy"])).toBe(metrics.accuracy);
    }
    expect((await inProcess(["verify", "csv"], folder)).stdout).toContain("whole    metrics.csv");
  });

  test("is made anew of the log when a run goes on", async () => {
    writeFileSync(join(folder, "csv", "metrics.csv"), "half a ro");
    rmSync(join(folder, "csv", "result.json"));
    expect((await inProcess(["train", "--resume", "csv", "--quiet"], folder)).code).toBe(0);
    const rows = read("csv", "metrics.csv").trimEnd().split("\n");
    expect(rows).toHaveLength(1 + read("csv", "metrics.jsonl").trimEnd().split("\n").length);
    expect(rows[0]).toMatch(/^kind,step,epoch,/);
  });
});

test("keepCheckpoints { top } leaves the states at the best dev scores", async () => {
  const { code } = await train(
    ...["--set", "training.epochs=6", "--set", "training.keepCheckpoints={ top: 3 }"],
    ...["--set", "metrics.select=loss", "--out", "top", "--quiet"],
  );
  expect(code).toBe(0);
  const evaluated = read("top", "metrics.jsonl")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))
    .filter(({ kind }) => kind === "evaluate")
    .sort((a, b) => a.metrics.loss - b.metrics.loss);
  const best = evaluated.slice(0, 3).map(({ step }) => step);
  const kept = readdirSync(join(folder, "top", "checkpoints")).map((name) => Number(/\d+/.exec(name)?.[0]));
  expect(kept.sort()).toEqual(best.sort());
});

describe("a run that becomes NaN", () => {
  const explode = ["--set", "optimizer={ kind: sgd, learningRate: 1e38 }", "--set", "training.clipNorm=null"];

  test("ends with 1, keeps the step, and replays it to the same tensor and the texts of its batch", async () => {
    const failed = await train(...explode, "--out", "failed");
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/step \d+ is kept; take it again with: cellstate replay failed\n/);
    const { step, tensor } = JSON.parse(read("failed", "failed-step", "error.json"));
    const kept = read("failed", "failed-step", "batch.jsonl")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(kept).toHaveLength(8);

    const again = await inProcess(["replay", "failed"], folder);
    expect(again.code).toBe(1);
    expect(again.stdout).toContain(`step    ${step}\n`);
    expect(again.stdout).toContain(`found   not finite first: ${tensor}\n`);
    for (const { line, values } of kept) {
      expect(again.stdout).toContain(`  reviews.tsv:${line}  text: ${values.text}  label: ${values.label}\n`);
    }
    expect(again.stderr).toContain(`the first tensor that holds a NaN or an infinity is ${tensor}`);

    const other = await inProcess(["replay", "failed", "--backend", "reference", "--json"], folder);
    expect(other.code).toBe(1);
    expect(JSON.parse(other.stdout)).toMatchObject({ step, failed: true, tensor, batch: kept });
  });

  test("is not replayed on other data", async () => {
    writeFileSync(join(folder, "reviews.tsv"), "label\ttext\npositive\tgood\nnegative\tbad\npositive\tfine\n");
    const { code, stderr } = await inProcess(["replay", "failed"], folder);
    tinyReviews(folder);
    expect(code).toBe(2);
    expect(stderr).toContain("the data changed since the run began");
  });

  test("a run without such a step has nothing to replay", async () => {
    const { code, stderr } = await inProcess(["replay", "steps"], folder);
    expect(code).toBe(2);
    expect(stderr).toContain("there is no step to replay; a run keeps one when its loss or a gradient becomes NaN");
    expect(existsSync(join(folder, "steps", "failed-step"))).toBe(false);
  });
});

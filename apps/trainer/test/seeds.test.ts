import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { cellstate, tinyConfig } from "./cellstate.ts";
import { lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const folder = lastingFolder();
const run = (...args: string[]) => inProcess(["train", "--quiet", ...args], folder);
const train = (...args: string[]) => run("--config", "tiny.yaml", ...args);
const bytes = (...path: string[]) => readFileSync(join(folder, ...path));
const json = (...path: string[]) => JSON.parse(bytes(...path).toString());

beforeAll(() => {
  tinyConfig(folder);
});

describe("train --seeds", () => {
  test("makes a run a seed, which is the run of that seed alone, and a table of means beside the baselines", async () => {
    const { code, stdout } = await train("--seeds", "1,5,2", "--out", "three");
    expect(code).toBe(0);
    expect(readdirSync(join(folder, "three")).sort()).toEqual([
      "seed-1",
      "seed-2",
      "seed-5",
      "seeds.json",
      "summary.json",
    ]);
    expect((await train("--seed", "5", "--out", "alone")).code).toBe(0);
    expect(json("three", "seed-5", "result.json").weightsSha256).toBe(json("alone", "result.json").weightsSha256);
    const { formatVersion, name, seeds, runs, scores, baselines } = json("three", "summary.json");
    expect([formatVersion, name, seeds]).toEqual([1, "tiny", [1, 5, 2]]);
    expect(runs).toEqual(["seed-1", "seed-5", "seed-2"]);
    const results = runs.map((one: string) => json("three", one, "result.json"));
    expect(scores.dev.loss).toEqual(results.map(({ metrics }: { metrics: Scores }) => metrics.dev!.loss));
    expect(baselines).toEqual(results[0].baselines);
    expect(stdout).toMatch(
      /^ +mean ± deviation +95 % interval +majority +naiveBayes +tfidfLogistic +seed 1 +seed 5 +seed 2\ndev loss /,
    );
    expect(stdout).toMatch(/\ntest accuracy /);
  });

  test("gives mean, deviation of the sample and the 95 % interval of Student's t", () => {
    const { scores, mean, deviation, interval } = json("three", "summary.json");
    const [a, b, c] = scores.test.loss as [number, number, number];
    const average = (a + b + c) / 3;
    const spread = Math.sqrt(((a - average) ** 2 + (b - average) ** 2 + (c - average) ** 2) / 2);
    expect(mean.test.loss).toBeCloseTo(average, 12);
    expect(deviation.test.loss).toBeCloseTo(spread, 12);
    // 4.303: the two-sided 95 % point of t with 2 degrees of freedom
    expect(interval.test.loss[0]).toBeCloseTo(average - (4.303 * spread) / Math.sqrt(3), 12);
    expect(interval.test.loss[1]).toBeCloseTo(average + (4.303 * spread) / Math.sqrt(3), 12);
  });

  test("goes on with --resume to the same bytes, and leaves finished runs alone", async () => {
    const summary = bytes("three", "summary.json");
    const weights = bytes("three", "seed-5", "model", "model.safetensors");
    const finished = bytes("three", "seed-1", "result.json");
    rmSync(join(folder, "three", "summary.json"));
    for (const name of ["result.json", "model", "manifest.json"]) {
      rmSync(join(folder, "three", "seed-5", name), { recursive: true });
    }
    const { code, stdout } = await run("--resume", "three", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(json("three", "summary.json"));
    expect(bytes("three", "summary.json")).toEqual(summary);
    expect(bytes("three", "seed-5", "model", "model.safetensors")).toEqual(weights);
    expect(bytes("three", "seed-1", "result.json")).toEqual(finished);
  });

  test("an interruption says how all runs go on", async () => {
    const long = ["--set", "training.epochs=100000", "--seeds", "1,2", "--out", "long"];
    const { code, stderr } = await cellstate(["train", "--config", "tiny.yaml", ...long], {
      cwd: folder,
      onStderr: (child, text) => {
        if (text.includes("epoch 2/")) child.kill("SIGINT");
      },
    });
    expect(code).toBe(130);
    expect(stderr).toContain("interrupted; go on with: cellstate train --resume long\n");
    const second = await inProcess(["train", "--config", "tiny.yaml", "--seeds", "1", "--out", "long"], folder);
    expect(second.code).toBe(2);
    expect(second.stderr).toContain("the folder exists and is not empty; choose another name, or go on with it: ");
  });

  test.each([
    [["--seeds", "1,1"], "It must be different seeds, and 1 is there twice."],
    [["--seeds", "1,x"], "It must be a whole number from 0"],
    [["--seeds", "1,2", "--seed", "3"], "--seeds makes runs of its own; leave out --seed"],
    [["--seeds", "1,2", "--folds", "3"], "leave out --folds"],
    [["--seeds", "1,2", "--set", "data.train=none.tsv"], "none.tsv"],
  ])("%j is refused and leaves nothing", async (args, message) => {
    const { code, stderr } = await train(...args, "--out", "refused");
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(existsSync(join(folder, "refused"))).toBe(false);
  });

  test("--resume takes nothing else", async () => {
    const { code, stderr } = await train("--resume", "three", "--seeds", "1");
    expect(code).toBe(2);
    expect(stderr).toContain("leave out");
  });
});

type Scores = Readonly<Record<string, Readonly<Record<string, number>>>>;

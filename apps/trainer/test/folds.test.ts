import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { tinyConfig } from "./cellstate.ts";
import { file, lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const folder = lastingFolder();
const train = (...args: string[]) => inProcess(["train", "--config", "tiny.yaml", "--quiet", ...args], folder);
const json = (...path: string[]) => JSON.parse(readFileSync(join(folder, ...path), "utf8"));
const predictions = (run: string) =>
  readFileSync(join(folder, run, "predictions", "fold.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { text: string; label: string });

beforeAll(() => {
  tinyConfig(folder);
});

describe("train --folds", () => {
  test("makes a run a fold, each scored on what it left out, and a table of means", async () => {
    const { code, stdout } = await train("--folds", "3", "--out", "cv");
    expect(code).toBe(0);
    expect(readdirSync(join(folder, "cv")).sort()).toEqual([
      "fold-1",
      "fold-2",
      "fold-3",
      "folds.json",
      "summary.json",
    ]);
    const { name, folds, runs, scores, mean, deviation, interval } = json("cv", "summary.json");
    expect([name, folds, runs]).toEqual(["tiny", 3, ["fold-1", "fold-2", "fold-3"]]);
    const accuracies = runs.map((run: string) => json("cv", run, "result.json").metrics.fold.accuracy);
    expect(scores.accuracy).toEqual(accuracies);
    expect(mean.accuracy).toBeCloseTo(accuracies.reduce((sum: number, one: number) => sum + one, 0) / 3, 12);
    expect(interval.accuracy[0]).toBeLessThanOrEqual(mean.accuracy - deviation.accuracy);
    expect(stdout).toMatch(/^ +mean ± deviation +95 % interval +fold-1 +fold-2 +fold-3\nfold loss /);
  });

  test("leaves the test split alone, keeps dev the same, and each class in proportion", () => {
    const runs = ["cv/fold-1", "cv/fold-2", "cv/fold-3"];
    for (const run of runs) expect(Object.keys(json(run, "result.json").metrics)).toEqual(["dev", "fold"]);
    const dev = runs.map((run) => readFileSync(join(folder, run, "predictions", "dev.jsonl"), "utf8"));
    const texts = (lines: string) =>
      lines
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).text);
    expect(texts(dev[1]!)).toEqual(texts(dev[0]!));
    const left = runs.map(predictions);
    expect(left.map(({ length }) => length)).toEqual([18, 18, 18]);
    for (const fold of left) expect(fold.filter(({ label }) => label === "positive")).toHaveLength(9);
    const all = left.flat().map(({ text }) => text);
    expect(new Set(all).size).toBe(54); // every training example once
    for (const text of texts(dev[0]!)) expect(all).not.toContain(text);
  });

  test("goes on where an earlier call ended, to the same bytes, and not with another config", async () => {
    const weights = readFileSync(join(folder, "cv", "fold-2", "model", "model.safetensors"));
    rmSync(join(folder, "cv", "fold-2"), { recursive: true });
    rmSync(join(folder, "cv", "summary.json"));
    const { code, stdout } = await train("--folds", "3", "--out", "cv", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(json("cv", "summary.json"));
    expect(readFileSync(join(folder, "cv", "fold-2", "model", "model.safetensors"))).toEqual(weights);
    const other = await train("--folds", "4", "--out", "cv");
    expect(other.code).toBe(2);
    expect(other.stderr).toContain("holds a run of another config or another number of folds; choose another folder");
  });

  test("is one entry of the list of runs, with the mean of its folds", async () => {
    cpSync(join(folder, "cv"), join(folder, "runs", "cv"), { recursive: true });
    const { stdout } = await inProcess(["runs"], folder);
    expect(stdout).toMatch(
      /^run +state +seed +dev +test +fold\ncv \(folds, 3 runs\) +finished +3 +- +- +accuracy [\d.]+/,
    );
    expect((await inProcess(["runs", "--all"], folder)).stdout.match(/\ncv\/fold-\d/g)).toHaveLength(3);
  });

  test("keeps groups whole", async () => {
    const rows = Array.from({ length: 30 }, (_, i) => `${i % 2 === 0 ? "a" : "b"}\ttext ${i}\tg${Math.floor(i / 5)}\n`);
    file(folder, "groups.tsv", `label\ttext\tauthor\n${rows.join("")}`);
    file(folder, "dev.tsv", "label\ttext\tauthor\na\tx\tz\nb\ty\tz\n");
    const data = "data={ train: groups.tsv, dev: dev.tsv, split: { by: group, column: author } }";
    expect((await train("--folds", "3", "--set", data, "--out", "grouped")).code).toBe(0);
    for (const run of ["fold-1", "fold-2", "fold-3"]) {
      const numbers = predictions(join("grouped", run)).map(({ text }) => Number(text.slice(5)));
      expect(numbers).toHaveLength(10);
      expect(new Set(numbers.map((number) => Math.floor(number / 5))).size).toBe(2);
    }
  });

  test.each([
    [["--folds", "1"], "It must be a whole number from 2 to 100."],
    [["--folds", "3", "--dry-run"], "--folds makes runs of its own; leave out --fork, --resume, --dry-run"],
    [["--folds", "60"], "data.fold.of: there are 54 training examples, too few for 60 folds; lower it"],
    [["--folds", "3", "--set", "data.split={ by: time }"], "data.split: by time there are no folds"],
  ])("%j is refused", async (args, message) => {
    const { code, stderr } = await train(...args, "--out", "refused");
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(existsSync(join(folder, "refused"))).toBe(false);
  });
});

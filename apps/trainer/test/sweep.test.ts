import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tasks } from "@cellstate/tasks";
import { beforeAll, describe, expect, test } from "vitest";
import { sweepExperiment } from "../src/commands/sweep/sweep-experiment.ts";
import { trainToEnd } from "../src/commands/train/train-experiment.ts";
import type { SweepResult } from "../src/sweep/sweep-result.ts";
import { createProgress } from "../src/terminal/progress.ts";
import { tinyConfig } from "./cellstate.ts";
import { file, lastingFolder } from "./folders.ts";
import { sweepInProcess } from "./sweep-in-process.ts";

/** A plugin with a cell and a metric. */
const plugin = fileURLToPath(new URL("../../rehearsal/project/plugin", import.meta.url));
const folder = lastingFolder();
const config = join(folder, "tiny.yaml");
const at = (...path: string[]) => join(folder, ...path);
const text = (...path: string[]) => readFileSync(at(...path), "utf8");
const json = (...path: string[]) => JSON.parse(text(...path));
const quiet = createProgress({ quiet: true, stream: { write: () => true } });

/** Six points, two of which fail. */
const halving = `sweep:
  method: successive-halving
  sampler: grid
  parameters:
    model.encoder.hiddenSize: [4, 8]
    optimizer.learningRate: [0.02, 0.001, 1.0e+30]
`;

beforeAll(() => {
  tinyConfig(folder, halving);
});

describe("a sweep by successive halving", () => {
  let result: SweepResult;
  beforeAll(async () => {
    result = await sweepInProcess({ config, out: at("whole") });
  });

  test("trains the points, gives the weak ones up, and has a row for those that fail", () => {
    expect(json("whole", "sweep.json")).toEqual(result);
    const { method, metric, complete, points, scores, winner } = result;
    expect([method, metric, complete]).toEqual(["successive-halving", "accuracy", true]);
    const by = (status: string) => points.filter((point) => point.status === status).map(({ point }) => point);
    expect(by("failed")).toEqual([3, 6]);
    expect(points[2]!.error).toContain("the loss is NaN in step");
    expect(by("finished")).toEqual([winner!.point]);
    expect(by("stopped")).toHaveLength(3);
    expect(scores).toEqual(points.map(({ score }) => score));
    expect(winner!.score).toBe(Math.max(...scores.map((score) => score ?? 0)));
    // of three epochs: all points one, three of them two, one of those the third
    expect(points.map(({ epochs }) => epochs).toSorted()).toEqual([1, 2, 2, 3, null, null]);
  });

  test("scores no split but dev, except for the winner at the end", () => {
    const runs = readdirSync(at("whole", "runs")).filter((run) => existsSync(at("whole", "runs", run, "result.json")));
    expect(runs).toHaveLength(1);
    expect(Object.keys(json("whole", "runs", runs[0]!, "result.json").metrics)).toEqual(["dev"]);
    expect(Object.keys(result.winner!.metrics)).toEqual(["dev", "test"]);
  });

  test("has a winner whose weights are those that best.yaml trains in one go", async () => {
    expect(text("whole", "best.yaml")).toMatch(
      /^# The best point of the sweep tiny \(successive-halving\): dev accuracy [\d.]+, test accuracy [\d.]+\n/,
    );
    const best = await trainToEnd({ config: at("whole", "best.yaml"), set: [], out: at("best") }, tasks, quiet);
    const { weightsSha256 } = json("whole", result.winner!.runs[0]!, "result.json");
    expect(best.result.weightsSha256).toBe(weightsSha256);
    expect(best.result.metrics).toEqual(result.winner!.metrics);
  });

  test("draws its points on a page that loads nothing", () => {
    const page = text("whole", "sweep.html");
    expect(page.match(/<path class="line (a|c best)" d="M0,/g)).toHaveLength(4);
    expect(page).toContain(">optimizer.learningRate</span>");
    expect(page).toContain("failed: train: the loss is NaN");
    expect(page).not.toMatch(/(?:src|href)="(?!#)/);
  });
});

test("other methods train each point to its end, several seeds are scored by their mean", async () => {
  const sweep = `{ method: random, points: 2, seeds: [1, 2], metric: macroF1, parameters: {
    optimizer.learningRate: { min: 0.01, max: 0.05, scale: log } } }`;
  const set = ["training.epochs=1", `sweep=${sweep.replace(/\s+/g, " ")}`];
  const { points, seeds } = await sweepInProcess({ config, set, out: at("seeds") });
  expect(seeds).toEqual([1, 2]);
  expect(points[0]!.runs).toEqual(["runs/001-seed-1", "runs/001-seed-2"]);
  const [one, two] = points[0]!.runs.map((run) => json("seeds", run, "result.json").metrics.dev.macroF1);
  expect(points[0]!.score).toBeCloseTo((one + two) / 2, 12);
});

test("choices of files resolve against the config's folder, and the lock names no folder of the machine", async () => {
  file(folder, "few.tsv", text("reviews.tsv").split("\n").slice(0, 31).join("\n"));
  const search = "sweep={ method: grid, parameters: { data.train: [reviews.tsv, ./few.tsv] } }";
  const { points } = await sweepInProcess({ config, set: [search, "training.epochs=1"], out: at("files") });
  expect(points.map(({ values, status }) => [values["data.train"], status])).toEqual([
    ["reviews.tsv", "finished"],
    ["few.tsv", "finished"],
  ]);
  // The command is as it was given, from the folder where it was given.
  const { options: _, ...lock } = json("files", "sweep.lock.json");
  const written = ["sweep.json", "best.yaml", "points/002.yaml"].map((name) => text("files", name));
  for (const one of [JSON.stringify(lock), ...written]) expect(one).not.toContain(folder);
  expect(lock).toMatchObject({ configFolder: "..", plugins: {}, config: { data: { train: "reviews.tsv" } } });
  expect(Object.keys(lock.configFiles)).toEqual(["tiny.yaml"]);
});

test("a sweep goes on after its folder moved with the config's, and not with another plugin", async () => {
  const own = join(folder, "own");
  cpSync(plugin, own, { recursive: true });
  cpSync(at("reviews.tsv"), join(own, "mine.tsv"));
  const small = "data: { train: mine.tsv, test: mine.tsv }\ntraining: { epochs: 1 }\n";
  const parameters = "{ optimizer.learningRate: [0.02, 0.03] }";
  file(own, "s.yaml", `extends: cell.yaml\n${small}sweep: { method: grid, parameters: ${parameters} }\n`);
  const result = await sweepInProcess({ config: join(own, "s.yaml"), out: join(own, "sweep") });
  expect(Object.keys(json("own", "sweep", "sweep.lock.json").plugins)).toEqual(["plugin.mjs", "parts.mjs"]);
  renameSync(own, at("moved"));
  rmSync(at("moved", "sweep", "sweep.json"));
  await sweepExperiment({ set: [], resume: at("moved", "sweep"), quiet: true }, tasks);
  expect(json("moved", "sweep", "sweep.json")).toEqual(result);
  file(at("moved"), "parts.mjs", `${text("moved", "parts.mjs")}\n`);
  await expect(sweepExperiment({ set: [], resume: at("moved", "sweep") }, tasks)).rejects.toThrow(
    /the plugin changed since the sweep began \(parts\.mjs\); put the old files back, or sweep anew$/,
  );
});

test("a limit of time leaves the rest for later", async () => {
  const result = await sweepInProcess({ config, set: ["sweep.maxMinutes=1e-9"], out: at("late") });
  expect(result).toMatchObject({ complete: false, winner: null, points: [] });
  expect(existsSync(at("late", "best.yaml"))).toBe(false);
});

test("a point whose values do not go together is a row, and no value that fits nowhere is taken", async () => {
  const search = (options: string) => [
    `sweep={ method: grid, parameters: { model.encoder.kind: [lstm, gru], model.encoder.peepholes: ${options} } }`,
    "training.epochs=1",
  ];
  const { points } = await sweepInProcess({ config, set: search("[false, true]"), out: at("together") });
  expect(points.map(({ status }) => status)).toEqual(["finished", "finished", "failed", "failed"]);
  expect(points[2]!.error).toContain("unknown key `peepholes`");
  await expect(sweepInProcess({ config, set: search("[false, often]"), out: at("often") })).rejects.toThrow(
    "peepholes",
  );
  expect(existsSync(at("often"))).toBe(false);
});

describe("what cannot be is refused before anything is written", () => {
  const parameters = (map: string) => [`sweep={ method: grid, parameters: { ${map} } }`];
  test.each<[string[], string]>([
    [parameters("model.encoder.hidenSize: [4, 8]"), "did you mean `hiddenSize`?"],
    [parameters("model.encoder.hiddenSize: [4, -8]"), "model.encoder.hiddenSize"],
    [parameters("training.epochs: { min: 1, max: 5 }"), "needs count, such as count: 5"],
    [parameters("name: [a, b]"), "sweep.parameters.name: cannot be varied"],
    [["sweep.metric=acuracy"], "did you mean accuracy?"],
    [["sweep.metod=grid"], "unknown key `metod`, did you mean `method`?"],
    [["sweep.minEpochs=3"], "whole number below the 3 epochs"],
    [["sweep.parameters={ training.epochs: [1, 2] }"], "cannot be varied by successive halving"],
  ])("%j", async (set, message) => {
    await expect(sweepExperiment({ config, set, out: at("refused") }, tasks)).rejects.toThrow(message);
    expect(existsSync(at("refused"))).toBe(false);
  });

  test.each<[Partial<Parameters<typeof sweepExperiment>[0]>, string]>([
    [{ config: "sentiment" }, "is missing: it says which values to try"],
    [{ config, workers: cpus().length + 1 }, "together they may use no more"],
    [{ config, executor: "command" }, "sweep.command: is missing, and --executor command needs it"],
    [{ config, executor: "kubernetes" }, "needs image, volumeClaim and mountPath"],
    [{}, "sweep needs --config <file|name> or --resume <dir>"],
    [{ task: "1:0" }, "--task needs --resume"],
  ])("%j", async (options, message) => {
    await expect(sweepExperiment({ set: [], out: at("refused"), ...options }, tasks)).rejects.toThrow(message);
    expect(existsSync(at("refused"))).toBe(false);
  });

  test.each<[Partial<Parameters<typeof sweepExperiment>[0]>, string]>([
    [{ resume: at("whole"), seed: 1 }, "leave out --seed"],
    [{ resume: at("best") }, "is no sweep"],
    [{ resume: at("whole"), task: "1:99" }, "batch 1 has 6 runs"],
    [{ resume: at("whole"), task: "first" }, "--task takes a batch and the number of a run in it"],
  ])("%j", async (options, message) => {
    await expect(sweepExperiment({ set: [], ...options }, tasks)).rejects.toThrow(message);
  });

  test("an altered lock", async () => {
    const lock = text("whole", "sweep.lock.json");
    file(folder, "whole/sweep.lock.json", lock.replace('"reduction": 2', '"reduction": 4'));
    await expect(sweepExperiment({ set: [], resume: at("whole") }, tasks)).rejects.toThrow(
      "sweep.lock.json: was altered since the sweep began",
    );
  });
});

test("evaluatedSplits keeps the other splits unseen, and names a wrong one", async () => {
  const train = (splits: string, out: string) =>
    trainToEnd({ config, set: [`evaluatedSplits=${splits}`], out: at(out) }, tasks, quiet);
  expect(Object.keys((await train("[dev]", "dev-only")).result.metrics)).toEqual(["dev"]);
  await expect(train("[dev, tets]", "wrong")).rejects.toThrow(
    "evaluatedSplits: there is no split tets; did you mean test?",
  );
});

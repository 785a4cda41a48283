/** The list of runs, and what is done with them: filters, tags, deletion, lineage. */
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lockFolder } from "@cellstate/files";
import { beforeAll, describe, expect, test } from "vitest";
import { tinyConfig } from "./cellstate.ts";
import { file, lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";
import { sweepInProcess } from "./sweep-in-process.ts";

const folder = lastingFolder();
const run = (...args: string[]) => inProcess(args, folder);
const train = async (out: string, ...args: string[]) =>
  expect(await run("train", ...args, "--out", `runs/${out}`, "--quiet")).toMatchObject({ code: 0 });
const inRuns = (...path: string[]) => join(folder, "runs", ...path);
const names = async (...args: string[]): Promise<string[]> =>
  JSON.parse((await run("runs", "list", ...args, "--json")).stdout).runs.map((entry: { run: string }) => entry.run);

beforeAll(async () => {
  tinyConfig(folder);
  await train("good", "--config", "tiny.yaml", "--set", "training.keepCheckpoints=last");
  await train("poor", "--config", "tiny.yaml", "--set", "training.epochs=1", "--set", "optimizer.learningRate=0.001");
  file(folder, "more.yaml", "extends: tiny.yaml\ninit: { from: runs/good }\ntraining: { epochs: 1 }\n");
  await train("tuned", "--config", "more.yaml");
  expect(
    await run("train", "--fork", "runs/good", "--set", "training.epochs=4", "--out", "runs/forked", "--quiet"),
  ).toMatchObject({ code: 0 });
}, 90_000);

describe("runs list", () => {
  test("chooses by task, by values and by tags", async () => {
    expect(await names()).toEqual(["forked", "good", "poor", "tuned"]);
    expect(await names("--where", "test.accuracy >= 0.9")).not.toContain("poor");
    expect(await names("--where", "config.optimizer.learningRate = 1e-3")).toEqual(["poor"]);
    expect(await names("--where", "training.epochs < 4", "--where", "run != tuned")).toEqual(["good", "poor"]);
    expect(await names("--where", "name ~ mor")).toEqual(["tuned"]);
    expect(await names("--where", "state = running")).toEqual([]);
    expect(await names("--task", "sentiment", "--where", "seed = 3")).toHaveLength(4);
    expect(await names("--task", "translation")).toEqual([]);
  });

  test("sorts the best scores first, all else rising", async () => {
    expect((await names("--sort", "dev.loss")).at(-1)).toBe("poor");
    expect((await names("--sort", "dev.accuracy")).at(-1)).toBe("poor");
    expect((await names("--sort", "dev.accuracy", "--reverse"))[0]).toBe("poor");
    expect((await names("--sort", "training.epochs")).slice(2)).toEqual(["good", "forked"]);
  });

  test("shows what was asked for as a column", async () => {
    const { stdout } = await run("runs", "--sort", "training.epochs", "--where", "training.epochs > 2");
    expect(stdout).toMatch(/^run +state +seed +dev +test +training\.epochs\ngood .* 3\nforked .* 4\n$/);
    expect((await run("runs", "--where", "dev.loss > 99")).stdout).toMatch(
      /^none of 4 runs under .* is as asked for\n$/,
    );
  });

  test.each<[string[], RegExp]>([
    [["--where", "dev.acuracy > 0.5"], /no run has a value dev\.acuracy; did you mean dev\.accuracy\?/],
    [["--sort", "trainSecond"], /--sort trainSecond: no run has a value trainSecond; did you mean trainSeconds\?/],
    [["--where", "dev.accuracy"], /--where takes "key operator value"/],
    [["--where", "dev.accuracy > high"], /> compares with a number, got "high"/],
    [["--task", "sentimnt"], /--task sentimnt: there is no such task; did you mean sentiment\?/],
  ])("refuses %j", async (args, message) => {
    const { code, stderr } = await run("runs", "list", ...args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) });
  });
});

test("tags stand beside the sealed files, and choose runs", async () => {
  expect((await run("runs", "tag", "good", "base", "keep-1")).stdout).toBe("runs/good: base, keep-1\n");
  expect((await run("runs", "tag", "good", "more", "--remove", "keep-1", "--json")).stdout).toContain('"base",');
  expect((await run("runs", "tag", "good")).stdout).toBe("runs/good: base, more\n");
  expect(await names("--tag", "base", "--tag", "more")).toEqual(["good"]);
  expect(await names("--where", "tags ~ more")).toEqual(["good"]);
  expect((await run("runs")).stdout).toMatch(/^run +state +seed +dev +test +tags\n/);
  expect(await run("verify", "runs/good")).toMatchObject({ code: 0 });
  const { code, stderr } = await run("runs", "tag", "good", "two words");
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(/a tag is made of letters, .* got "two words"/),
  });
});

test("show --json has what the list has, and the command", async () => {
  const document = JSON.parse((await run("runs", "show", "poor", "--json")).stdout);
  expect(document).toMatchObject({ formatVersion: 1, run: "runs/poor", state: "finished", task: "sentiment" });
  expect(document.command).toContain("cellstate train --config tiny.yaml");
});

describe("runs lineage", () => {
  const lineage = async (name: string) => (await run("runs", "lineage", name)).stdout;

  test("says what a run came from and what came from it", async () => {
    expect(await lineage("forked")).toBe("runs/forked\n  fork of runs/good at step 21\n");
    expect(await lineage("tuned")).toBe(
      "runs/tuned\n  began with the weights of runs/good\n  config extends tiny.yaml\n",
    );
    expect(await lineage("good")).toBe(
      "runs/good\n  came from nothing else\nfrom it came\n  runs/forked, a fork at step 21\n  runs/tuned, with its weights\n",
    );
  });

  test("finds weights by their hash wherever the run is now, and says what is gone", async () => {
    cpSync(inRuns("tuned"), join(folder, "elsewhere", "tuned"), { recursive: true });
    cpSync(inRuns("good"), join(folder, "elsewhere", "moved"), { recursive: true });
    const { stdout } = await inProcess(["runs", "lineage", "tuned", "--json"], join(folder, "elsewhere"));
    expect(JSON.parse(stdout).origins[0]).toMatchObject({ kind: "weights", from: "moved", found: true });
    cpSync(inRuns("forked"), join(folder, "alone", "forked"), { recursive: true });
    expect((await inProcess(["runs", "lineage", "forked"], join(folder, "alone"))).stdout).toBe(
      "forked\n  fork of good at step 21 (no longer there)\n",
    );
  });

  test("a run among those of several seeds is one of them, and is listed by its path", async () => {
    cpSync(inRuns("poor"), inRuns("several", "seed-1"), { recursive: true });
    const seeds = { formatVersion: 1, name: "tiny", seeds: [1], runs: ["seed-1"] };
    writeFileSync(inRuns("several", "seeds.json"), JSON.stringify(seeds));
    expect(await names("--all")).toContain("several/seed-1");
    expect(await lineage("several/seed-1")).toContain("  one of the runs of runs/several\n");
  });
});

describe("runs of several seeds, and of a sweep", () => {
  const entries = async (...args: string[]) => JSON.parse((await run("runs", ...args, "--json")).stdout);

  beforeAll(async () => {
    await train("twice", "--config", "tiny.yaml", "--set", "training.epochs=1", "--seeds", "4,5");
    const search = "sweep={ method: grid, parameters: { optimizer.learningRate: [0.02, 0.03] } }";
    const set = [search, "training.epochs=1"];
    await sweepInProcess({ config: join(folder, "tiny.yaml"), set, out: inRuns("search") });
  }, 60_000);

  test("are one line, which filters choose by the mean and by the winner; --all has a line for each", async () => {
    const { runs } = await entries("list", "--where", "runs = 2");
    const { mean } = JSON.parse(readFileSync(inRuns("twice", "summary.json"), "utf8"));
    const { winner } = JSON.parse(readFileSync(inRuns("search", "sweep.json"), "utf8"));
    expect(runs).toMatchObject([
      { run: "search", kind: "sweep", state: "finished", task: "sentiment", metrics: winner.metrics },
      { run: "twice", kind: "seeds", state: "finished", seed: [4, 5], metrics: mean },
    ]);
    expect(await names("--where", `dev.loss <= ${mean.dev.loss}`, "--where", "kind = seeds")).toEqual(["twice"]);
    expect(await names("--all", "--where", "name = tiny")).toEqual(
      expect.arrayContaining(["search/runs/001", "search/runs/002", "twice/seed-4", "twice/seed-5"]),
    );
    expect((await run("runs")).stdout).toMatch(/\ntwice \(seeds, 2 runs\) +finished +4,5 +accuracy [\d.]+ /);
  });

  test("are shown with the runs in them, and have tags", async () => {
    const { children, kind } = await entries("show", "sear");
    expect([kind, children.map((one: { run: string }) => one.run)]).toEqual(["sweep", ["runs/001", "runs/002"]]);
    expect((await run("runs", "show", "twice")).stdout).toMatch(/ 4,5 .*\n\nrun .*\nseed-4 .*\nseed-5 /);
    expect((await run("runs", "tag", "twice", "pair")).stdout).toBe("runs/twice: pair\n");
    expect(await names("--tag", "pair")).toEqual(["twice"]);
  });

  test("are deleted as a whole, unless one of them is being trained", async () => {
    const lock = lockFolder(inRuns("twice", "seed-5"));
    expect(await run("runs", "delete", "twice", "search", "--yes")).toMatchObject({ code: 2 });
    lock.release();
    const { deleted } = await entries("delete", "twice", "search", "--yes");
    expect(deleted).toEqual(["runs/twice", "runs/search"]);
    expect(await names("--where", "runs > 0")).toEqual(["several"]);
    expect([existsSync(inRuns("twice")), existsSync(inRuns("search"))]).toEqual([false, false]);
  });

  test("are a damaged line where their file is", async () => {
    writeFileSync(inRuns("several", "seeds.json"), "{}");
    const { stdout, stderr } = await run("runs");
    expect(stdout).toMatch(/\nseveral +damaged/);
    expect(stderr).toMatch(/^warning: .*seeds\.json: /);
  });
});

describe("runs delete", () => {
  test("asks, and without a terminal wants --yes", async () => {
    const { code, stderr } = await run("runs", "delete", "poor");
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("no terminal to ask on; give --yes") });
    expect(existsSync(inRuns("poor"))).toBe(true);
    expect(await run("runs", "delete", "poor", "--json")).toMatchObject({ code: 2 });
  });

  test("refuses a run that is being trained, and then deletes none", async () => {
    cpSync(inRuns("poor"), inRuns("busy"), { recursive: true });
    const lock = lockFolder(inRuns("busy"));
    const { code, stderr } = await run("runs", "delete", "poor", "busy", "--yes");
    lock.release();
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/busy is in use by process \d+/) });
    expect([existsSync(inRuns("poor")), existsSync(inRuns("busy"))]).toEqual([true, true]);
  });

  test("deletes the runs that are named, and nothing that is none", async () => {
    const { code, stdout } = await run("runs", "delete", "poor", "busy", "--yes", "--json");
    expect({ code, deleted: JSON.parse(stdout).deleted }).toEqual({ code: 0, deleted: ["runs/poor", "runs/busy"] });
    expect([existsSync(inRuns("poor")), existsSync(inRuns("busy"))]).toEqual([false, false]);
    expect(readFileSync(inRuns("good", "config.yaml"), "utf8")).toContain("name: tiny");
    expect(await run("runs", "delete", ".", "--yes")).toMatchObject({ code: 2 });
    expect(await run("runs", "delete", "good", "nothing", "--yes")).toMatchObject({ code: 2 });
    expect(existsSync(inRuns("good"))).toBe(true);
  });
});

test("runs compare points to compare", async () => {
  const { code, stderr } = await run("runs", "compare", "good", "tuned");
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: "cellstate: runs are compared by a command of its own: cellstate compare good tuned\n",
  });
});

/** A run of a classifier with a linear part: what it shows, where it goes, and that it ends the same however it came there. */
import { cpSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { tinyConfig } from "./cellstate.ts";
import { lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const folder = lastingFolder();
const run = (...args: string[]) => inProcess(args, folder);
const read = (...path: string[]) => readFileSync(join(folder, ...path));
const json = (...path: string[]) => JSON.parse(read(...path).toString());
let shown: string;

beforeAll(async () => {
  tinyConfig(folder);
  const set = ["--set", "model.linear=true", "--set", "training.keepCheckpoints=last"];
  const trained = await run("train", "--config", "tiny.yaml", ...set, "--out", "whole", "--quiet");
  expect(trained).toMatchObject({ code: 0, stderr: "" });
  shown = trained.stdout;
});

test("the table, the result, the report and the card show both together and each part alone", async () => {
  expect(shown).toMatch(/^ +model +linear alone +network alone +majority +naiveBayes +tfidfLogistic\n/);
  const { metrics, parts, baselines } = json("whole", "result.json");
  expect(Object.keys(parts)).toEqual(["linear", "network"]);
  expect(parts.linear).toEqual(baselines.tfidfLogistic);
  expect(metrics.test.loss).not.toBe(parts.network.test.loss);
  expect(read("whole", "report.html").toString()).toContain("linear alone");
  const card = read("whole", "model", "README.md").toString();
  expect(card).toContain("| 95 % interval | linear alone | network alone | majority |");
  expect(card).toContain("The model answers by linear and network together; what each scores alone stands beside it.");
  const evaluated = JSON.parse((await run("evaluate", "whole", "--json")).stdout);
  expect({ metrics: evaluated.metrics, parts: evaluated.parts }).toEqual({ metrics, parts });
});

test("a run that was killed while it was joined ends with the same files", async () => {
  cpSync(join(folder, "whole"), join(folder, "killed"), { recursive: true });
  for (const name of ["result.json", "manifest.json", "report.html", "model", "predictions"]) {
    rmSync(join(folder, "killed", name), { recursive: true });
  }
  expect(await run("train", "--resume", "killed", "--quiet")).toMatchObject({ code: 0 });
  const names = readdirSync(join(folder, "whole", "model"));
  expect(names).toEqual(expect.arrayContaining(["linear.json", "linear.safetensors"]));
  for (const name of names) expect(read("killed", "model", name)).toEqual(read("whole", "model", name));
  expect(read("killed", "predictions", "test.jsonl")).toEqual(read("whole", "predictions", "test.jsonl"));
});

test("the run is identical on another backend", async () => {
  const { stdout } = await run("reproduce", "whole", "--backend", "wasm", "--quiet", "--json");
  expect(JSON.parse(stdout)).toMatchObject({ identical: true });
});

test("a model without its linear part is refused, and so is its export as ONNX, by the key of the config", async () => {
  cpSync(join(folder, "whole", "model"), join(folder, "half"), { recursive: true });
  rmSync(join(folder, "half", "linear.safetensors"));
  expect(await run("predict", "half", "a text")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("linear.safetensors: is missing"),
  });
  expect(await run("export", "whole", "--output", "model.onnx")).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^cellstate: whole: model\.linear: its linear part reads n-grams/),
  });
});

test("a wrong option is refused by its key", async () => {
  expect(await run("train", "--config", "tiny.yaml", "--set", "model.linear=tfidf")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("model.linear"),
  });
});

test.each([
  [["predict", "whole", "good", "--explain"], "--explain: model.linear: "],
  [["export", "whole", "--format", "html", "--output", "page.html"], "--format html: model.linear: "],
])("%j is refused by the name of the option", async (args, message) => {
  const { code, stderr } = await run(...args);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});

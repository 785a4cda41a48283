/** A tagger through the command line: from two columns to marked names, resumed to the same bytes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { Marker } from "../src/terminal/marked.ts";
import { cellstate } from "./cellstate.ts";
import { file, lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const folder = lastingFolder();
const run = (...args: string[]) => inProcess(args, folder);
const sentences = ["Ada B-PER\nsaw O\nBram B-LOC\nHill I-LOC", "Bram B-LOC\nfell O", "We O\nmet O\nAda B-PER"];

beforeAll(async () => {
  const all = Array.from({ length: 30 }, (_, index) => sentences[index % 3]!).join("\n\n");
  file(folder, "names.conll", `${all}\n`);
  file(
    folder,
    "names.yaml",
    `task: tagging
seed: 3
data: { train: names.conll, dev: names.conll }
tags: { kind: spans }
model:
  embedding: { size: 8 }
  characters: { kind: cnn, size: 4, filters: 4 }
  encoder: { kind: lstm, hiddenSize: 6, bidirectional: true }
optimizer: { kind: adamw, learningRate: 0.03 }
training: { epochs: 12, batchSize: 8, checkpointEverySteps: 3 }
`,
  );
  expect((await run("train", "--config", "names.yaml", "--out", "run", "--quiet")).code).toBe(0);
}, 60_000);

test("predict prints words, tags and spans with their places in the text, raw or cut already", async () => {
  const { stdout, code } = await run("predict", "run", "Ada, saw Bram Hill.");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    index: 0,
    text: "Ada, saw Bram Hill.",
    tokens: ["Ada", ",", "saw", "Bram", "Hill", "."],
    offsets: expect.any(Array),
    tags: ["B-PER", "O", "O", "B-LOC", "I-LOC", "O"],
    spans: [
      { start: 0, end: 3, label: "PER", text: "Ada" },
      { start: 9, end: 18, label: "LOC", text: "Bram Hill" },
    ],
  });
  const cut = await run("predict", "run", "--pretokenized", "Ada, saw");
  expect(JSON.parse(cut.stdout).tokens).toEqual(["Ada,", "saw"]);
});

test("evaluate scores another file of two columns", async () => {
  file(folder, "new.conll", "Ada I-PER\nfell O\n");
  const { stdout } = await run("evaluate", "run", "--data", "new.conll", "--json");
  expect(JSON.parse(stdout).metrics.data).toMatchObject({ f1: 1, accuracy: 1 });
});

test("a run that is killed and goes on ends with the bytes of one that was not", async () => {
  let isKilled = false;
  const killed = await cellstate(["train", "--config", "names.yaml", "--out", "killed"], {
    cwd: folder,
    onStderr: (child, stderr) => {
      if (isKilled || !stderr.includes("\nepoch 4/")) return;
      isKilled = true;
      child.kill("SIGKILL");
    },
  });
  expect(killed.signal).toBe("SIGKILL");
  const resumed = await run("train", "--resume", "killed");
  expect(resumed.stderr).toMatch(/\nresume {2}from step \d+\n/);
  const weights = (name: string) => readFileSync(join(folder, name, "model", "model.safetensors"));
  expect(weights("killed").equals(weights("run"))).toBe(true);
}, 60_000);

test("init tells words from tags, and tags of spans from those of words", async () => {
  const { code, stdout } = await run("init", "--data", "names.conll", "--output", "begun.yaml", "--yes");
  expect(code).toBe(0);
  expect(stdout).toContain("tagging (sure)");
  const config = readFileSync(join(folder, "begun.yaml"), "utf8");
  expect(config).toContain("columns: { text: tokens, tags: tags }");
  expect(config).toContain("tags: { kind: spans }");
  const spans = JSON.stringify({ text: "Ada saw it", entities: [[0, 3, "PER"]] });
  file(folder, "spans.jsonl", `${spans}\n`.repeat(12));
  expect((await run("init", "--data", "spans.jsonl", "--output", "spans.yaml", "--yes")).code).toBe(0);
  expect(readFileSync(join(folder, "spans.yaml"), "utf8")).toContain("columns: { text: text, spans: entities }");
});

test("marked text has brackets without colours, and a colour for each label with them", () => {
  const parts = [{ text: "Ada", label: "PER" }, { text: " saw " }, { text: "Bram", label: "PER", fault: "LOC" }];
  expect(new Marker(false).mark(parts)).toBe("[Ada PER] saw [Bram PER, not LOC]");
  expect(new Marker(true).mark(parts)).toContain("\u001b[");
  expect(new Marker(true).mark([{ text: "\u001b[2J" }])).toBe("\\u{1b}[2J");
});

/** The card that a run writes beside its model. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseYaml } from "@cellstate/files/yaml";
import { beforeAll, expect, test } from "vitest";
import { tinyConfig } from "./cellstate.ts";
import { lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const folder = lastingFolder();
const train = async (out: string, ...args: string[]) => {
  expect(await inProcess(["train", ...args, "--out", out, "--quiet"], folder)).toMatchObject({ code: 0 });
};
const read = (...path: string[]) => readFileSync(join(folder, ...path), "utf8");

beforeAll(async () => {
  tinyConfig(folder);
  await train("run", "--config", "tiny.yaml");
}, 60_000);

test("has what a hub reads in front: kind, metrics and scores of the splits that no choice was made by", () => {
  const [, front] = /^---\n(.*?)\n---\n/s.exec(read("run", "model", "README.md"))!;
  const { metrics } = JSON.parse(read("run", "result.json"));
  expect(parseYaml(Buffer.from(front!), "README.md").values).toEqual({
    library_name: "cellstate",
    pipeline_tag: "text-classification",
    tags: ["cellstate", "lstm", "sentiment"],
    metrics: ["loss", "accuracy", "macroF1"],
    "model-index": [
      {
        name: "tiny",
        results: [
          {
            task: { type: "text-classification", name: "sentiment" },
            dataset: { type: "reviews", name: "reviews", split: "test" },
            metrics: Object.entries(metrics.test).map(([name, value]) => ({ type: name, name, value })),
          },
        ],
      },
    ],
  });
});

test("says what it was trained on, how good it is with intervals, what it cannot do, and how to make it again", async () => {
  const card = read("run", "model", "README.md");
  const { weightsSha256 } = JSON.parse(read("run", "result.json"));
  expect(card).toMatch(/\n# tiny\n\nGives a text one of the labels .* It has [\d,]+ parameters/);
  expect(card).toMatch(/\nExamples: train 54, dev 6, test 60\.\n\n- reviews\.tsv: SHA-256 `[0-9a-f]{64}`\n/);
  expect(card).toMatch(
    /\n\| test \| accuracy \| [01]\.\d{4} \| [01]\.\d{4} to [01]\.\d{4} \| 0\.5000 \| [01]\.\d{4} \| [01]\.\d{4} \|\n/,
  );
  expect(card).toContain("\n- Every text gets one of the labels");
  expect(card).toContain(weightsSha256);
  const { stdout } = await inProcess(["evaluate", "run", "--json"], folder);
  const [low, high] = JSON.parse(stdout).intervals.test.accuracy.map((end: number) => end.toFixed(4));
  expect(card).toContain(` | ${low} to ${high} | `);

  const [, config] = /```yaml\n(.*?)\n```\n/s.exec(card)!;
  writeFileSync(join(folder, "again.yaml"), config!);
  await train("again", "--config", "again.yaml");
  expect(JSON.parse(read("again", "result.json")).weightsSha256).toBe(weightsSha256);
  expect(read("again", "model", "README.md")).toBe(card); // no time, no machine, no path
});

test("has licence and source of a dataset with a card, and its language", async () => {
  const small = ["--set", "data.maxExamples=40", "--set", "training.epochs=1", "--set", "model.encoder.hiddenSize=4"];
  await train("cards", "--config", "sentiment", ...small);
  const card = read("cards", "model", "README.md");
  expect(card).toMatch(/^---\n.*\nlanguage: \["en"\]\n.*\ndatasets: \["reviews"\]\n/s);
  expect(card).toContain("\nLicence: CC0-1.0. Source: written for this project.\n");
});

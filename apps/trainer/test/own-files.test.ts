/** Own data in several files and columns, from the config to predictions. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tinyConfig, tinyTranslation } from "./cellstate.ts";
import { file, temporaryFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const parse = (text: string): unknown[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

test("files in a list and a text of two columns train, are locked, and are read so by predict and evaluate", async () => {
  const folder = temporaryFolder();
  const config = readFileSync(tinyConfig(folder), "utf8");
  const [, ...rows] = readFileSync(join(folder, "reviews.tsv"), "utf8").trimEnd().split("\n");
  const cells = rows
    .map((row) => row.split("\t"))
    .map(([label, text = ""]) => [label, text.slice(0, 8), text.slice(8)]);
  const csv = (part: typeof cells) => `label,title,body\n${part.map((row) => row.join(",")).join("\n")}\n`;
  file(folder, "a.csv", csv(cells.slice(0, 30)));
  file(folder, "b.csv", csv(cells.slice(30)));
  const data = "data: { train: [a.csv, b.csv], test: [b.csv], columns: { text: [title, body] } }";
  file(folder, "two.yaml", config.replace(/^data: .*$/m, data));
  const trained = await inProcess(["train", "--config", "two.yaml", "--out", "run", "--quiet"], folder);
  expect(trained).toMatchObject({ code: 0 });
  const lock = JSON.parse(readFileSync(join(folder, "run", "config.lock.json"), "utf8"));
  expect(Object.keys(lock.data)).toEqual(["a.csv", "b.csv"]);
  const model = JSON.parse(readFileSync(join(folder, "run", "model", "config.json"), "utf8"));
  expect(model.data.columns).toEqual({ text: ["title", "body"], label: "label" });

  const { stdout } = await inProcess(["predict", "run", "--input", "b.csv"], folder);
  const joined = cells.slice(30).map(([, title, body]) => `${title} ${body}`);
  expect(parse(stdout)).toMatchObject(joined.map((text, index) => ({ index, text })));
  file(folder, "joined.txt", `${joined.join("\n")}\n`);
  expect((await inProcess(["predict", "run", "--input", "joined.txt"], folder)).stdout).toBe(stdout);
  const scores = await inProcess(["evaluate", "run", "--data", "b.csv", "--json"], folder);
  const { metrics } = JSON.parse(readFileSync(join(folder, "run", "result.json"), "utf8"));
  expect(JSON.parse(scores.stdout).metrics).toEqual({ data: metrics.test });

  file(folder, "tabs.txt", "positive\tthe film was good\n");
  const warned = await inProcess(["predict", "run", "--input", "tabs.txt"], folder);
  expect(warned).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^warning: tabs\.txt:1 has tabs .* did you mean \.tsv/),
  });
});

test("parallel lines train without a card, and evaluate reads them, too", async () => {
  const folder = temporaryFolder();
  const config = readFileSync(tinyTranslation(folder), "utf8");
  const [, ...rows] = readFileSync(join(folder, "pairs.tsv"), "utf8").trimEnd().split("\n");
  file(folder, "text.letters", rows.map((row) => `${row.split("\t")[0]}\n`).join(""));
  file(folder, "text.digits", rows.map((row) => `${row.split("\t")[1]}\n`).join(""));
  const files = "{ source: text.letters, target: text.digits }";
  file(
    folder,
    "parallel.yaml",
    config.replace(/^data: .*$/m, `data: { train: ${files}, dev: ${files}, test: ${files} }`),
  );
  const train = ["train", "--config", "parallel.yaml", "--out", "run", "--quiet"];
  expect((await inProcess(train, folder)).code).toBe(0);
  const data = "source=text.letters,target=text.digits";
  const scores = await inProcess(["evaluate", "run", "--data", data, "--json"], folder);
  const { metrics } = JSON.parse(readFileSync(join(folder, "run", "result.json"), "utf8"));
  expect(JSON.parse(scores.stdout).metrics).toEqual({ data: metrics.test });
  const missing = await inProcess(["evaluate", "run", "--data", "source=text.letters,target=none"], folder);
  expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining("none: no such file") });
});

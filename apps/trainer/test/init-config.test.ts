/** What `cellstate init` makes of data files: configs that train as they are, or one error that says what settles it. */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { file, temporaryFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const goods = ["good", "great", "lovely", "fine"];
const bads = ["bad", "awful", "boring", "poor"];
const things = ["film", "phone", "soup", "hotel", "book", "train", "shop", "song", "house", "road", "game", "shirt"];
const opinions = things.flatMap((thing) => [
  ...goods.map((word) => ["positive", `the ${thing} was ${word}`] as const),
  ...bads.map((word) => ["negative", `the ${thing} was ${word}`] as const),
]);
const tsv = (head: string, rows: readonly (readonly string[])[]) =>
  `${head}\n${rows.map((row) => row.join("\t")).join("\n")}\n`;

/** Makes a config, trains it as it is, and gives the scores beside those of the majority class. */
async function initAndTrain(folder: string, args: readonly string[], config: string) {
  const made = await inProcess(["init", ...args], folder);
  expect(made).toMatchObject({ code: 0, stderr: "" });
  const trained = await inProcess(["train", "--config", config, "--out", "run", "--quiet", "--json"], folder);
  expect(trained).toMatchObject({ code: 0 });
  return { stdout: made.stdout, text: readFileSync(join(folder, config), "utf8"), result: JSON.parse(trained.stdout) };
}

test("a csv becomes a config that trains without an edit and beats the majority class", async () => {
  const folder = temporaryFolder();
  const rows = opinions.map(([label, text], index) => `${index},"${text}, really",${label}`);
  file(folder, "reviews.csv", `id,review,sentiment\n${rows.join("\n")}\n`);
  const { stdout, text, result } = await initAndTrain(folder, ["--data", "reviews.csv"], "reviews.yaml");
  expect(text).toMatch(/^# yaml-language-server: \$schema=/);
  expect(text).toContain("task: sentiment\n");
  expect(text).toContain("columns: { text: review, label: sentiment }");
  expect(text).toContain("tokenizer: { kind: word");
  expect(stdout).toContain("task    sentiment (sure), from 96 rows to train on\n");
  expect(stdout).toContain("next    cellstate train --config reviews.yaml\n");
  expect(result.metrics.dev.accuracy).toBeGreaterThan(result.baselines.majority.dev.accuracy);
});

test("a folder gives its splits, Chinese is read by characters, and what lacks the columns is left out", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "shop"));
  const chinese = things.flatMap((_, index) => [
    ["1", `这个东西很好${index}我喜欢`],
    ["0", `这个东西太差${index}不满意`],
  ]);
  file(folder, "shop/train.tsv", tsv("label\ttext", chinese));
  file(folder, "shop/dev.tsv", tsv("label\ttext", chinese.slice(0, 6)));
  file(folder, "shop/test.tsv", tsv("label\tbody", chinese.slice(0, 6)));
  file(folder, "shop/README.md", "not data\n");
  const made = await inProcess(["init", "--data", "shop"], folder);
  expect(made).toMatchObject({ code: 0, stderr: "" });
  expect(made.stdout).toContain("task    sentiment (a guess)");
  expect(made.stdout).toContain("test files are left out: they have no column text\n");
  const text = readFileSync(join(folder, "shop.yaml"), "utf8");
  expect(text).toContain("data: { train: shop/train.tsv, dev: shop/dev.tsv }\n");
  expect(text).toContain("tokenizer: { kind: char, normalize: nfkc, minFrequency: 1 }");
  expect(await inProcess(["lint", "--config", "shop.yaml"], folder)).toMatchObject({ code: 0 });
});

test("parallel lines of two languages become a translation, packed ones too", async () => {
  const folder = temporaryFolder();
  const lines = things.map((thing) => `a ${thing} is here\n`).join("");
  file(folder, "train.en", lines);
  file(folder, "train.de", lines.toUpperCase());
  const dev = join(folder, "val.en.gz");
  for (const path of [dev, join(folder, "val.de.gz")]) file(folder, path.slice(folder.length + 1), "");
  const { writeFileSync } = await import("node:fs");
  writeFileSync(dev, gzipSync(lines));
  writeFileSync(join(folder, "val.de.gz"), gzipSync(lines.toUpperCase()));
  const made = await inProcess(["init", "--data", "train.en", "--columns", "source=en", "--output", "mt.yaml"], folder);
  expect(made).toMatchObject({ code: 0, stderr: "" });
  const text = readFileSync(join(folder, "mt.yaml"), "utf8");
  expect(text).toContain("task: translation\n");
  expect(text).toContain("  train: { source: train.en, target: train.de }\n");
  expect(text).toContain("  dev: { source: val.en.gz, target: val.de.gz }\n");
  expect(await inProcess(["lint", "--config", "mt.yaml"], folder)).toMatchObject({ code: 0 });

  file(folder, "train.fr", lines);
  const three = await inProcess(["init", "--data", "train.en", "--output", "three.yaml"], folder);
  expect(three).toMatchObject({ code: 2, stdout: "" });
  expect(three.stderr).toContain("could be source and target, such as --columns source=de,target=en");
});

test("labels that are kinds are a classification, and one that is far more frequent changes what is selected by", async () => {
  const folder = temporaryFolder();
  const rows = [...opinions, ...opinions].map(([, text], index) => [text, index % 9 === 0 ? "spam" : "ham"]);
  file(folder, "mail.tsv", tsv("message\tkind", rows));
  const { stdout } = await inProcess(["init", "--data", "mail.tsv"], folder);
  expect(stdout).toContain("task    classification (a guess)");
  const text = readFileSync(join(folder, "mail.yaml"), "utf8");
  expect(text).toContain("columns: { text: message, label: kind }");
  expect(text).toContain("metrics: { select: macroF1 }");
});

test("a config that is there is overwritten by --force alone", async () => {
  const folder = temporaryFolder();
  file(folder, "own.tsv", tsv("label\ttext", opinions));
  file(folder, "own.yaml", "mine\n");
  const refused = await inProcess(["init", "--data", "own.tsv"], folder);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("own.yaml is there already; --force") });
  expect(readFileSync(join(folder, "own.yaml"), "utf8")).toBe("mine\n");
  expect(await inProcess(["init", "--data", "own.tsv", "--force"], folder)).toMatchObject({ code: 0 });
  expect(readFileSync(join(folder, "own.yaml"), "utf8")).toContain("task: sentiment");
});

test("names that a config must quote come out as they were", async () => {
  const folder = temporaryFolder();
  file(folder, "a: b #c.tsv", tsv("yes\tmy text: all", opinions));
  const made = await inProcess(
    ["init", "--data", "a: b #c.tsv", "--columns", "label=yes", "--output", "quoted.yaml"],
    folder,
  );
  expect(made).toMatchObject({ code: 0 });
  const { stdout } = await inProcess(["lint", "--config", "quoted.yaml"], folder);
  expect(stdout).toContain("a: b #c.tsv");
});

test.each([
  ["no data", [], "init needs --data <file|folder>"],
  ["a file that is not there", ["--data", "ownn.tsv"], "did you mean own.tsv?"],
  ["a task that is unknown", ["--data", "own.tsv", "--task", "sentimant"], "did you mean sentiment?"],
  ["a role that is unknown", ["--data", "own.tsv", "--columns", "txt=text"], "no task reads txt"],
  ["a column that is unknown", ["--data", "own.tsv", "--columns", "text=txt"], "did you mean text?"],
  ["columns that are no pairs", ["--data", "own.tsv", "--columns", "text"], "must be a role and a column"],
  ["a file without names of columns", ["--data", "bare.csv"], "bare.csv:1: the first line looks like a row"],
  ["two columns that could be labels", ["--data", "open.tsv"], "`colour`, `size` could hold the labels"],
  ["numbers alone", ["--data", "numbers.csv"], "no column holds texts of several words"],
  ["plain text", ["--data", "plain.txt"], "no task that init knows learns from such a file"],
])("%s: one error that says what settles it, and nothing is written", async (_, args, message) => {
  const folder = temporaryFolder();
  file(folder, "own.tsv", tsv("label\ttext", opinions));
  file(folder, "bare.csv", opinions.map(([label, text]) => `${label},${text}\n`).join(""));
  const open = opinions.map(([, text], index) => [text, ["red", "blue"][index % 2]!, ["big", "small"][index % 2]!]);
  file(folder, "open.tsv", tsv("note\tcolour\tsize", open));
  file(
    folder,
    "numbers.csv",
    `month,passengers\n${opinions.map((_row, index) => `${index},${index * 7}`).join("\n")}\n`,
  );
  file(folder, "plain.txt", "once upon a time\n");
  const ended = await inProcess(["init", ...args, "--output", "new.yaml"], folder);
  expect(ended).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(message) });
  expect(() => readFileSync(join(folder, "new.yaml"))).toThrow("ENOENT");
});

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

test("plain text becomes a language model, whose dev and test are its end, or lines by themselves where they are names", async () => {
  const folder = temporaryFolder();
  file(folder, "book.txt", "one fat cat sat\ntwo fat cats sat\n\none fat dog sat\ntwo fat dogs sat\n".repeat(40));
  const { stdout, text, result } = await initAndTrain(folder, ["--data", "book.txt"], "book.yaml");
  expect(stdout).toContain("task    language-model (sure), from 200 rows to train on\n");
  expect(stdout).toContain("dev and test: a tenth of train each, its end\n");
  expect(text).toContain("data: { train: book.txt, devFraction: 0.1, testFraction: 0.1 }\n");
  expect(text).toContain("tokenizer: { kind: char }\n");
  expect(result.metrics.test.loss).toBeLessThan(result.baselines.unigram.test.loss);
  file(folder, "names.txt", `${things.join("\n")}\n`);
  expect(await inProcess(["init", "--data", "names.txt"], folder)).toMatchObject({ code: 0, stderr: "" });
  expect(readFileSync(join(folder, "names.yaml"), "utf8")).toContain("text: { unit: line }\n");
  expect(await inProcess(["lint", "--config", "names.yaml"], folder)).toMatchObject({ code: 0 });
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
  expect(three).toMatchObject({ code: 0, stderr: "" });
  expect(three.stdout).toContain("task    translation (a guess)");
  expect(three.stdout).toContain("from column `en` to column `de` (a guess)");
  expect(three.stdout).toContain("another pair: --columns source=");
});

test("two files of lines are source and target as they are given, with those of their dev and test beside them", async () => {
  const folder = temporaryFolder();
  const lines = things.map((thing) => `a ${thing} is here\n`).join("");
  for (const split of ["train", "val", "test_2016", "test_2017"]) {
    for (const language of ["de", "en", "fr"]) file(folder, `${split}.${language}`, lines);
  }
  const args = ["--data", "train.en", "--data", "train.de", "--output", "both.yaml"];
  expect(await inProcess(["init", ...args], folder)).toMatchObject({ code: 0, stderr: "" });
  const text = readFileSync(join(folder, "both.yaml"), "utf8");
  expect(text).toContain("train: { source: train.en, target: train.de }, dev: { source: val.en, target: val.de } }\n");
  expect(text).not.toContain("test_"); // there are two, and none was named

  const held = ["--data", "test_2017.fr", "--data", "test_2017.en", "--output", "held.yaml"];
  expect(await inProcess(["init", ...held], folder)).toMatchObject({ code: 0, stderr: "" });
  const own = readFileSync(join(folder, "held.yaml"), "utf8");
  expect(own).toContain("train: { source: test_2017.fr, target: test_2017.en }");
  expect(own).toContain("devFraction: 0.1");
});

test("a table takes the held-out ones beside it by its name, and by that of the split alone where none has its name", async () => {
  const folder = temporaryFolder();
  const names = ["train.tsv", "train-clean.tsv", "test.tsv", "dev-clean.tsv", "valley.tsv"];
  for (const name of names) file(folder, name, tsv("label\ttext", opinions));
  const dataOf = async (name: string) => {
    const output = `${name}.yaml`;
    const made = await inProcess(["init", "--data", name, "--output", output], folder);
    expect(made).toMatchObject({ code: 0, stderr: "" });
    return readFileSync(join(folder, output), "utf8");
  };
  expect(await dataOf("train.tsv")).toContain("data: { train: train.tsv, dev: dev-clean.tsv, test: test.tsv }");
  expect(await dataOf("train-clean.tsv")).toContain(
    "data: { train: train-clean.tsv, dev: dev-clean.tsv, test: test.tsv }",
  );
  expect(await dataOf("valley.tsv")).toContain("data: { train: valley.tsv, devFraction: 0.1");
});

test("two columns of sentences are a translation, unless a third one could be labels", async () => {
  const folder = temporaryFolder();
  const rows = things.map((thing) => [`old ${thing} here`, `neu ${thing} da`]);
  file(folder, "pairs.tsv", tsv("left\tright", rows));
  const made = await inProcess(["init", "--data", "pairs.tsv"], folder);
  expect(made.stdout).toContain("task    translation (a guess)");
  expect(made.stdout).toContain("from column `left` to column `right` (a guess)");
  const marked = rows.map((row, index) => [...row, ["x", "y"][index % 2]!, ["p", "q"][index % 2]!]);
  file(folder, "marked.tsv", tsv("left\tright\tone\tother", marked));
  expect(await inProcess(["init", "--data", "marked.tsv"], folder)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("`one`, `other` could hold the labels"),
  });
});

/** A wave with a season of 12 steps on a slope. */
const wave = (at: number) => (100 + at / 10 + 20 * Math.sin((2 * Math.PI * at) / 12)).toFixed(2);
const month = (at: number) => `${1990 + Math.floor(at / 12)}-${String(1 + (at % 12)).padStart(2, "0")}`;

test("times with a number become a forecast that beats repeating the last number", async () => {
  const folder = temporaryFolder();
  const rows = Array.from({ length: 150 }, (_, at) => [month(at), wave(at), String(at % 7)]);
  file(folder, "sales.tsv", tsv("Month\tsales\tstaff", rows));
  const { stdout, text, result } = await initAndTrain(folder, ["--data", "sales.tsv"], "sales.yaml");
  expect(stdout).toContain("task    forecasting (likely), from 150 rows to train on\n");
  expect(stdout).toContain("target is column `sales` (likely): by its name; another one by --columns target=staff\n");
  expect(stdout).toContain("dev and test: a tenth of train each, the latest rows\n");
  expect(text).toContain("  columns: { time: Month, target: sales }\n");
  expect(text).toContain("  split: { by: time }\n");
  expect(text).toMatch(/season: 12.*calendar: \[monthOfYear\]/);
  const [own, naive] = [result.metrics, result.baselines.persistence].map(({ test }) => test.meanAbsoluteError);
  expect(own).toBeLessThan(naive);
});

test("series that stand in one file are told apart, one after the other and side by side", async () => {
  const folder = temporaryFolder();
  const day = (at: number) => `2025-${month(at % 12).slice(5)}-${String(1 + Math.floor(at / 12)).padStart(2, "0")}`;
  const days = Array.from({ length: 240 }, (_, at) => day(at)).sort();
  const shops = ["north", "south", "west"];
  const row = (shop: string, at: number) => [days[at]!, shop, wave(at)];
  file(
    folder,
    "stacked.tsv",
    tsv(
      "day\tshop\tsold",
      shops.flatMap((shop) => days.map((_, at) => row(shop, at))),
    ),
  );
  file(
    folder,
    "beside.tsv",
    tsv(
      "day\tshop\tsold",
      days.flatMap((_, at) => shops.map((shop) => row(shop, at))),
    ),
  );
  for (const name of ["stacked", "beside"]) {
    const made = await inProcess(["init", "--data", `${name}.tsv`], folder);
    expect(made.stdout).toContain("series are told apart by column `shop` (likely)");
    expect(await inProcess(["train", "--config", `${name}.yaml`, "--dry-run"], folder)).toMatchObject({ code: 0 });
  }
  expect(readFileSync(join(folder, "stacked.yaml"), "utf8")).toContain("split: { by: time, column: day }");
  const unnamed = days.flatMap((_, at) => shops.map((shop) => row(shop, at).filter((cell) => cell !== shop)));
  file(folder, "unnamed.tsv", tsv("day\tsold", unnamed));
  expect(await inProcess(["init", "--data", "unnamed.tsv"], folder)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(
      "the times of `day` repeat: --columns series=<column> names what tells series apart",
    ),
  });
});

test("columns of the parts of a date are joined, and days without rows are no steps", async () => {
  const folder = temporaryFolder();
  const hours = Array.from({ length: 400 }, (_, at) => ["2025", "1", String(1 + Math.floor(at / 24)), String(at % 24)]);
  file(
    folder,
    "air.tsv",
    tsv(
      "year\tmonth\tday\thour\tpm",
      hours.map((time, at) => [...time, at % 9 === 0 ? "NA" : wave(at)]),
    ),
  );
  const made = await inProcess(["init", "--data", "air.tsv"], folder);
  expect(made.stdout).toContain(
    "time is column `year`, `month`, `day`, `hour` (likely): they are the parts of a date\n",
  );
  const text = readFileSync(join(folder, "air.yaml"), "utf8");
  expect(text).toContain("columns: { time: [year, month, day, hour], target: pm }");
  expect(text).toContain("calendar: [hourOfDay, dayOfWeek]");
  expect(await inProcess(["train", "--config", "air.yaml", "--dry-run"], folder)).toMatchObject({ code: 0 });

  const open = hours.map((_, at) => at).filter((at) => at % 7 < 5);
  const dates = open.map((at) => [new Date(Date.UTC(2024, 0, 1 + at)).toISOString().slice(0, 10), wave(at)]);
  file(folder, "stock.tsv", tsv("date\tclose", dates));
  await inProcess(["init", "--data", "stock.tsv"], folder);
  expect(readFileSync(join(folder, "stock.yaml"), "utf8")).toContain("season: 5, frequency: rows");
});

test("files whose first row names no columns train, evaluate and predict", async () => {
  const folder = temporaryFolder();
  file(folder, "bare.csv", opinions.map(([label, text]) => `${label},${text}\n`).join(""));
  const made = await inProcess(["init", "--data", "bare.csv"], folder);
  expect(made.stdout).toContain("label is column `column1`");
  expect(made.stdout).toMatch(
    /the first row looks like all others \(".*"\), so columns are called column1, column2 and so on/,
  );
  expect(readFileSync(join(folder, "bare.yaml"), "utf8")).toContain(
    "  header: false\n  columns: { text: column2, label: column1 }\n",
  );
  const trained = await inProcess(["train", "--config", "bare.yaml", "--out", "run", "--quiet"], folder);
  expect(trained).toMatchObject({ code: 0 });
  const { stdout } = await inProcess(["evaluate", "run", "--data", "bare.csv", "--json"], folder);
  expect(JSON.parse(stdout).metrics.data.accuracy).toBeGreaterThan(0.5);
  const predicted = await inProcess(["predict", "run", "--input", "bare.csv"], folder);
  expect(predicted.stdout.trimEnd().split("\n")).toHaveLength(opinions.length);
});

test("rows of nothing but numbers are steps in their order", async () => {
  const folder = temporaryFolder();
  file(folder, "rates.csv", Array.from({ length: 300 }, (_, at) => `${wave(at)},1.${at}\n`).join(""));
  const made = await inProcess(["init", "--data", "rates.csv"], folder);
  expect(made.stdout).toContain("no column holds times: each row is taken for a step, in the order of the file\n");
  const text = readFileSync(join(folder, "rates.yaml"), "utf8");
  expect(text).toContain("columns: { target: column1 }");
  expect(text).toContain("frequency: rows");
  expect(await inProcess(["train", "--config", "rates.yaml", "--dry-run"], folder)).toMatchObject({ code: 0 });
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
  ["two columns that could be labels", ["--data", "open.tsv"], "`colour`, `size` could hold the labels"],
  ["names alone", ["--data", "names.csv"], "no column holds times, such as 2026-01-31"],
  ["plain text for a task of labels", ["--data", "plain.txt", "--task", "sentiment"], "no column"],
  ["lines without their other side", ["--data", "lone.en"], "init does not know what to learn from such a file"],
  ["images", ["--data", "train-images-idx3-ubyte.gz"], "init does not know how to learn from images"],
  ["a list of recordings", ["--data", "sounds.tsv"], "`wav` names recordings or images, such as 1.wav"],
])("%s: one error that says what settles it, and nothing is written", async (_, args, message) => {
  const folder = temporaryFolder();
  file(folder, "own.tsv", tsv("label\ttext", opinions));
  const open = opinions.map(([, text], index) => [text, ["red", "blue"][index % 2]!, ["big", "small"][index % 2]!]);
  file(folder, "open.tsv", tsv("note\tcolour\tsize", open));
  file(folder, "names.csv", `month,who\n${opinions.map(([label], index) => `m${index},${label}`).join("\n")}\n`);
  file(
    folder,
    "sounds.tsv",
    tsv(
      "wav\tseconds",
      opinions.map((_row, index) => [`${index + 1}.wav`, String(index)]),
    ),
  );
  file(folder, "train-images-idx3-ubyte.gz", "");
  file(folder, "plain.txt", "once upon a time\n");
  file(folder, "lone.en", "once upon a time\n");
  const ended = await inProcess(["init", ...args, "--output", "new.yaml"], folder);
  expect(ended).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(message) });
  expect(() => readFileSync(join(folder, "new.yaml"))).toThrow("ENOENT");
});

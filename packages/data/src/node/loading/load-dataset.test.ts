import { mkdir, mkdtemp, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { hashText } from "@cellstate/files";
import { beforeEach, describe, expect, test } from "vitest";
import { dataConfig } from "../../config.ts";
import type { Fields } from "../../fields.ts";
import type { Columns, DataRecord } from "../../record.ts";
import { hashFile } from "../files/hash.ts";
import { loadDataset } from "./load-dataset.ts";
import { readFileRecords } from "./read-file-records.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "load-"));
});

async function put(path: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}

const labelled = { text: { kind: "text" }, label: { kind: "category", target: true } } as const satisfies Fields;
const pairs = { source: { kind: "text" }, target: { kind: "text", target: true } } as const satisfies Fields;

/** The dataset with all of its records in lists. */
async function load(section: Record<string, unknown>, fields: Fields = labelled, more: Record<string, string> = {}) {
  const context = { configDir: folder, datasetsDir: folder, env: { XDG_CACHE_HOME: folder, ...more } };
  const { train, evaluated, ...rest } = await loadDataset(dataConfig.parse(section), fields, context);
  const listed: DataRecord[] = [];
  for await (const record of train) listed.push(record);
  const splits: Record<string, readonly DataRecord[]> = { train: listed, ...evaluated };
  return { ...rest, splits };
}

const rows = (count: number) => Array.from({ length: count }, (_, i) => `${i % 2}\ttext ${i}\n`).join("");
const texts = (records: readonly DataRecord[] = []) => records.map(({ values }) => values.text);

async function putCard(name: string, files: Record<string, string | Buffer>, rest: string): Promise<void> {
  const listed: string[] = [];
  for (const [path, content] of Object.entries(files)) {
    await put(`${name}/${path}`, content);
    listed.push(`  - { path: ${path}, sha256: "${await hashFile(join(folder, name, path))}" }`);
  }
  const head = `formatVersion: 1\nname: ${name}\ntitle: T\ndescription: D\nlicense: CC0-1.0\nsource: S\n`;
  await put(`${name}/dataset.yaml`, `${head}files:\n${listed.join("\n")}\n${rest}`);
}

test("a running text keeps its empty lines, and the end by characters is held out", async () => {
  const running = { text: { kind: "text", running: true } } as const satisfies Fields;
  await put("book.txt", "one long line of a book\n\n  \nshort\nlast\n"); // 24, 1, 3, 6 and 5 characters
  const section = { train: "book.txt", devFraction: 0.15, testFraction: 0.15 };
  const { splits } = await load(section, running);
  expect(texts(splits.train)).toEqual(["one long line of a book", "", "  "]);
  expect([texts(splits.dev), texts(splits.test)]).toEqual([["short"], ["last"]]);
  await expect(load(section, { text: { kind: "text" } })).rejects.toThrow("empty text");
});

describe("own files", () => {
  test.each([
    [
      { columns: { txt: "text" } },
      "data.columns.txt: the task reads nothing called txt, only text, label; remove columns.txt",
    ],
    [
      { sourceColumn: "text" },
      "data.sourceColumn: the task reads nothing called source, only text, label; remove sourceColumn",
    ],
  ])("are refused where %j names a column for what is not read", async (section, message) => {
    await put("a.tsv", `label\ttext\n${rows(4)}`);
    await expect(load({ train: "a.tsv", ...section })).rejects.toThrow(message);
  });

  test("come with splits, hashes, columns, and each record with its file and line", async () => {
    await put("a.tsv", `label\ttext\n${rows(4)}`);
    await put("b.csv", "text,label\nhello,1\n");
    const dataset = await load({ train: "a.tsv", dev: "b.csv", test: "b.csv" });
    expect(dataset).toMatchObject({ name: "a", columns: { text: "text", label: "label" } });
    expect(Object.keys(dataset.splits)).toEqual(["train", "dev", "test"]);
    expect(dataset.splits.train?.[1]).toEqual({
      values: { text: "text 1", label: "1" },
      file: join(folder, "a.tsv"),
      line: 3,
    });
    expect(dataset.hashes).toEqual({
      "a.tsv": hashText(`label\ttext\n${rows(4)}`),
      "b.csv": hashText("text,label\nhello,1\n"),
    });
  });

  test("without a dev file a part of train is held out, decided by data.seed alone", async () => {
    await put("a.tsv", `label\ttext\n${rows(50)}`);
    const first = await load({ train: "a.tsv" });
    expect(first.splits.test).toBeUndefined();
    expect(texts(first.splits.dev).length).toBe(5);
    expect([...texts(first.splits.train), ...texts(first.splits.dev)].sort()).toEqual(
      Array.from({ length: 50 }, (_, i) => `text ${i}`).sort(),
    );
    expect(await load({ train: "a.tsv" })).toEqual(first);
    expect(texts((await load({ train: "a.tsv", seed: 1 })).splits.dev)).not.toEqual(texts(first.splits.dev));
    expect(texts((await load({ train: "a.tsv", devFraction: 0.5 })).splits.dev).length).toBe(25);
  });

  test("maxExamples draws from train, keeps file order and leaves dev alone", async () => {
    await put("a.tsv", `label\ttext\n${rows(50)}`);
    const whole = await load({ train: "a.tsv" });
    const small = await load({ train: "a.tsv", maxExamples: 7 });
    expect(small.splits.train?.length).toBe(7);
    expect(whole.splits.train).toEqual(expect.arrayContaining([...(small.splits.train ?? [])]));
    const lines = (small.splits.train ?? []).map(({ line }) => line);
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
    expect(small.splits.dev).toEqual(whole.splits.dev);
  });

  test("pairs are read from source and target columns", async () => {
    await put("p.jsonl", '{"source":"a","target":"b"}\n{"source":"c","target":"d"}\n');
    const { train } = (await load({ train: "p.jsonl", dev: "p.jsonl" }, pairs)).splits;
    expect(train?.[1]).toMatchObject({ values: { source: "c", target: "d" }, line: 2 });
    await put("q.tsv", "en\tde\nx\ty\nu\tv\n");
    const section = { train: "q.tsv", dev: "q.tsv" };
    const named = await load({ ...section, sourceColumn: "de", targetColumn: "en" }, pairs);
    expect(named.columns).toEqual({ source: "de", target: "en" });
    expect(named.splits.train?.[0]).toMatchObject({ values: { source: "y", target: "x" } });
    expect(await load({ ...section, columns: { source: "de" }, targetColumn: "en" }, pairs)).toEqual(named);
  });

  test("an empty text, a missing label and a missing column name file and line", async () => {
    await put("empty.tsv", "label\ttext\n1\ta\n0\t  \n");
    await expect(load({ train: "empty.tsv" })).rejects.toThrow(
      'empty.tsv:3: empty text in column "text"; fill it in or remove the row',
    );
    await put("label.tsv", "label\ttext\n\ta\n");
    await expect(load({ train: "label.tsv" })).rejects.toThrow('label.tsv:2: empty label in column "label"');
    await put("column.tsv", "label\ttext\n1\ta\n");
    await expect(load({ train: "column.tsv", textColumn: "body" })).rejects.toThrow(
      'column.tsv:2: no value in column "body"; columns here: label, text; add the value, or name the column with data.columns.text',
    );
    await put("gap.jsonl", '{"text":"a","label":"x"}\n{"text":"b"}\n');
    await expect(load({ train: "gap.jsonl" })).rejects.toThrow('gap.jsonl:2: no value in column "label"');
  });

  test("unknown columns, a missing file and a file too short to split say what to do", async () => {
    await put("odd.tsv", "a\tb\n1\t2\n");
    await expect(load({ train: "odd.tsv" })).rejects.toThrow(
      "odd.tsv has the columns a, b; say which to use with data.columns, such as columns: { text: a, label: a }",
    );
    await expect(load({ train: "none.tsv" })).rejects.toThrow(
      /^data\.train: .*none\.tsv: no such file; paths in a config start from its folder/,
    );
    await put("one.tsv", "label\ttext\n1\ta\n");
    await expect(load({ train: "one.tsv" })).rejects.toThrow(
      "data.train: one.tsv has 1 row, too few to hold out a dev set",
    );
  });

  test("one file alone is read with given columns, also where it has no labels", async () => {
    await put("a.tsv", "label\ttext\n1\ta\n\t \n");
    const path = join(folder, "a.tsv");
    const read = async (purpose: "evaluate" | "predict", columns: Columns = { text: "text", label: "label" }) => {
      const records: DataRecord[] = [];
      const reading = { fields: labelled, columns, purpose };
      for await (const record of readFileRecords(path, reading)) records.push(record);
      return records;
    };
    expect(await read("predict")).toEqual([
      { values: { text: "a", label: "1" }, file: path, line: 2 },
      { values: { text: " ", label: undefined }, file: path, line: 3 },
    ]);
    await expect(read("evaluate")).rejects.toThrow('a.tsv:3: empty text in column "text"');
    await expect(read("evaluate", { text: "review", label: "label" })).rejects.toThrow(
      'a.tsv:2: no value in column "review"; columns here: label, text; add the value, or call the column so',
    );
    expect(await read("predict", { text: "text" })).toHaveLength(2);
    await expect(read("predict", { label: "label" })).rejects.toThrow("data.columns: no column is named for text");
    await expect(read("evaluate", {})).rejects.toThrow("data.columns: no column is named for text and label");
  });
});

describe("datasets with a card", () => {
  const format = "format: tsv\ncolumns: { text: text, label: label }\n";

  test("labels get their names, extra splits come along, dev can be the end of train", async () => {
    await putCard(
      "tiny",
      { "train.tsv": `label\ttext\n${rows(20)}`, "extra.tsv": "label\ttext\tpair\n1\tx\tp\n" },
      `${format}labels: { "0": bad, "1": good }\nsplits:\n  train: train.tsv\n  dev: { fractionOf: train, fraction: 0.1, from: end }\n  contrast: extra.tsv\n`,
    );
    const { name, splits, hashes } = await load({ dataset: "tiny" });
    expect(name).toBe("tiny");
    expect(Object.keys(splits)).toEqual(["train", "dev", "contrast"]);
    expect(texts(splits.dev)).toEqual(["text 18", "text 19"]);
    expect(splits.contrast).toMatchObject([{ values: { text: "x", label: "good" } }]);
    expect(Object.keys(hashes)).toEqual(["train.tsv", "extra.tsv"]);
    expect(texts((await load({ dataset: "./tiny", devFraction: 0.5 })).splits.dev).length).toBe(10);
  });

  test("a label that the card does not list names file and line; another label column is free of the list", async () => {
    const file = "label\ttopic\ttext\n1\tfilm\ta\n2\tbook\tb\n";
    await putCard("odd", { "t.tsv": file }, `${format}labels: { "1": good }\nsplits: { train: t.tsv, dev: t.tsv }\n`);
    await expect(load({ dataset: "odd" })).rejects.toThrow('t.tsv:3: unknown label "2"; the card lists 1');
    const topics = await load({ dataset: "odd", labelColumn: "topic" });
    expect(topics.splits.train).toMatchObject([{ values: { label: "film" } }, { values: { label: "book" } }]);
    await expect(load({ dataset: "odd", devFraction: 0.2 })).rejects.toThrow(
      "data.devFraction: odd has a dev split of its own",
    );
    await expect(load({ dataset: "odd", sourceColumn: "text" }, pairs)).rejects.toThrow(
      "data.columns: the card of odd does not say which column holds target, only text (column text), label (column label); name it, such as columns: { target: ... }",
    );
  });

  test("parallel files are read in any direction, and only those that are needed", async () => {
    const files = {
      "t.en.gz": gzipSync("one\ntwo\n"),
      "t.de.gz": gzipSync("eins\nzwei\n"),
      "t.fr.gz": gzipSync("un\ndeux\n"),
    };
    const sides = "{ en: t.en.gz, de: t.de.gz, fr: t.fr.gz }";
    await putCard(
      "words",
      files,
      `format: lines\ncolumns: { source: en, target: de }\nsplits:\n  train: ${sides}\n  dev: ${sides}\n`,
    );
    const forward = await load({ dataset: "words" }, pairs);
    expect(forward.splits.train?.[1]).toEqual({
      values: { source: "two", target: "zwei" },
      file: join(folder, "words/t.en.gz"),
      line: 2,
    });
    expect(Object.keys(forward.hashes)).toEqual(["t.en.gz", "t.de.gz"]);
    const other = await load({ dataset: "words", sourceColumn: "fr", targetColumn: "en" }, pairs);
    expect(other.splits.train?.[0]).toMatchObject({ values: { source: "un", target: "one" } });
    await expect(load({ dataset: "words", targetColumn: "es" }, pairs)).rejects.toThrow(
      'data.columns.target: the split train has no column "es"; it has en, de, fr',
    );
    await put("words/t.de.gz", gzipSync("eins\n"));
    await expect(load({ dataset: "words" }, pairs)).rejects.toThrow(
      /t\.de\.gz: sha256 does not match its dataset card/,
    );
  });

  test("a split may be some rows of a file, which several cards may find in one folder of a mirror", async () => {
    const file = `label\ttext\n${Array.from({ length: 9 }, (_, row) => `a\tt${row + 1}\n`).join("")}`;
    const rows = (last: number) =>
      `${format}mirror: shared\nsplits:\n  train: { file: t.tsv, rows: [2, 4] }\n  dev: { file: t.tsv, rows: [5, 5] }\n  test: { file: t.tsv, rows: [7, ${last}] }\n`;
    await putCard("parts", { "t.tsv": file }, rows(9));
    await mkdir(join(folder, "mirror/shared"), { recursive: true });
    await rename(join(folder, "parts/t.tsv"), join(folder, "mirror/shared/t.tsv"));
    const mirrored = { CELLSTATE_DATASETS: join(folder, "mirror") };
    const { splits } = await load({ dataset: "parts" }, undefined, mirrored);
    expect(Object.values(splits).map(texts)).toEqual([["t2", "t3", "t4"], ["t5"], ["t7", "t8", "t9"]]);
    expect(splits.test?.[0]).toMatchObject({ line: 8 });
    await putCard("parts", { "t.tsv": file }, rows(10));
    await expect(load({ dataset: "parts" })).rejects.toThrow("t.tsv: has 9 rows, and the split needs row 10");
    await putCard("parts", { "t.tsv": file }, rows(6));
    await expect(load({ dataset: "parts" })).rejects.toThrow("the first row comes after the last; swap them");
  });

  test("generated data depend on data.seed only", async () => {
    await put(
      "when/dataset.yaml",
      "formatVersion: 1\nname: when\ntitle: T\ndescription: D\nlicense: CC0-1.0\nsource: S\ngenerator:\n  name: dates\n  sizes: { train: 20, dev: 5, test: 5 }\n",
    );
    const first = await load({ dataset: "when" }, pairs);
    expect(Object.keys(first.splits)).toEqual(["train", "dev", "test"]);
    expect(await load({ dataset: "when" }, pairs)).toEqual(first);
    expect((await load({ dataset: "when", seed: 1 }, pairs)).hashes).not.toEqual(first.hashes);
    await expect(load({ dataset: "when", sourceColumn: "x" }, pairs)).rejects.toThrow(
      "data.sourceColumn: does not apply to when",
    );
    await expect(load({ dataset: "when" })).rejects.toThrow(
      "data.dataset: when is generated with source and target, and this task reads text and label",
    );
  });
});

test("a data section that contradicts itself names the key", () => {
  const messages = (section: Record<string, unknown>) =>
    dataConfig.safeParse(section).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  expect(messages({})).toEqual(["dataset: name a dataset (dataset: reviews) or an own file (train: my.tsv)"]);
  expect(messages({ dataset: "a", test: "b.tsv" })).toEqual(["test: the dataset a brings its own splits; remove one"]);
  expect(messages({ train: "a.tsv", dev: "b.tsv", devFraction: 0.1 })?.[0]).toMatch(
    /^devFraction: a dev file is given/,
  );
  expect(messages({ train: "a.tsv", textColumn: "x", columns: { text: "y" } })).toEqual([
    "textColumn: columns names the column of text too; remove one",
  ]);
  expect(messages({ train: "a.tsv", devFraction: 0.5, testFraction: 0.5 })?.[0]).toMatch(
    /^testFraction: devFraction and testFraction together leave nothing to train on/,
  );
  expect(messages({ datset: "a" })?.[0]).toContain("datset");
  expect(dataConfig.parse({ dataset: "a" })).toEqual({ dataset: "a", seed: 0 });
});

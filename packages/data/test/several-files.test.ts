/** Several files and several columns, seen from the `data` section: lists, parallel lines without a card, joined texts. */
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import { dataConfig } from "../src/config.ts";
import { DataConfigError, DataFileError } from "../src/index.ts";
import { hashFile, readFileRecords } from "../src/node/index.ts";
import { labelled, listed, load, newFolder, put, valuesOf } from "./own-data.ts";

let folder: string;
beforeEach(async () => {
  folder = await newFolder();
});

const pairs = { source: { kind: "text" }, target: { kind: "text", target: true } } as const;

describe("a list of files", () => {
  beforeEach(async () => {
    await put(folder, "a.tsv", "label\ttext\n1\tone\n0\ttwo\n");
    await put(folder, "b.csv", "text,label\nthree,1\n");
    await put(folder, "c.jsonl.gz", gzipSync('{"text":"four","label":0}\n'));
  });

  test("is read in its order, each record with its file and line, each file with its hash", async () => {
    const files = ["a.tsv", "b.csv", "c.jsonl.gz"];
    const { name, hashes, train, evaluated } = await load(folder, { train: files, dev: ["b.csv"], test: "a.tsv" });
    expect(name).toBe("a");
    expect(await valuesOf(train, "text")).toEqual(["one", "two", "three", "four"]);
    expect(await valuesOf(train, "label")).toEqual(["1", "0", "1", "0"]);
    expect((await listed(train)).map(({ file, line }) => [file, line])).toEqual([
      [`${folder}/a.tsv`, 2],
      [`${folder}/a.tsv`, 3],
      [`${folder}/b.csv`, 2],
      [`${folder}/c.jsonl.gz`, 1],
    ]);
    expect(evaluated.dev).toHaveLength(1);
    for (const file of files) expect(hashes[file]).toBe(await hashFile(`${folder}/${file}`));
    const onDisk = await load(folder, { train: files, dev: "b.csv", shuffleBuffer: 2 });
    expect(await listed(onDisk.train)).toEqual(await listed(train));
  });

  test("names the file and the line that do not fit", async () => {
    await put(folder, "bad.tsv", "text\tstars\nfive\t3\n");
    const failure = load(folder, { train: ["a.tsv", "bad.tsv"], dev: "a.tsv" });
    await expect(failure).rejects.toThrow(DataFileError);
    await expect(failure).rejects.toThrow('bad.tsv:2: no value in column "label"; columns here: text, stars');
    await expect(load(folder, { train: ["a.tsv", "none.tsv"], dev: "a.tsv" })).rejects.toThrow(
      "none.tsv: no such file",
    );
  });

  test("is refused where it is empty or names a file twice", () => {
    const messages = (section: object) =>
      dataConfig.safeParse(section).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    expect(messages({ train: ["a.tsv", "b.tsv", "a.tsv"] })).toEqual(["train: names a.tsv twice; remove one"]);
    expect(messages({ train: "a.tsv", dev: [] })?.[0]).toBe("dev: name at least one file");
    expect(messages({ train: 5 })?.[0]).toMatch(
      /^train: expected a file, a list of files \(\[a.tsv, b.tsv\]\), or a plain/,
    );
  });
});

describe("plain text files for each column", () => {
  beforeEach(async () => {
    await put(folder, "train.en", "one\ntwo\nthree\n");
    await put(folder, "train.de.gz", gzipSync("eins\nzwei\ndrei\n"));
  });

  test("are read line by line side by side, called by role or by columns", async () => {
    const section = { train: { source: "train.en", target: "train.de.gz" } };
    const { name, columns, hashes, train, evaluated } = await load(folder, section, pairs);
    expect({ name, columns }).toEqual({ name: "train", columns: { source: "source", target: "target" } });
    expect(Object.keys(hashes)).toEqual(["train.en", "train.de.gz"]);
    const both = [...(await listed(train)), ...(evaluated.dev ?? [])];
    expect(both.map(({ values }) => `${values.source} ${values.target}`).sort()).toEqual([
      "one eins",
      "three drei",
      "two zwei",
    ]);
    const files = { en: "train.en", de: "train.de.gz" };
    const other = await load(folder, { train: files, dev: files, columns: { source: "de", target: "en" } }, pairs);
    expect((await listed(other.train))[1]).toEqual({
      values: { source: "zwei", target: "two" },
      file: `${folder}/train.de.gz`,
      line: 2,
    });
  });

  test("hold labels, too, and join with files of other kinds", async () => {
    await put(folder, "labels", "1\n0\n1\n");
    await put(folder, "dev.csv", "text,label\nx,1\n");
    const { train } = await load(folder, { train: { text: "train.en", label: "labels" }, dev: "dev.csv" });
    expect(await valuesOf(train, "label")).toEqual(["1", "0", "1"]);
  });

  test("need the same number of lines, and a file for each column", async () => {
    await put(folder, "short.de", "eins\nzwei\n");
    const short = { source: "train.en", target: "short.de" };
    await expect(load(folder, { train: short }, pairs)).rejects.toThrow(
      /short\.de: ends after 2 lines, but .*train\.en goes on/,
    );
    await expect(load(folder, { train: { source: "train.en", tgt: "short.de" } }, pairs)).rejects.toThrow(
      "train.en, short.de has the columns source, tgt; say which to use with data.columns, such as columns: { target: source }",
    );
    const whole = { source: "train.en", target: "train.de.gz" };
    const failure = load(folder, { train: whole, dev: { source: "train.en" } }, pairs);
    await expect(failure).rejects.toThrow(DataConfigError);
    await expect(failure).rejects.toThrow('data.dev: no file for the column "target", only for source; add it');
    await put(folder, "gap.de", "eins\n\ndrei\n");
    await expect(load(folder, { train: { ...whole, target: "gap.de" } }, pairs)).rejects.toThrow(
      'gap.de:2: empty target in column "target"',
    );
  });
});

describe("several columns of one text", () => {
  const columns = { text: ["title", "body"], label: "label" };

  test.each(["a.csv", "a.jsonl"])("are joined by a blank, without those that are empty: %s", async (train) => {
    await put(folder, "a.csv", 'label,body,title\n1,"fine, really",Good\n0,bad,\n');
    await put(
      folder,
      "a.jsonl",
      '{"label":1,"title":"Good","body":"fine, really"}\n{"label":0,"title":null,"body":"bad"}\n',
    );
    const dataset = await load(folder, { train, dev: train, columns });
    expect(dataset.columns).toEqual(columns);
    expect(await valuesOf(dataset.train, "text")).toEqual(["Good fine, really", "bad"]);
    expect(await load(folder, { train, dev: train, textColumn: ["title", "body"] })).toEqual(dataset);
  });

  test("name what is missing, empty or no text", async () => {
    await put(folder, "missing.tsv", "label\ttitle\n1\tx\n");
    await expect(load(folder, { train: "missing.tsv", columns })).rejects.toThrow(
      'missing.tsv:2: no value in column "body"; columns here: label, title',
    );
    await put(folder, "empty.tsv", "label\ttitle\tbody\n1\t \t\n");
    await expect(load(folder, { train: "empty.tsv", columns })).rejects.toThrow(
      'empty.tsv:2: empty text in columns "title" and "body"; fill it in or remove the row',
    );
    await put(folder, "list.jsonl", '{"label":1,"title":"x","body":["y"]}\n');
    await expect(load(folder, { train: "list.jsonl", columns })).rejects.toThrow(
      'list.jsonl:1: text in columns "title" and "body": expected a text, got a list',
    );
  });

  test("are for texts alone", async () => {
    await put(folder, "a.tsv", "label\tstars\ttext\n1\t5\tx\n");
    const failure = load(folder, { train: "a.tsv", labelColumn: ["label", "stars"] });
    await expect(failure).rejects.toThrow(DataConfigError);
    await expect(failure).rejects.toThrow(
      "data.labelColumn: only texts are joined of several columns, and label is none",
    );
  });

  test("are joined in a file to predict, where plain text holds them joined", async () => {
    const read = async (file: string) =>
      valuesOf(
        await listed(readFileRecords(`${folder}/${file}`, { fields: labelled, columns, purpose: "predict" })),
        "text",
      );
    await put(folder, "a.tsv", "title\tbody\nGood\tfine\n\tbad\n");
    await put(folder, "a.txt", "Good fine\nbad\n");
    expect(await read("a.tsv")).toEqual(["Good fine", "bad"]);
    expect(await read("a.txt")).toEqual(["Good fine", "bad"]);
  });
});

describe("plain text with tabs", () => {
  test("is taken for a .tsv file where columns are missing", async () => {
    await put(folder, "a.txt", "label\ttext\n1\tx\n");
    await expect(load(folder, { train: "a.txt" })).rejects.toThrow(
      "data.train: a.txt is plain text, which has no label; the line has tabs: did you mean .tsv, with the names of the columns on the first line?",
    );
    const reading = { fields: labelled, columns: { text: "text", label: "label" }, purpose: "evaluate" } as const;
    await expect(listed(readFileRecords(`${folder}/a.txt`, reading))).rejects.toThrow(
      "a.txt:1: plain text has one value a line and no label; the line has tabs: did you mean .tsv",
    );
    await put(folder, "b.txt", "fine\n");
    await expect(load(folder, { train: "b.txt" })).rejects.toThrow(
      "data.train: b.txt is plain text, which has no label; give a .tsv, .csv or .jsonl file, or a plain text file for each",
    );
    await expect(listed(readFileRecords(`${folder}/b.txt`, reading))).rejects.toThrow(
      "b.txt:1: plain text has one value a line and no label; give a .tsv, .csv or .jsonl file with label, too",
    );
  });

  test("is text where nothing is missing", async () => {
    await put(folder, "code.txt", "\treturn 1;\n\treturn 2;\n");
    const { train } = await load(folder, { train: "code.txt", dev: "code.txt" }, { text: { kind: "text" } });
    expect(await valuesOf(train, "text")).toEqual(["\treturn 1;", "\treturn 2;"]);
  });
});

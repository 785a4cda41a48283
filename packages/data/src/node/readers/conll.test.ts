import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { labelled, load, newFolder, put, valuesOf } from "../../../test/own-data.ts";
import type { Fields } from "../../fields.ts";
import { readFileRecords } from "../loading/read-file-records.ts";
import { readRecords } from "./read-records.ts";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});

async function read(name: string, content: string | Uint8Array) {
  await put(folder, name, content);
  const records = [];
  for await (const record of readRecords(`${folder}/${name}`)) records.push(record);
  return records;
}

const row = (id: string, form: string, upos: string) =>
  [id, form, form.toLowerCase(), upos, "_", "_", "_", "_", "_", "_"].join("\t");

describe("CoNLL-U", () => {
  const text = [
    "# text = I don't\r",
    `${row("1", "I", "PRON")}\r`,
    row("2-3", "don't", "_"),
    row("2", "do", "AUX"),
    row("3", "n't", "PART"),
    row("3.1", "know", "VERB"),
    "",
    "",
    "# sent_id = 2",
    row("1", "Yes", "INTJ"),
  ].join("\n");

  test("has a record for each sentence, of its words without multiword tokens and empty nodes", async () => {
    for (const [name, content] of [
      ["a.conllu", text],
      ["b.conllu.gz", gzipSync(text)],
    ] as const) {
      const records = await read(name, content);
      expect(records.map(({ record, line }) => [record.form, record.upos, line])).toEqual([
        [["I", "do", "n't"], ["PRON", "AUX", "PART"], 2],
        [["Yes"], ["INTJ"], 10],
      ]);
    }
  });

  test("names the line that has not ten columns, and an id that is none", async () => {
    await expect(read("c.conllu", `${row("1", "I", "PRON")}\n2\tdo\n`)).rejects.toThrow(
      "c.conllu:2: expected the ten columns of CoNLL-U, got 2; mend the line",
    );
    await expect(read("d.conllu", `${row("x", "I", "PRON")}\n`)).rejects.toThrow(
      'd.conllu:1: expected the number of a word such as 3, 3-4 or 3.1, got "x"',
    );
  });
});

describe("words with columns beside them", () => {
  test("are sentences between empty lines and -DOCSTART-, with tabs or blanks between columns", async () => {
    const conll = "-DOCSTART- -X- O O\n\nAda NNP I-NP I-PER\nsaw  VBD I-VP O\n\n\n-DOCSTART- -X- O O\nNo DT O O\n";
    const records = await read("a.conll", conll);
    expect(records.map(({ record, line }) => [record.tokens, record.tags, record.column2, line])).toEqual([
      [["Ada", "saw"], ["I-PER", "O"], ["NNP", "VBD"], 3],
      [["No"], ["O"], ["DT"], 8],
    ]);
    const [tabs] = await read("b.iob2", "New York\tB-LOC\nfell\tO\n");
    expect(tabs!.record).toMatchObject({ tokens: ["New York", "fell"], tags: ["B-LOC", "O"] });
  });

  test("name the line with another number of columns", async () => {
    await expect(read("c.conll", "Ada I-PER\nsaw\n")).rejects.toThrow(
      "c.conll:2: expected 2 columns, as in the lines before, got 1; mend the line (an empty line ends a sentence)",
    );
    await expect(read("d.conll", "Ada\tI-PER\nsaw\t\n")).rejects.toThrow("got one that is empty");
  });
});

describe("a data section", () => {
  const fields = {
    text: { kind: "words", aliases: ["tokens", "form"] },
    tags: { kind: "tokens", target: true, optional: true, aliases: ["upos"] },
    spans: { kind: "spans", target: true, optional: true },
  } as const satisfies Fields;

  test("finds the columns of words and tags by their usual names, or by those that it gives", async () => {
    await put(folder, "x.conllu", `${row("1", "Yes", "INTJ")}\n\n${row("1", "No", "INTJ")}\n`);
    const { train } = await load(folder, { train: "x.conllu", devFraction: 0.5 }, fields);
    expect(await valuesOf(train, "tags")).toEqual([["INTJ"]]);
    const named = await load(folder, { train: "x.conllu", dev: "x.conllu", columns: { tags: "form" } }, fields);
    expect(await valuesOf(named.train, "tags")).toEqual([["Yes"], ["No"]]);
  });

  test("says how files of other names are laid out", async () => {
    await put(folder, "eng.train", "Ada I-PER\n\nNo O\n");
    const section = { train: "eng.train", dev: "eng.train", format: "conll" };
    const { train } = await load(folder, section, fields);
    expect(await valuesOf(train, "text")).toEqual([["Ada"], ["No"]]);
    await expect(load(folder, { train: "eng.train", dev: "eng.train" }, labelled)).rejects.toThrow(
      "the name does not tell the format",
    );
  });

  test("reads spans as objects or lists of three, none as an empty list, and names one that is none", async () => {
    const span = { start: 0, end: 3, label: "PER" };
    await put(
      folder,
      "s.jsonl",
      `${JSON.stringify({ text: "Ada", spans: [span] })}\n{"text":"b","spans":[[0,1,"X"]]}\n{"text":"c","spans":[]}\n`,
    );
    const { train } = await load(folder, { train: "s.jsonl", dev: "s.jsonl" }, fields);
    expect(await valuesOf(train, "spans")).toEqual([[span], [{ start: 0, end: 1, label: "X" }], []]);
    await put(folder, "t.jsonl", '{"text":"b","spans":[{"start":-1,"end":2,"label":"X"}]}\n');
    await expect(load(folder, { train: "t.jsonl", dev: "t.jsonl" }, fields)).rejects.toThrow(
      't.jsonl:1: spans in column "spans": span 1: expected start and end, whole numbers of at least 0, and a name as label',
    );
  });

  test("of a model lets later files call the words as usual", async () => {
    await put(folder, "in.jsonl", '{"tokens":["Ada","saw"]}\n{"form":["b"]}\n{"text":"raw text"}\n');
    const reading = { fields, columns: { text: "words" }, purpose: "predict" } as const;
    const found = [];
    for await (const { values } of readFileRecords(`${folder}/in.jsonl`, reading)) found.push(values.text);
    expect(found).toEqual([["Ada", "saw"], ["b"], "raw text"]);
  });
});

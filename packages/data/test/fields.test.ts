/** Fields of every kind, seen from the `data` section: which column holds them, what each format says, and what goes wrong. */
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import { DataConfigError, DataFileError, type Fields } from "../src/index.ts";
import { readFileRecords } from "../src/node/index.ts";
import { labelled, listed, load, newFolder, put, valuesOf } from "./own-data.ts";

let folder: string;
beforeEach(async () => {
  folder = await newFolder();
});

const series = {
  past: { kind: "numbers" },
  weekday: { kind: "category", optional: true },
  next: { kind: "number", target: true },
} as const satisfies Fields;
const tagged = { words: { kind: "tokens" }, tags: { kind: "tokens", target: true } } as const satisfies Fields;
const picture = { image: { kind: "bytes" }, label: { kind: "category", target: true } } as const satisfies Fields;

const lines = (...rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

describe("values", () => {
  test("of numbers are lists in JSONL, and texts with blanks or commas elsewhere", async () => {
    await put(folder, "a.jsonl", lines({ past: [1, 2.5, -3], next: 4 }, { past: ["5"], next: "6e1" }));
    await put(folder, "b.tsv", "past\tnext\n1 2.5 -3\t4\n5\t6e1\n");
    await put(folder, "c.csv", 'past,next\n"1, 2.5, -3",4\n5,6e1\n');
    for (const train of ["a.jsonl", "b.tsv", "c.csv"]) {
      const dataset = await load(folder, { train, dev: train }, series);
      expect(await valuesOf(dataset.train, "past")).toEqual([[1, 2.5, -3], [5]]);
      expect(await valuesOf(dataset.train, "next")).toEqual([4, 60]);
    }
  });

  test("of labels are the same three in CSV and in JSONL, however large the numbers that name them", async () => {
    const names = ["15793596808644608", "15793596808644609", "15793596808644610", "1", "1.0", "1e3", "true"];
    await put(folder, "a.csv", `text,label\n${names.map((name) => `x,${name}\n`).join("")}`);
    await put(folder, "a.jsonl", names.map((name) => `{"text":"x","label":${name}}\n`).join(""));
    for (const train of ["a.csv", "a.jsonl"]) {
      expect(await valuesOf((await load(folder, { train, dev: train })).train, "label")).toEqual(names);
    }
  });

  test.each(["0x10", "1_000", "Infinity", "NaN", "1e999", "", "1 2"])("of one number refuse %j", async (next) => {
    await put(folder, "a.jsonl", lines({ past: [1], next: 1 }, { past: [1], next }));
    await expect(load(folder, { train: "a.jsonl", dev: "a.jsonl" }, series)).rejects.toThrow(/a\.jsonl:2: .*next/);
  });

  test("of tokens are lists in JSONL, which may hold blanks, and words elsewhere", async () => {
    await put(folder, "a.jsonl", lines({ words: ["New York", "is", 3], tags: ["LOC", "O", "O"] }));
    await put(folder, "b.tsv", "words\ttags\nYork  is\tLOC O\n");
    const first = await load(folder, { train: "a.jsonl", dev: "b.tsv" }, tagged);
    expect(await valuesOf(first.train, "words")).toEqual([["New York", "is", "3"]]);
    expect(first.evaluated.dev?.[0]?.values).toEqual({ words: ["York", "is"], tags: ["LOC", "O"] });
  });

  test("of bytes are base64 in every format", async () => {
    await put(folder, "a.jsonl", lines({ image: "AAH/", label: "x" }));
    await put(folder, "b.tsv", "image\tlabel\nAAH/\tx\n");
    const { train, evaluated } = await load(folder, { train: "a.jsonl", dev: "b.tsv" }, picture);
    expect(await listed(train)).toMatchObject([{ values: { image: Uint8Array.of(0, 1, 255), label: "x" } }]);
    expect(evaluated.dev).toMatchObject([{ values: { image: Uint8Array.of(0, 1, 255) } }]);
  });

  test("come from packed files, too", async () => {
    await put(folder, "a.jsonl.gz", gzipSync(lines({ past: [1, 2], next: 3 })));
    const { name, train } = await load(folder, { train: "a.jsonl.gz", dev: "a.jsonl.gz" }, series);
    expect(name).toBe("a");
    expect(await listed(train)).toMatchObject([{ values: { past: [1, 2], next: 3 }, line: 1 }]);
  });

  test("of optional roles may be missing: as a column, in a row, or blank", async () => {
    await put(folder, "none.tsv", "past\tnext\n1\t2\n");
    await put(folder, "some.jsonl", lines({ past: [1], next: 2 }, { past: [1], weekday: "Monday", next: 2 }));
    await put(folder, "blank.tsv", "past\tweekday\tnext\n1\t \t2\n");
    const none = await load(folder, { train: "none.tsv", dev: "none.tsv" }, series);
    expect(await listed(none.train)).toMatchObject([{ values: { past: [1], next: 2 } }]);
    const some = await load(folder, { train: "some.jsonl", dev: "blank.tsv" }, series);
    expect(await valuesOf(some.train, "weekday")).toEqual([undefined, "Monday"]);
    expect(await valuesOf(some.evaluated.dev, "weekday")).toEqual([undefined]);
  });
});

describe("columns", () => {
  test("are named by role, or called like their role", async () => {
    await put(folder, "a.tsv", "review\tlabel\tstars\nfine\tx\t5\n");
    const { columns, train } = await load(folder, { train: "a.tsv", dev: "a.tsv", columns: { text: "review" } });
    expect(columns).toEqual({ text: "review", label: "label" });
    expect(await listed(train)).toMatchObject([{ values: { text: "fine", label: "x" } }]);
    const other = { text: "review", label: "stars" };
    const named = await load(folder, { train: "a.tsv", dev: "a.tsv", columns: other });
    expect(await valuesOf(named.train, "label")).toEqual(["5"]);
    expect(await load(folder, { train: "a.tsv", dev: "a.tsv", textColumn: "review", labelColumn: "stars" })).toEqual(
      named,
    );
  });

  test("that no role has are told with all that there are", async () => {
    await put(folder, "a.jsonl", lines({ values: [1, 2], next: 3 }));
    const failure = load(folder, { train: "a.jsonl" }, series);
    await expect(failure).rejects.toThrow(DataConfigError);
    await expect(failure).rejects.toThrow(
      "a.jsonl has the columns values, next; say which to use with data.columns, such as columns: { past: values }",
    );
  });
});

describe("a value that does not fit names file, line, role and column", () => {
  test.each<{ what: string; row: object; fields: Fields; problem: string }>([
    {
      what: "a word among numbers",
      row: { past: "1 two", next: 3 },
      fields: series,
      problem: 'a.jsonl:2: past in column "past": expected a finite number, got "two"',
    },
    {
      what: "a list for one number",
      row: { past: [1], next: [3] },
      fields: series,
      problem: 'a.jsonl:2: next in column "next": expected one number, got a list',
    },
    {
      what: "a list for a name",
      row: { past: [1], next: 3, weekday: ["Monday"] },
      fields: series,
      problem: 'a.jsonl:2: weekday in column "weekday": expected a name, got a list',
    },
    {
      what: "no list at all",
      row: { past: [], next: 3 },
      fields: series,
      problem: 'a.jsonl:2: empty past in column "past"; fill it in or remove the row',
    },
    {
      what: "a list of lists",
      row: { past: [[1], [2]], next: 3 },
      fields: series,
      problem: 'a.jsonl:2: no value in column "past"; columns here: next',
    },
    {
      what: "a missing target",
      row: { past: [1], next: null },
      fields: series,
      problem: 'a.jsonl:2: empty next in column "next"; fill it in or remove the row',
    },
    {
      what: "a target without a key",
      row: { past: [1] },
      fields: series,
      problem: 'a.jsonl:2: no value in column "next"; columns here: past; add the value',
    },
    {
      what: "what is no base64",
      row: { image: "a picture!", label: "x" },
      fields: picture,
      problem: 'a.jsonl:2: image in column "image": expected base64, got other characters',
    },
    {
      what: "a list for a text",
      row: { text: ["a", "b"], label: "x" },
      fields: labelled,
      problem: 'a.jsonl:2: text in column "text": expected a text, got a list',
    },
  ])("$what", async ({ row, fields, problem }) => {
    const good = { past: [1], next: 2, image: "AAH/", text: "a", label: "x" };
    await put(folder, "a.jsonl", lines(good, row));
    const failure = load(folder, { train: "a.jsonl", dev: "a.jsonl" }, fields);
    await expect(failure).rejects.toThrow(DataFileError);
    await expect(failure).rejects.toThrow(problem);
  });
});

describe("a file to predict", () => {
  const read = (file: string, fields: Fields, columns: Record<string, string>) =>
    listed(readFileRecords(`${folder}/${file}`, { fields, columns, purpose: "predict" }));

  test("needs no targets, not even their column", async () => {
    await put(folder, "a.jsonl", lines({ past: [1, 2] }, { past: [3], next: 4 }));
    const records = await read("a.jsonl", series, { past: "past", next: "next" });
    expect(records.map(({ values }) => values)).toEqual([
      { past: [1, 2], next: undefined },
      { past: [3], next: 4 },
    ]);
  });

  test("may have blank texts, but no other blanks that mean nothing", async () => {
    await put(folder, "a.tsv", "text\tcount\n \t1\n");
    expect(await read("a.tsv", labelled, { text: "text" })).toMatchObject([{ values: { text: " " } }]);
    await put(folder, "b.tsv", "count\tother\n \t1\n");
    await expect(read("b.tsv", { count: { kind: "number" } }, { count: "count" })).rejects.toThrow(
      'b.tsv:2: count in column "count": expected a finite number, got " "',
    );
  });

  test("of plain lines holds the first input on each", async () => {
    await put(folder, "a.txt", "1 2 3\n4,5\n");
    expect(await read("a.txt", series, { past: "values", next: "next" })).toMatchObject([
      { values: { past: [1, 2, 3] }, line: 1 },
      { values: { past: [4, 5] }, line: 2 },
    ]);
  });

  test("with a wrong value in a target names it", async () => {
    await put(folder, "a.jsonl", lines({ past: [1], next: "soon" }));
    await expect(read("a.jsonl", series, { past: "past", next: "next" })).rejects.toThrow(
      'a.jsonl:1: next in column "next": expected a finite number, got "soon"',
    );
  });
});

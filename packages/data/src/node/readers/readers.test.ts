import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { readParallelLines } from "./plain-lines.ts";
import { type ReadOptions, readRecords } from "./read-records.ts";
import type { SourceRecord } from "./row.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "readers-"));
});

async function all(records: AsyncIterable<SourceRecord>): Promise<SourceRecord[]> {
  const list: SourceRecord[] = [];
  for await (const record of records) list.push(record);
  return list;
}

async function read(name: string, content: string | Buffer, options?: ReadOptions): Promise<SourceRecord[]> {
  const path = join(folder, name);
  await writeFile(path, content);
  return all(readRecords(path, options));
}

describe("TSV", () => {
  test("rows come with their line, quotes and markup are just text", async () => {
    expect(await read("a.tsv", 'label\ttext\r\n1\t"quoted <b>x</b>\r\n\n0\tplain')).toEqual([
      { record: { label: "1", text: '"quoted <b>x</b>' }, line: 2 },
      { record: { label: "0", text: "plain" }, line: 4 },
    ]);
  });

  test("a byte-order mark is no part of the first column", async () => {
    expect(await read("bom.tsv", "\uFEFFtext\nx\n")).toEqual([{ record: { text: "x" }, line: 2 }]);
  });

  test("a row with a missing column names file, line and column", async () => {
    await expect(read("short.tsv", "label\ttext\n1\ta\n0\n")).rejects.toThrow(
      "short.tsv:3: the row has 1 column, but the header names 2 (missing: text); add what is missing or remove the row",
    );
  });

  test("a row with too many columns names file and line", async () => {
    await expect(read("long.tsv", "label\ttext\n1\ta\tb\n")).rejects.toThrow(
      "long.tsv:2: the row has 3 columns, but the header names 2 (label, text); replace tabs inside a value by spaces",
    );
  });

  test.each([
    ["bare.tsv", "\t"],
    ["bare.csv", ","],
  ])("%s without a header has columns by their number, as many as its first row", async (name, cut) => {
    const rows = (lines: readonly string[]) =>
      read(name, lines.map((line) => `${line.replace("|", cut)}\n`).join(""), { header: false });
    expect(await rows(["a|b", "", "a|c"])).toEqual([
      { record: { column1: "a", column2: "b" }, line: 1 },
      { record: { column1: "a", column2: "c" }, line: 3 },
    ]);
    await expect(rows(["a|b", "c"])).rejects.toThrow(
      `${name}:2: the row has 1 column, but the first row has 2; add what is missing or remove the row`,
    );
    await expect(rows(["a", "b|c"])).rejects.toThrow(`${name}:2: the row has 2 columns, but the first row has 1; `);
    await expect(rows([])).rejects.toThrow(`${name}: the file`);
  });

  test("a column that the header names twice is refused", async () => {
    await expect(read("twice.tsv", "a\ta\n1\t2\n")).rejects.toThrow(
      'twice.tsv:1: the header names the column "a" twice',
    );
  });
});

describe("CSV", () => {
  test("quotes, commas and line breaks inside values survive, and lines are where rows start", async () => {
    const text = 'label,text\r\n1,"two\r\nlines, ""quoted"""\r\n\r\n0,plain\r\n1,"x\ny\nz"\n0,last';
    expect(await read("a.csv", text)).toEqual([
      { record: { label: "1", text: 'two\nlines, "quoted"' }, line: 2 },
      { record: { label: "0", text: "plain" }, line: 5 },
      { record: { label: "1", text: "x\ny\nz" }, line: 6 },
      { record: { label: "0", text: "last" }, line: 9 },
    ]);
  });

  test("what is written quoted is read back", async () => {
    const value = fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("\r", ""));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 8 }), async (rows) => {
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const csv = ["a,b", ...rows.map((row) => row.map(quote).join(","))].join("\n");
        expect((await read("p.csv", csv)).map(({ record }) => [record.a, record.b])).toEqual(rows);
      }),
      { numRuns: 50 },
    );
  });

  test("a short row, a long row and a quote that is never closed name file and line", async () => {
    await expect(read("short.csv", "a,b\n1,2\n3\n")).rejects.toThrow("short.csv:3: the row has 1 column");
    await expect(read("long.csv", "a,b\n1,2,3\n")).rejects.toThrow(
      "long.csv:2: the row has 3 columns, but the header names 2 (a, b); put quotes around a value that contains a comma",
    );
    await expect(read("open.csv", 'a,b\n1,"2\n3,4\n')).rejects.toThrow(
      /open\.csv:\d: not valid CSV: a quote is opened and never closed/,
    );
    await expect(read("stray.csv", 'a,b\n1,x"y\n')).rejects.toThrow(
      "stray.csv:2: not valid CSV: a quote stands inside a value",
    );
  });
});

describe("JSONL", () => {
  test("strings stay, numbers and booleans are written out, null is an empty cell, objects count as missing", async () => {
    expect(await read("a.jsonl", '{"text":"x","n":1,"ok":true,"no":null,"deep":{}}\n\n{"text":"y"}\n')).toEqual([
      { record: { text: "x", n: "1", ok: "true", no: "" }, line: 1 },
      { record: { text: "y" }, line: 3 },
    ]);
  });

  test.each([
    "15793596808644608",
    "15793596808644609",
    "1.0",
    "1",
    "-0",
    "1e3",
    "1E5",
    "1e400",
    "0.1000",
    "-12.50e-07",
  ])("the number %s is the text that stands in the file, as in CSV", async (number) => {
    const [json] = await read("number.jsonl", `{"n": ${number} ,"list":[${number},"${number}"]}\n`);
    expect(json?.record).toEqual({ n: number, list: [number, number] });
    expect((await read("number.csv", `n\n${number}\n`))[0]?.record).toEqual({ n: number });
  });

  test("digits in strings and keys stay, whatever is escaped beside them", async () => {
    const row = { "1": '2 "3" \\', "4\\": '\\"5', "": "6 -7", text: "-8\\" };
    const [{ record } = { record: {} }] = await read("digits.jsonl", `${JSON.stringify({ ...row, n: 9 })}\n`);
    expect(record).toEqual({ ...row, n: "9" });
  });

  test("any object of strings and numbers is read as JSON.parse reads it", async () => {
    const value = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
    );
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string({ unit: "grapheme" }), value), async (row) => {
        const [{ record } = { record: {} }] = await read("any.jsonl", `${JSON.stringify(row)}\n`);
        const asText = (cell: unknown) => (typeof cell === "number" ? JSON.stringify(cell) : cell);
        expect(Object.entries(record)).toEqual(Object.entries(row).map(([key, cell]) => [key, asText(cell)]));
      }),
      { numRuns: 100 },
    );
  });

  test("deep nesting is refused as a line", async () => {
    await expect(read("deep.jsonl", `${"[".repeat(300_000)}\n`)).rejects.toThrow(/deep\.jsonl:1: /);
  });

  test("a broken line, a list and half a surrogate pair name file and line", async () => {
    await expect(read("cut.jsonl", '{"a":"b"}\n{"a":')).rejects.toThrow(/cut\.jsonl:2: not valid JSON \(/);
    await expect(read("list.jsonl", "[1]\n")).rejects.toThrow("list.jsonl:1: expected a JSON object");
    await expect(read("half.jsonl", '{"a":"\\ud800"}\n')).rejects.toThrow(
      'half.jsonl:1: "a" holds half of a surrogate',
    );
  });
});

describe("rows of one column", () => {
  test.each(["x.csv", "x.tsv", "x.txt", "x.csv.gz"])("are not lost where they are empty: %s", async (name) => {
    const text = `${name.includes("txt") ? "" : "text\n"}a b\n\nc d\n\n`;
    const rows = await read(name, name.endsWith(".gz") ? gzipSync(text) : text);
    expect(rows.map(({ record }) => record.text)).toEqual(["a b", "", "c d", ""]);
    expect(new Set(rows.map(({ line }) => line)).size).toBe(4);
  });

  test("a quoted empty cell is a row, too", async () => {
    expect(await read("quoted.csv", 'text\n""\n"a\n\nb"\n')).toEqual([
      { record: { text: "" }, line: 2 },
      { record: { text: "a\n\nb" }, line: 3 },
    ]);
  });
});

describe("empty lines", () => {
  test.each([
    ["e.csv", "a,b\n1,2\n\n\n3,4\n\n\n"],
    ["e.tsv", "a\tb\n1\t2\n\n\n3\t4\n\n\n"],
    ["e.jsonl", '{"a":1}\n\n  \n{"a":2}\n\n\n'],
  ])("between rows are told, at the end they are nothing: %s", async (name, content) => {
    const told: number[] = [];
    const rows = await read(name, content, { onEmptyLine: (line) => told.push(line) });
    expect(rows).toHaveLength(2);
    expect(told).toEqual(name === "e.jsonl" ? [2, 3] : [3, 4]);
  });
});

describe("line ends", () => {
  test.each(["cr.csv", "cr.tsv", "cr.jsonl", "cr.txt"])("of CR alone are refused by name: %s", async (name) => {
    const rows = name === "cr.jsonl" ? '{"a":1}\r{"a":2}\r' : "a\rb\rc\r";
    await expect(read(name, rows)).rejects.toThrow(
      `${name}:1: the lines end in carriage returns alone (CR, as on old Macs), and not in LF or CRLF; save the file with LF`,
    );
    await expect(read(name, rows, { limits: { maxLineBytes: 4 } })).rejects.toThrow("carriage returns alone");
  });

  test("of CR are refused in a header, too", async () => {
    await expect(read("mixed.csv", "a,b\r1,2\r3,4\n5,6\n")).rejects.toThrow(
      "mixed.csv:1: the lines end in carriage returns alone",
    );
  });

  test("are \\n and \\r\\n; all else is text", async () => {
    expect(await read("ends.txt", "a\u2028b\u2029c\u0085d\fe\rf\r\n\uFEFFg\r\r\nh\r")).toEqual([
      { record: { text: "a\u2028b\u2029c\u0085d\fe\rf" }, line: 1 },
      { record: { text: "\uFEFFg\r" }, line: 2 },
      { record: { text: "h" }, line: 3 },
    ]);
  });

  test("inside quotes leave the numbers of lines right", async () => {
    const text = 'a,b\r\n"x\ry","1\r2\r3"\n"p\r\nq",2\n3\n';
    const path = join(folder, "quotes.csv");
    await writeFile(path, text);
    const rows = readRecords(path);
    expect((await rows.next()).value).toEqual({ record: { a: "x\ry", b: "1\r2\r3" }, line: 2 });
    expect((await rows.next()).value).toEqual({ record: { a: "p\nq", b: "2" }, line: 3 });
    await expect(rows.next()).rejects.toThrow("quotes.csv:5: the row has 1 column");
    await expect(read("stray.csv", 'a\n"x\ry"\n"p\nq"z\n')).rejects.toThrow(
      "stray.csv:3: not valid CSV: a quote stands",
    );
    await expect(read("open.csv", 'a\n"x\ry"\n"p\nq\n\n')).rejects.toThrow(
      "open.csv:3: not valid CSV: a quote is opened",
    );
  });
});

describe("plain lines", () => {
  test("each line is a record, empty ones too", async () => {
    expect(await read("a.txt", "one\n\nthree")).toEqual([
      { record: { text: "one" }, line: 1 },
      { record: { text: "" }, line: 2 },
      { record: { text: "three" }, line: 3 },
    ]);
    expect(await read("b.en", "one\n", { format: "lines", column: "en" })).toEqual([
      { record: { en: "one" }, line: 1 },
    ]);
  });

  test("parallel files are read side by side", async () => {
    const [en, de, short] = [join(folder, "p.en.gz"), join(folder, "p.de.gz"), join(folder, "short.de.gz")];
    await writeFile(en, gzipSync("a dog\na cat\n"));
    await writeFile(de, gzipSync("ein Hund\neine Katze\n"));
    await writeFile(short, gzipSync("ein Hund\n"));
    expect(await all(readParallelLines({ en, de }))).toEqual([
      { record: { en: "a dog", de: "ein Hund" }, line: 1 },
      { record: { en: "a cat", de: "eine Katze" }, line: 2 },
    ]);
    await expect(all(readParallelLines({ en, de: short }))).rejects.toThrow(
      /short\.de\.gz: ends after 1 lines, but .*p\.en\.gz goes on/,
    );
  });
});

describe("any file", () => {
  test("gz is unpacked on the way, over many chunks", async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => `${i}\ttext number ${i} äöü 你好`);
    const records = await read("big.tsv.gz", gzipSync(["id\ttext", ...rows].join("\n")));
    expect(records.length).toBe(60_000);
    expect(records[59_999]).toEqual({ record: { id: "59999", text: "text number 59999 äöü 你好" }, line: 60_001 });
  });

  test("a gzip bomb is stopped by ratio and by size, naming the file", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, `${"a".repeat(999)}\n`));
    await expect(read("bomb.txt.gz", bomb)).rejects.toThrow(
      /bomb\.txt\.gz: unpacks to more than 16777216 bytes from \d+ bytes, which looks like a gzip bomb; .*\(gunzip\)/,
    );
    await expect(read("size.txt.gz", bomb, { limits: { maxBytes: 1000 } })).rejects.toThrow(
      "size.txt.gz: unpacks to more than 1000 bytes",
    );
  });

  test("millions of short lines from a small gz are stopped soon, and read where the file is not packed", async () => {
    const lines = Buffer.alloc(2 * 600_000, "a\n");
    await writeFile(join(folder, "lines.txt.gz"), gzipSync(lines));
    await expect(readRecords(join(folder, "lines.txt.gz")).next()).rejects.toThrow(
      /lines\.txt\.gz: unpacks to more than 500000 lines from \d+ bytes, which looks like a gzip bomb/,
    );
    const options = { limits: { maxBytes: 10, maxRatio: 1, maxLinesPerByte: 0.01 } };
    expect(await read("lines.txt", lines.subarray(0, 2000), options)).toHaveLength(1000);
  });

  test("a damaged or truncated gz names the file", async () => {
    const packed = gzipSync("text\n".repeat(1000));
    await expect(read("not.txt.gz", "plain text")).rejects.toThrow("not.txt.gz: the gzip data are damaged");
    await expect(read("cut.txt.gz", packed.subarray(0, packed.length - 10))).rejects.toThrow(
      "cut.txt.gz: the gzip file is truncated",
    );
  });

  test("invalid UTF-8 names file and line", async () => {
    const bytes = Buffer.concat([
      Buffer.from("label\ttext\n1\tgood\n1\t"),
      Buffer.from([0xff, 0xfe]),
      Buffer.from("\n"),
    ]);
    await expect(read("latin.tsv", bytes)).rejects.toThrow(
      "latin.tsv:3: invalid UTF-8 at byte 3 of the line (0xff); save the file as UTF-8",
    );
    await expect(read("latin.csv", Buffer.from("a,b\n1,\xe4\n", "latin1"))).rejects.toThrow(
      "latin.csv:2: invalid UTF-8 at byte 3 of the line (0xe4)",
    );
    // a replacement character that the file spells is text; a sequence that the line cuts off is not
    const cut = Buffer.concat([Buffer.from("ä\uFFFD你"), Buffer.from([0xe4, 0xbd])]);
    await expect(read("cut.txt", cut)).rejects.toThrow("cut.txt:1: invalid UTF-8 at byte 9 of the line (0xe4)");
    await expect(read("utf16.txt", Buffer.from("\uFEFFab\n", "utf16le"))).rejects.toThrow(
      "utf16.txt:1: invalid UTF-8 at byte 1 of the line (0xff)",
    );
  });

  test("a line without end is stopped", async () => {
    await expect(read("long.txt", "x".repeat(5000), { limits: { maxLineBytes: 100 } })).rejects.toThrow(
      "long.txt:1: the line is longer than 100 bytes",
    );
  });

  test("a missing, an empty and a header-only file, a folder and an unknown name say what to do", async () => {
    await expect(all(readRecords(join(folder, "none.tsv")))).rejects.toThrow("none.tsv: no such file");
    await expect(read("empty.csv", "")).rejects.toThrow("empty.csv: the file is empty; put at least one row into it");
    await expect(read("header.csv", "label,text\n")).rejects.toThrow("header.csv: the file has no rows");
    await expect(all(readRecords(folder, { format: "tsv" }))).rejects.toThrow("expected a file, found a folder");
    await expect(read("a.xlsx", "x")).rejects.toThrow("a.xlsx: the name does not tell the format; expected .tsv, .csv");
  });

  test("a reader that is left early closes its file", async () => {
    for (const name of ["early.tsv", "early.csv", "early.txt.gz"]) {
      const rows = `text\n${"row\n".repeat(200_000)}`;
      await writeFile(join(folder, name), name.endsWith(".gz") ? gzipSync(rows) : rows);
      for await (const { line } of readRecords(join(folder, name))) if (line > 3) break;
    }
  });
});

/** What is held out of train, and train that stays on disk, seen from the `data` section. */
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import { DataConfigError, DataFileError } from "../src/index.ts";
import { hashFile } from "../src/node/index.ts";
import { labelled, listed, load, newFolder, put, valuesOf } from "./own-data.ts";

let folder: string;
beforeEach(async () => {
  folder = await newFolder();
});

/** Rows whose days run backwards, with a speaker for every third of them. */
const rows = (count: number) =>
  Array.from({ length: count }, (_, i) => {
    const day = new Date(Date.UTC(2026, 0, 1 + count - i)).toISOString().slice(0, 10);
    return `${i % 2}\ttext ${i}\tspeaker ${i % 7}\t${day}\t${count - i}\n`;
  }).join("");
const header = "label\ttext\tspeaker\tday\tnumber\n";
const texts = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `text ${from + i}`);

beforeEach(async () => {
  await put(folder, "a.tsv", header + rows(50));
});

describe("a split", () => {
  test("takes dev and test out of train by their fractions, each row once", async () => {
    const { train, evaluated } = await load(folder, { train: "a.tsv", devFraction: 0.2, testFraction: 0.1 });
    expect(Object.keys(evaluated)).toEqual(["dev", "test"]);
    const parts = [train, evaluated.dev, evaluated.test];
    const found = await Promise.all(parts.map((part) => valuesOf(part, "text")));
    expect(found.map((part) => part.length)).toEqual([35, 10, 5]);
    expect(new Set(found.flat())).toEqual(new Set(texts(0, 50)));
  });

  test("has the classes of the target in proportion, in memory and on disk, whatever the seed", async () => {
    const skewed = Array.from({ length: 80 }, (_, i) => `${i % 8 === 0 ? "rare" : "common"}\ttext ${i}\n`);
    await put(folder, "even.tsv", `label\ttext\n${"1\ta\n".repeat(40)}${"0\tb\n".repeat(40)}`);
    await put(folder, "skewed.tsv", `label\ttext\n${skewed.join("")}`);
    for (const seed of [0, 1, 2]) {
      for (const more of [{}, { shuffleBuffer: 10 }, { split: { by: "random" } }]) {
        const even = await load(folder, { train: "even.tsv", seed, ...more });
        expect((await valuesOf(even.evaluated.dev, "label")).sort()).toEqual([..."00001111"]);
        const { evaluated } = await load(folder, { train: "skewed.tsv", testFraction: 0.2, seed, ...more });
        const rare = (part: readonly unknown[]) => part.filter((label) => label === "rare").length;
        expect(rare(await valuesOf(evaluated.dev, "label"))).toBe(1);
        expect(rare(await valuesOf(evaluated.test, "label"))).toBe(2);
      }
    }
  });

  test("takes test out of train beside a dev file", async () => {
    await put(folder, "dev.tsv", "label\ttext\n1\tdev text\n");
    const { train, evaluated } = await load(folder, { train: "a.tsv", dev: "dev.tsv", testFraction: 0.1 });
    expect(await valuesOf(evaluated.dev, "text")).toEqual(["dev text"]);
    expect([(await listed(train)).length, evaluated.test?.length]).toEqual([45, 5]);
  });

  test.each([{ column: "day" }, { column: "number" }])(
    "by time holds out the latest, the last of them for test: $column",
    async ({ column }) => {
      const section = { train: "a.tsv", split: { by: "time", column }, devFraction: 0.1, testFraction: 0.1 };
      const { train, evaluated } = await load(folder, section);
      // days run backwards, so the latest stand first
      expect(await valuesOf(evaluated.test, "text")).toEqual(texts(0, 5));
      expect(await valuesOf(evaluated.dev, "text")).toEqual(texts(5, 10));
      expect(await valuesOf(train, "text")).toEqual(texts(10, 50));
    },
  );

  test("by time without a column goes by the order of the file", async () => {
    const { train, evaluated } = await load(folder, { train: "a.tsv", split: { by: "time" } });
    expect(await valuesOf(evaluated.dev, "text")).toEqual(texts(45, 50));
    expect(await valuesOf(train, "text")).toEqual(texts(0, 45));
  });

  test("by group leaves no group on two sides, and goes by data.seed", async () => {
    const groupsOf = async (seed: number) => {
      const section = { train: "a.tsv", split: { by: "group", column: "speaker" }, testFraction: 0.2, seed };
      const { train, evaluated } = await load(folder, section, { ...labelled, speaker: { kind: "category" } });
      const parts = [train, evaluated.dev, evaluated.test];
      return Promise.all(parts.map(async (part) => [...new Set(await valuesOf(part, "speaker"))].sort()));
    };
    const groups = await groupsOf(0);
    expect(groups.flat().sort()).toEqual(Array.from({ length: 7 }, (_, i) => `speaker ${i}`));
    expect(groups.every((part) => part.length > 0)).toBe(true);
    expect(await groupsOf(0)).toEqual(groups);
    expect(new Set(await Promise.all([1, 2, 3].map(async (seed) => JSON.stringify(await groupsOf(seed))))).size).toBe(
      3,
    );
  });

  test("goes by a column that some row lacks: its file and line are named", async () => {
    const failure = load(folder, { train: "a.tsv", split: { by: "group", column: "customer" } });
    await expect(failure).rejects.toThrow(DataFileError);
    await expect(failure).rejects.toThrow(
      'a.tsv:2: no value in column "customer", which data.split goes by; columns here: label, text, speaker, day, number',
    );
    await put(folder, "b.tsv", "label\ttext\tday\n1\ta\t2026-01-01\n0\tb\t \n");
    await expect(load(folder, { train: "b.tsv", split: { by: "time", column: "day" } })).rejects.toThrow(
      'b.tsv:3: no value in column "day"',
    );
  });

  test.each(["9/30/2025", "2025-9-30", "September 30", "2025-09-30 at noon"])(
    "by time refuses a date that does not sort as it runs: %s",
    async (day) => {
      await put(folder, "b.tsv", `label\ttext\tday\n1\ta\t2025-09-29\n0\tb\t${day}\n1\tc\t2025-10-01\n`);
      const failure = load(folder, { train: "b.tsv", split: { by: "time", column: "day" } });
      await expect(failure).rejects.toThrow(DataFileError);
      await expect(failure).rejects.toThrow(
        'b.tsv:3: column "day", which data.split goes by: expected a number, or a date such as 2026-01-31 or ' +
          `2026-01-31T12:00, got "${day}"`,
      );
    },
  );

  test.each([
    ["1e3", "999"],
    ["2026-01-02", "2026-01"],
    ["2026/01/02 09:30", "2026/01/02 09:29:59.5"],
    ["2026-01-02T09:30+01:00", "2026-01-02T09:29+01:00"],
    ["2026.12.01", "2026.02.28"],
  ])("by time knows that %s is later than %s", async (late, early) => {
    await put(folder, "b.tsv", `label\ttext\tday\n1\tlate\t${late}\n0\tearly\t${early}\n`);
    const { evaluated } = await load(folder, { train: "b.tsv", split: { by: "time", column: "day" } });
    expect(await valuesOf(evaluated.dev, "text")).toEqual(["late"]);
  });

  test("needs as many groups or rows as there are parts", async () => {
    await put(folder, "one.tsv", "label\ttext\tspeaker\n1\ta\tx\n0\tb\tx\n1\tc\tx\n");
    const grouped = load(folder, { train: "one.tsv", split: { by: "group", column: "speaker" } });
    await expect(grouped).rejects.toThrow(DataConfigError);
    await expect(grouped).rejects.toThrow(
      "data.split.column: one.tsv has 1 group, too few to hold out a dev set; add rows of others",
    );
    await put(folder, "two.tsv", "label\ttext\n1\ta\n0\tb\n");
    await expect(load(folder, { train: "two.tsv", testFraction: 0.5 })).rejects.toThrow(
      "data.train: two.tsv has 2 rows, too few to hold out a dev and a test set; add rows",
    );
  });

  test("is refused where nothing is held out", async () => {
    const section = { train: "a.tsv", dev: "a.tsv", split: { by: "time", column: "day" } };
    await expect(load(folder, section)).rejects.toThrow(
      "data.split: a.tsv comes with a dev set, so nothing is held out of train; remove split",
    );
  });
});

describe("a card", () => {
  async function putCard(splits: string, files: readonly string[], format = "tsv"): Promise<void> {
    const entries: string[] = [];
    for (const path of files) {
      entries.push(`  - { path: ${path}, sha256: "${await hashFile(`${folder}/tiny/${path}`)}" }\n`);
    }
    await put(
      folder,
      "tiny/dataset.yaml",
      `formatVersion: 1\nname: tiny\ntitle: T\ndescription: D\nlicense: CC0-1.0\nsource: S\nformat: ${format}\n` +
        `columns: { text: text, label: label }\nfiles:\n${entries.join("")}splits:\n${splits}`,
    );
  }

  test("can be divided by time and by group, and its own held-out parts keep their fractions", async () => {
    await put(folder, "tiny/train.tsv", header + rows(50));
    await putCard("  train: train.tsv\n  dev: { fractionOf: train, fraction: 0.2, from: end }\n", ["train.tsv"]);
    const dev = async (section: object) =>
      valuesOf((await load(folder, { dataset: "tiny", ...section })).evaluated.dev, "text");
    expect(await dev({})).toEqual(texts(40, 50));
    expect(await dev({ split: { by: "time", column: "day" } })).toEqual(texts(0, 10));
    expect(await dev({ split: { by: "time" }, devFraction: 0.1 })).toEqual(texts(45, 50));
    expect(await dev({ split: { by: "random" } })).not.toEqual(texts(40, 50));
    const speakers = await dev({ split: { by: "group", column: "speaker" } });
    expect(new Set(speakers.map((text) => Number(String(text).slice(5)) % 7)).size).toBeLessThan(7);
  });

  test("with a test split of its own refuses a testFraction", async () => {
    await put(folder, "tiny/train.tsv", header + rows(50));
    await putCard("  train: train.tsv\n  test: train.tsv\n", ["train.tsv"]);
    await expect(load(folder, { dataset: "tiny", testFraction: 0.1 })).rejects.toThrow(
      "data.testFraction: tiny has a test split of its own; remove testFraction",
    );
    const { evaluated } = await load(folder, { dataset: "tiny" });
    expect(Object.keys(evaluated)).toEqual(["dev", "test"]); // dev is held out
  });

  test("of parallel lines needs the column that train is divided by in train alone", async () => {
    const lines = (word: string) => Array.from({ length: 10 }, (_, i) => `${word} ${i % 5}\n`).join("");
    for (const word of ["text", "label", "speaker"]) await put(folder, `tiny/train.${word}`, lines(word));
    const train = "{ text: train.text, label: train.label, speaker: train.speaker }";
    await putCard(
      `  train: ${train}\n  contrast: { text: train.text, label: train.label }\n`,
      ["train.text", "train.label", "train.speaker"],
      "lines",
    );
    const section = { dataset: "tiny", split: { by: "group", column: "speaker" } };
    const { train: rest, evaluated } = await load(folder, section);
    expect(evaluated.contrast).toHaveLength(10);
    expect(evaluated.dev).toHaveLength(2);
    expect(await valuesOf(rest, "label")).not.toContain(evaluated.dev?.[0]?.values.label);
    await expect(load(folder, { dataset: "tiny", split: { by: "group", column: "customer" } })).rejects.toThrow(
      'data.split.column: the split train has no column "customer"; it has text, label, speaker',
    );
  });
});

describe("a shuffle buffer", () => {
  const sections = [
    {},
    { devFraction: 0.3, testFraction: 0.1 },
    { maxExamples: 11 },
    { maxExamples: 11, seed: 3, split: { by: "time", column: "day" } },
    { split: { by: "group", column: "speaker" }, seed: 2 },
  ];

  test.each(sections)("leaves train on disk with the same records in every part: %j", async (section) => {
    const inMemory = await load(folder, { train: "a.tsv", ...section });
    const onDisk = await load(folder, { train: "a.tsv", ...section, shuffleBuffer: 10 });
    expect(Array.isArray(inMemory.train)).toBe(true);
    expect(Array.isArray(onDisk.train)).toBe(false);
    expect([inMemory.shuffleBuffer, onDisk.shuffleBuffer]).toEqual([undefined, 10]);
    expect(await listed(onDisk.train)).toEqual(inMemory.train);
    expect(await listed(onDisk.train)).toEqual(inMemory.train); // again: it is read anew
    expect({ ...onDisk, train: 0, shuffleBuffer: 0 }).toEqual({ ...inMemory, train: 0, shuffleBuffer: 0 });
  });

  test("lets two walks go side by side, and one stop early", async () => {
    const { train } = await load(folder, { train: "a.tsv", shuffleBuffer: 10 });
    const first = (train as AsyncIterable<unknown>)[Symbol.asyncIterator]();
    const one = await first.next();
    expect(await listed(train)).toHaveLength(45);
    await first.return?.();
    expect((await listed(train))[0]).toEqual(one.value);
  });

  test("reads packed files, too", async () => {
    await put(folder, "packed.tsv.gz", gzipSync(header + rows(50)));
    const packed = await load(folder, { train: "packed.tsv.gz", shuffleBuffer: 10 });
    const plain = await load(folder, { train: "a.tsv" });
    expect(packed.name).toBe("packed");
    expect(await valuesOf(packed.train, "text")).toEqual(await valuesOf(plain.train, "text"));
    expect(await valuesOf(packed.evaluated.dev, "text")).toEqual(await valuesOf(plain.evaluated.dev, "text"));
  });

  test("does not put a bad row off until training", async () => {
    await put(folder, "bad.tsv", "label\ttext\n1\ta\n0\t\n1\tc\n");
    await expect(load(folder, { train: "bad.tsv", shuffleBuffer: 10 })).rejects.toThrow("bad.tsv:3: empty text");
  });
});

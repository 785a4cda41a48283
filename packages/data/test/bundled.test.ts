import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { dataStats, findNearDuplicates } from "../src/index.ts";
import { listCards, loadDataset, readRecords, verifyDataset } from "../src/node/index.ts";

const datasetsDir = join(dirname(fileURLToPath(import.meta.url)), "../../../datasets");
const bundled = { datasetsDir, configDir: datasetsDir, env: {} };
const labelled = { text: { kind: "text" }, label: { kind: "category", target: true } } as const;
const pairs = { source: { kind: "text" }, target: { kind: "text", target: true } } as const;

/** All splits of a bundled dataset of labelled texts, as lists. */
async function reviews(name: string, columns = {}) {
  const { train, evaluated } = await loadDataset({ dataset: name, seed: 0, columns }, labelled, bundled);
  if (!Array.isArray(train)) throw new Error("bundled data are small");
  return { train: train as (typeof evaluated)[string], ...evaluated };
}

test("every card under datasets is valid", async () => {
  const names = (await listCards(datasetsDir)).map(({ card }) => card.name);
  expect(names).toEqual(expect.arrayContaining(["dates", "multi30k", "reviews", "reviews-zh", "sst2", "trec6"]));
});

describe.each([
  { name: "reviews", atLeast: 2000, contrast: 400, topics: 10 },
  { name: "reviews-zh", atLeast: 600, contrast: 150, topics: 6 },
])("$name", ({ name, atLeast, contrast, topics }) => {
  test("its files are the ones that the card names", async () => {
    const card = (await listCards(datasetsDir)).find((located) => located.card.name === name);
    for (const report of await verifyDataset(card!, { env: {} })) expect(report).toMatchObject({ status: "ok" });
  });

  test("every split is balanced and none is too small", async () => {
    const stats = await dataStats(await reviews(name), labelled);
    let examples = 0;
    for (const split of Object.values(stats)) {
      expect(split.categories.label).toEqual({ negative: split.examples / 2, positive: split.examples / 2 });
      expect(split.duplicates).toBe(0);
      examples += split.examples;
    }
    expect(examples - (stats.contrast?.examples ?? 0)).toBeGreaterThanOrEqual(atLeast);
    expect(stats.contrast?.examples).toBeGreaterThanOrEqual(contrast);
  });

  test("every split has every topic equally often", async () => {
    const stats = await dataStats(await reviews(name, { label: "topic" }), labelled);
    for (const { examples, categories } of Object.values(stats)) {
      expect(Object.values(categories.label ?? {})).toEqual(Array(topics).fill(examples / topics));
    }
  });

  test("contrast holds pairs of one positive and one negative text of a topic", async () => {
    const pairs = new Map<string, string[]>();
    for await (const { record } of readRecords(join(datasetsDir, name, "contrast.tsv"))) {
      const key = `${record.topic} ${record.pair}`;
      pairs.set(key, [...(pairs.get(key) ?? []), String(record.label)].sort());
    }
    for (const labels of pairs.values()) expect(labels).toEqual(["negative", "positive"]);
  });

  test("no text is nearly the same in two splits", async () => {
    const named = Object.entries(await reviews(name)).map(([split, records]) => {
      return [
        split,
        records.map(({ values, file, line }) => ({ text: values.text, place: `${file}:${line}` })),
      ] as const;
    });
    expect(findNearDuplicates(Object.fromEntries(named))).toEqual([]);
  });

  test("its files end lines with a line feed and hold no stray blanks", async () => {
    for (const split of ["train", "dev", "test", "contrast"]) {
      const text = await readFile(join(datasetsDir, name, `${split}.tsv`), "utf8");
      expect(text).not.toMatch(/\r|^\n| {2}| \n|\n\n/);
      expect(text.endsWith("\n")).toBe(true);
    }
  });
});

test("no source of dates occurs in two splits", async () => {
  const { train, evaluated } = await loadDataset({ dataset: "dates", seed: 0 }, pairs, bundled);
  const stats = await dataStats({ train, ...evaluated }, pairs);
  expect(Object.values(stats).map(({ examples }) => examples)).toEqual([30_000, 1000, 1000]);
  for (const split of Object.values(stats)) expect(split).toMatchObject({ duplicates: 0, alsoInTrain: 0 });
});

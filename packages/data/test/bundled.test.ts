import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  type DataRecord,
  dataStats,
  findNearDuplicates,
  isTextRecord,
  listCards,
  loadDataset,
  readRecords,
  verifyDataset,
} from "../src/index.ts";

const datasetsDir = join(dirname(fileURLToPath(import.meta.url)), "../../../datasets");
const bundled = { datasetsDir, configDir: datasetsDir, env: {} };
const placed = (records: readonly DataRecord[]) =>
  records.map((record) => ({
    text: isTextRecord(record) ? record.text : record.source,
    place: `${record.file}:${record.line}`,
  }));

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
    const stats = dataStats(await loadDataset({ dataset: name, seed: 0 }, bundled));
    let examples = 0;
    for (const split of Object.values(stats)) {
      expect(split.labels).toEqual({ negative: split.examples / 2, positive: split.examples / 2 });
      expect(split.duplicates).toBe(0);
      examples += split.examples;
    }
    expect(examples - (stats.contrast?.examples ?? 0)).toBeGreaterThanOrEqual(atLeast);
    expect(stats.contrast?.examples).toBeGreaterThanOrEqual(contrast);
  });

  test("every split has every topic equally often", async () => {
    const stats = dataStats(await loadDataset({ dataset: name, labelColumn: "topic", seed: 0 }, bundled));
    for (const { examples, labels = {} } of Object.values(stats)) {
      expect(Object.values(labels)).toEqual(Array(topics).fill(examples / topics));
    }
  });

  test("contrast holds pairs of one positive and one negative text of a topic", async () => {
    const pairs = new Map<string, string[]>();
    for await (const { record } of readRecords(join(datasetsDir, name, "contrast.tsv"))) {
      const key = `${record.topic} ${record.pair}`;
      pairs.set(key, [...(pairs.get(key) ?? []), record.label ?? ""].sort());
    }
    for (const labels of pairs.values()) expect(labels).toEqual(["negative", "positive"]);
  });

  test("no text is nearly the same in two splits", async () => {
    const { splits } = await loadDataset({ dataset: name, seed: 0 }, bundled);
    const named = Object.entries(splits).map(([split, records]) => [split, placed(records)] as const);
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
  const { splits } = await loadDataset({ dataset: "dates", seed: 0 }, bundled);
  expect([splits.train?.length, splits.dev?.length, splits.test?.length]).toEqual([30_000, 1000, 1000]);
  for (const split of Object.values(
    dataStats({ name: "dates", splits, hashes: {}, columns: { source: "", target: "" } }),
  )) {
    expect(split).toMatchObject({ duplicates: 0, alsoInTrain: 0 });
  }
});

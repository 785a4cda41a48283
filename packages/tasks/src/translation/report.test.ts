import { expect, test } from "vitest";
import type { PairExample } from "./data.ts";
import { reportTranslations } from "./report.ts";

const example = (index: number): PairExample => ({
  index,
  source: `source ${index}`,
  sourceIds: [],
  reference: `reference ${index}`,
  targetIds: [],
});
const answer = (text: string) => ({ text, referenceLoss: undefined });
const attentionOf = async ({ index }: PairExample) => ({ columns: [`source ${index}`], rows: ["a"], values: [[1]] });

test("translations stand beside their references, wrong ones first and then in file order, 25 at most", async () => {
  const examples = Array.from({ length: 30 }, (_, index) => example(index));
  const answers = examples.map(({ index, reference }) => answer(index % 10 === 9 ? "wrong" : reference!));
  const [table] = await reportTranslations(answers, examples, "test", attentionOf);
  if (table?.kind !== "table") throw new Error("expected a table");
  expect(table.title).toBe("Translations of test");
  expect(table.note).toBe("27 of 30 equal their reference; the others first.");
  expect(table.rows).toHaveLength(25);
  expect(table.rows[0]).toEqual([9, "source 9", "reference 9", "wrong"]);
  expect(table.rows.slice(0, 5).map(([index]) => index)).toEqual([9, 19, 29, 0, 1]);
});

test("the attention of the first four examples is shown", async () => {
  const examples = Array.from({ length: 6 }, (_, index) => example(index));
  const asked: number[] = [];
  const [, heatMaps] = await reportTranslations(
    examples.map(() => answer("")),
    examples,
    "dev",
    (one) => {
      asked.push(one.index);
      return attentionOf(one);
    },
  );
  expect(asked).toEqual([0, 1, 2, 3]);
  expect(heatMaps).toMatchObject({ kind: "heatMaps", title: "Attention on dev" });
  expect(heatMaps?.kind === "heatMaps" && heatMaps.maps.map(({ columns }) => columns[0])).toEqual(
    [0, 1, 2, 3].map((index) => `source ${index}`),
  );
});

import { expect, test } from "vitest";
import { findNearDuplicates } from "./near-duplicates.ts";

const placed = (split: string, ...texts: string[]) => texts.map((text, i) => ({ text, place: `${split}:${i + 1}` }));
const places = (splits: Record<string, string[]>, threshold?: number) =>
  findNearDuplicates(
    Object.fromEntries(Object.entries(splits).map(([split, texts]) => [split, placed(split, ...texts)])),
    { threshold },
  ).map(({ first, second }) => [first.place, second.place]);

test("a text that changes in capitals, punctuation, one letter or the order of words is found across splits", () => {
  const text = "The soup was cold and the waiter was nowhere to be seen all evening";
  for (const other of [
    `${text.toUpperCase()}!!`,
    text.replace("evening", "evenings"),
    "The waiter was cold and the soup was nowhere to be seen all evening",
  ]) {
    expect(places({ train: [text], test: ["Quite another sentence about trains.", other] })).toEqual([
      ["train:1", "test:2"],
    ]);
  }
  expect(
    places({ train: ["泳池的水看着很脏，下去才发现很干净。"], test: ["泳池的水看着很干净，下去才发现很脏！"] }).length,
  ).toBe(1);
});

test("different texts are left alone, and within a split only equal ones are found", () => {
  expect(places({ train: ["A good book about ships."], test: ["A bad film about planes."] })).toEqual([]);
  const [slow, fast] = ["The start is slow but the end is great", "The start is great but the end is slow"];
  expect(places({ train: [slow, fast] })).toEqual([]);
  expect(places({ train: [slow, `${slow}.`] })).toEqual([["train:1", "train:2"]]);
});

test("the threshold decides", () => {
  const splits = { train: ["one two three four five"], test: ["one two three four six"] };
  expect(places(splits)).toEqual([]);
  expect(places(splits, 0.6)).toEqual([["train:1", "test:1"]]);
});

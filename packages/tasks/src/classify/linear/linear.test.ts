/** Logistic regression on TF-IDF: scikit-learn's numbers, n-grams, and what is chosen on dev. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { TextExample } from "../data.ts";
import { minimize } from "./lbfgs.ts";
import { fitLogistic, logitsOf } from "./logistic.ts";
import { ngramsOf, unitOf } from "./ngrams.ts";
import { packRows } from "./sparse-rows.ts";
import { countNgrams, TfIdf } from "./tfidf.ts";
import { learnedLinear, learnLinear, tfidfLogistic } from "./tfidf-logistic.ts";

interface Golden {
  readonly classes: number;
  readonly cost: number;
  readonly train: readonly string[];
  readonly labels: readonly number[];
  readonly test: readonly string[];
  readonly columns: number;
  readonly probabilities: readonly (readonly number[])[];
}

const golden = JSON.parse(readFileSync(new URL("../../../test/golden/tfidf.json", import.meta.url), "utf8")) as {
  readonly cases: readonly Golden[];
};

test.each(golden.cases)("$classes classes at cost $cost: probabilities are those of scikit-learn", (given) => {
  const table = countNgrams(given.train, "words", 1000);
  expect(table.ngrams).toHaveLength(given.columns);
  const tfidf = new TfIdf(table);
  const weights = fitLogistic(
    {
      rows: packRows(given.train.map((text) => tfidf.rowOf(text))),
      labels: given.labels,
      numClasses: given.classes,
      numColumns: given.columns,
    },
    given.cost,
    { tolerance: 1e-9 },
  );
  for (const [index, text] of given.test.entries()) {
    const logits = logitsOf(packRows([tfidf.rowOf(text)]), 0, weights, given.classes);
    const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0);
    for (const [label, logit] of logits.entries()) {
      expect(Math.abs(Math.exp(logit) / sum - given.probabilities[index]![label]!)).toBeLessThan(1e-6);
    }
  }
});

test("n-grams are words and marks with their pairs, or up to three characters where words are not spaced", () => {
  expect(ngramsOf("Not bad, NOT", "words")).toEqual(["not", "bad", ",", "not", "not bad", "bad ,", ", not"]);
  expect(ngramsOf("不 错 吧", "characters")).toEqual(["不", "错", "吧", "不错", "错吧", "不错吧"]);
  expect(ngramsOf("", "words")).toEqual([]);
  expect(unitOf(["房间很大", "the room"])).toBe("characters");
  expect(unitOf(["a room with a view, 房间"])).toBe("words");
});

test("a text without a known n-gram has an empty row", () => {
  const tfidf = new TfIdf(countNgrams(["good soup", "good film"], "words", 10));
  expect([...tfidf.rowOf("zebra")]).toEqual([]);
  expect([...tfidf.rowOf("good good")]).toEqual([[0, 1]]);
});

test("the smallest point of a function is found, and nothing is done where it is given", () => {
  // Rosenbrock's valley, whose floor is (1, 1).
  const valley = (point: Float64Array, gradient: Float64Array) => {
    const [x, y] = [point[0]!, point[1]!];
    gradient[0] = -2 * (1 - x) - 400 * x * (y - x * x);
    gradient[1] = 200 * (y - x * x);
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2;
  };
  const options = { tolerance: 1e-8, maxIterations: 200 };
  const [x, y] = minimize(valley, Float64Array.of(-1.2, 1), options);
  expect([x, y]).toEqual([expect.closeTo(1, 6), expect.closeTo(1, 6)]);
  expect([...minimize(valley, Float64Array.of(1, 1), options)]).toEqual([1, 1]);
});

const example = (text: string, label: number | undefined, index = 0): TextExample => ({ index, text, ids: [], label });
const reviews = ["good soup", "good film", "so good", "bad soup", "bad film", "so bad"];
const train = [...reviews, ...reviews].map((text, index) => example(text, Number(text.includes("good")), index));

test("is learned from what has a label, and is the same when read back", async () => {
  const learned = await learnLinear([...train, example("good and bad", undefined)], train, 2);
  expect(learned).toMatchObject({ unit: "words", texts: 12 });
  const read = learnedLinear(2).parse(JSON.parse(JSON.stringify(learned)));
  const predict = tfidfLogistic(read, 2);
  expect(train.map((one) => predict(one).label)).toEqual(train.map(({ label }) => label));
  expect(predict(example("zebra", undefined))).toEqual(tfidfLogistic(learned!, 2)(example("zebra", undefined)));
  expect(learnedLinear(2).safeParse({ ...learned, weights: learned!.weights.slice(1) }).success).toBe(false);
  expect(await learnLinear([], undefined, 2)).toBeUndefined();
});

test("the cost is the one that is best on dev", async () => {
  // Half of the labels of train are wrong where a text is odd: a small cost smooths that away.
  const noisy = train.map((one, index) => (index % 4 === 0 ? { ...one, label: 1 - one.label! } : one));
  const costs = await Promise.all([train, noisy].map(async (dev) => (await learnLinear(noisy, dev, 2))!.cost));
  const unchosen = await learnLinear(noisy, undefined, 2);
  expect(unchosen!.cost).toBe(4);
  expect(costs[0]).toBeLessThanOrEqual(costs[1]!);
});

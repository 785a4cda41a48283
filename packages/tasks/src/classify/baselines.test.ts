import { expect, test } from "vitest";
import { countIds, idCountsSchema, majorityClass, naiveBayes } from "./baselines.ts";
import type { TextExample } from "./data.ts";
import { probabilitiesOf } from "./predict.ts";

const example = (ids: readonly number[], label?: number): TextExample => ({ index: 0, text: "", ids, label });

test("the majority class is the first of the commonest, with the shares of the labels as probabilities", () => {
  const prediction = majorityClass([2, 3, 3])(example([]));
  expect(prediction.label).toBe(1);
  expect(probabilitiesOf(prediction).map((prob) => Math.round(prob * 1e12) / 1e12)).toEqual([0.25, 0.375, 0.375]);
});

// By hand: p(0) = 1/3; ids 1, 2, 3 have p(id|0) = [3, 2, 1] / 6 and p(id|1) = [1, 2, 3] / 6.
test("naive Bayes agrees with the formula", async () => {
  const train = [example([1, 1, 2], 0), example([2, 3], 1), example([3], 1)];
  const predict = naiveBayes(await countIds(train, 4, 2), 4);
  const probability = (ids: readonly number[]) => probabilitiesOf(predict(example(ids)))[0];
  expect(probability([1, 2])).toBeCloseTo(6 / (6 + 2 * 2), 12);
  expect(probability([3, 3])).toBeCloseTo(1 / (1 + 2 * 9), 12);
  expect(probability([])).toBeCloseTo(1 / 3, 12);
  expect(predict(example([1, 2])).label).toBe(0);
});

test("naive Bayes passes over examples without a label, and reads a stream of them", async () => {
  const labelled = [example([1, 1, 2], 0), example([2, 3], 1)];
  async function* withUnlabelled() {
    yield* labelled;
    yield example([3, 3, 3]);
  }
  const counts = await countIds(withUnlabelled(), 4, 2);
  expect(counts).toEqual({
    texts: [1, 1],
    ids: [
      [1, 2, 2, 1],
      [2, 1, 3, 1],
    ],
  });
  expect(await countIds(labelled, 4, 2)).toEqual(counts);
});

test.each([
  ["an id beyond the vocabulary", { texts: [1, 1], ids: [[4, 1], []] }],
  ["an id without a count", { texts: [1, 1], ids: [[1], []] }],
  ["a class too few", { texts: [1], ids: [[]] }],
  ["a count that is no whole number", { texts: [1, 1], ids: [[1, 0.5], []] }],
])("counts with %s are refused", (_, counts) => {
  expect(idCountsSchema(4, 2).safeParse(counts).success).toBe(false);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { classScores, macroF1 } from "./class-scores.ts";
import { accuracy, confusionMatrix } from "./confusion.ts";

// scikit-learn 1.9: precision_recall_fscore_support(targets, predictions, zero_division=0) gives
// precision [2/3, 1/2, 0], recall [2/3, 1, 0], f1 [2/3, 2/3, 0], support [3, 1, 1]
const targets = [0, 0, 0, 1, 2];
const predictions = [0, 0, 1, 1, 0];

test("rows of the confusion matrix are true classes, columns predicted ones", () => {
  expect(confusionMatrix(targets, predictions, 3)).toEqual([
    [2, 1, 0],
    [0, 1, 0],
    [1, 0, 0],
  ]);
});

test("accuracy, precision, recall and F1 agree with scikit-learn", () => {
  const confusion = confusionMatrix(targets, predictions, 3);
  expect(accuracy(confusion)).toBe(3 / 5);
  expect(classScores(confusion)).toEqual([
    { precision: 2 / 3, recall: 2 / 3, f1: 2 / 3, support: 3 },
    { precision: 1 / 2, recall: 1, f1: 2 / 3, support: 1 },
    { precision: 0, recall: 0, f1: 0, support: 1 },
  ]);
  expect(macroF1(confusion)).toBeCloseTo(4 / 9, 15);
});

test("macro F1 leaves out classes that occur nowhere", () => {
  expect(macroF1(confusionMatrix([0, 1], [0, 1], 5))).toBe(1);
});

test("nothing to score gives zeros", () => {
  const empty = confusionMatrix([], [], 2);
  expect(accuracy(empty)).toBe(0);
  expect(macroF1(empty)).toBe(0);
  expect(classScores(empty)).toEqual(Array(2).fill({ precision: 0, recall: 0, f1: 0, support: 0 }));
});

test("counts and classes that do not fit are refused", () => {
  expect(() => confusionMatrix([0, 1], [0], 2)).toThrow("expected as many predictions as targets (2), got 1");
  expect(() => confusionMatrix([0], [2], 2)).toThrow("expected each prediction to be an integer in [0, 2), got 2");
  expect(() => confusionMatrix([-1], [0], 2)).toThrow("expected each target to be an integer in [0, 2), got -1");
});

test("scores lie between 0 and 1 and do not depend on the order of examples", () => {
  const pairs = fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(pairs, (examples) => {
      const score = (rows: readonly (readonly [number, number])[]) => {
        const confusion = confusionMatrix(
          rows.map(([target]) => target),
          rows.map(([, prediction]) => prediction),
          4,
        );
        return [accuracy(confusion), macroF1(confusion)];
      };
      expect(score([...examples].reverse())).toEqual(score(examples));
      for (const value of score(examples)) {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
      }
    }),
  );
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { accuracy } from "./accuracy.ts";
import { classScores } from "./class-scores.ts";
import { confusionMatrix } from "./confusion.ts";
import { macroF1 } from "./macro-f1.ts";
import { meanAbsoluteError } from "./mean-absolute-error.ts";
import { meanLoss } from "./mean-loss.ts";
import * as metrics from "./metrics.ts";
import { classificationMetrics, regressionMetrics } from "./metrics.ts";
import { rootMeanSquaredError } from "./root-mean-squared-error.ts";

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

test("fractions lie between 0 and 1, and no score depends on the order of examples", () => {
  const pairs = fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(pairs, (examples) => {
      const score = (rows: readonly (readonly [number, number])[]) => {
        const confusion = confusionMatrix(
          rows.map(([target]) => target),
          rows.map(([, prediction]) => prediction),
          4,
        );
        return classificationMetrics.map((metric) => metric(confusion));
      };
      expect(score([...examples].reverse())).toEqual(score(examples));
      for (const [index, value] of score(examples).entries()) {
        const { name, unit } = classificationMetrics[index]!.info;
        if (unit === "fraction") expect(value >= 0 && value <= 1, `${name} is ${value}`).toBe(true);
      }
    }),
  );
});

test("errors of numbers are the mean distance and the root of the mean squared distance", () => {
  const [targets, predictions] = [
    [3, -0.5, 2, 7],
    [2.5, 0, 2, 8],
  ]; // distances 0.5, 0.5, 0, 1
  expect(meanAbsoluteError(targets, predictions)).toBe(2 / 4);
  expect(rootMeanSquaredError(targets, predictions)).toBe(Math.sqrt(1.5 / 4));
});

test("errors of numbers are 0 for exact predictions only, and the root mean square is the larger one", () => {
  const pairs = fc.array(fc.tuple(fc.integer({ min: -99, max: 99 }), fc.integer({ min: -99, max: 99 })), {
    minLength: 1,
  });
  fc.assert(
    fc.property(pairs, (examples) => {
      const targets = examples.map(([target]) => target);
      const predictions = examples.map(([, prediction]) => prediction);
      const exact = targets.every((target, i) => target === predictions[i]);
      for (const metric of regressionMetrics) {
        expect(metric(targets, targets)).toBe(0);
        expect(metric(targets, predictions) === 0).toBe(exact);
      }
      const [absolute, squared] = [meanAbsoluteError(targets, predictions), rootMeanSquaredError(targets, predictions)];
      expect(squared).toBeGreaterThanOrEqual(absolute * (1 - 1e-12));
    }),
  );
});

test("the mean loss counts each target once, not each example", () => {
  expect(meanLoss([1, 2, 6])).toBe(3);
  expect(meanLoss([1, 4], [3, 1])).toBe(7 / 4);
});

test("a loss or an error of nothing, or of counts that do not fit, is refused", () => {
  expect(() => meanLoss([])).toThrow("meanLoss: expected at least one target, got none");
  expect(() => meanLoss([1, 2], [1])).toThrow("meanLoss: expected as many counts as losses (2), got 1");
  for (const metric of regressionMetrics) {
    const { name } = metric.info;
    expect(() => metric([], [])).toThrow(`${name}: expected a prediction for each of at least one target, got 0 for 0`);
    expect(() => metric([1], [1, 2])).toThrow(`${name}: expected a prediction for each`);
  }
});

test("a metric says what its number means", () => {
  expect(accuracy.info).toEqual({ name: "accuracy", direction: "max", unit: "fraction" });
  expect(meanLoss.info).toEqual({ name: "loss", direction: "min", unit: "nats" });
  expect(rootMeanSquaredError.info).toEqual({ name: "rootMeanSquaredError", direction: "min", unit: "target" });
  for (const { info, description } of [...classificationMetrics, ...regressionMetrics]) {
    expect(description, info.name).toMatch(/^\w.*[^.]$/);
  }
});

test("every metric but the loss is in a list, so that a task can offer it", () => {
  const exported = Object.values(metrics).filter((value) => typeof value === "function");
  const listed = [...classificationMetrics, ...regressionMetrics, meanLoss];
  expect(new Set(exported.map(({ info }) => info.name))).toEqual(new Set(listed.map(({ info }) => info.name)));
});

import { expect, test } from "vitest";
import { trainingLoss } from "./training-loss.ts";

const logits = { class_name: "BinaryCrossentropy", config: { from_logits: true, name: "binary_crossentropy" } };

test.each([
  ["binary_crossentropy", { name: "binary_crossentropy", fromLogits: false }],
  ["mse", { name: "mean_squared_error", fromLogits: false }],
  [logits, { name: "binary_crossentropy", fromLogits: true }],
  [[logits], { name: "binary_crossentropy", fromLogits: true }],
  [{ dense_1: "mae" }, { name: "mean_absolute_error", fromLogits: false }],
  [
    { class_name: "function", config: "sparse_categorical_crossentropy" },
    { name: "sparse_categorical_crossentropy", fromLogits: false },
  ],
  [{ a: "mse", b: "mae" }, undefined],
  [null, undefined],
  [5, undefined],
] as const)("%j", (loss, expected) => {
  expect(trainingLoss({ loss })).toEqual(expected);
});

test("a file that says nothing of training has no loss", () => {
  expect([trainingLoss(undefined), trainingLoss(null), trainingLoss("x"), trainingLoss({})]).toEqual(
    new Array(4).fill(undefined),
  );
});

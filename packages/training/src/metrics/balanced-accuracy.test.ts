import { expect, test } from "vitest";
import { accuracy } from "./accuracy.ts";
import { balancedAccuracy } from "./balanced-accuracy.ts";
import { confusionMatrix } from "./confusion.ts";

test("balanced accuracy is the mean recall of the classes", () => {
  // Recalls 3/4 and 1/2.
  expect(balancedAccuracy(confusionMatrix([0, 1, 0, 0, 1, 0], [0, 1, 0, 0, 0, 1], 2))).toBe(0.625);
});

test("balanced accuracy gives a model that always says the common class no more than chance", () => {
  const confusion = confusionMatrix([0, 0, 0, 0, 0, 0, 0, 0, 0, 1], Array(10).fill(0), 2);
  expect(accuracy(confusion)).toBe(0.9);
  expect(balancedAccuracy(confusion)).toBe(0.5);
});

test("balanced accuracy leaves out classes without targets, predicted or not", () => {
  expect(balancedAccuracy(confusionMatrix([0, 0, 1], [0, 2, 1], 4))).toBe((1 / 2 + 1) / 2);
  expect(balancedAccuracy(confusionMatrix([], [], 2))).toBe(0);
});

test("balanced accuracy says what its number means", () => {
  expect(balancedAccuracy.info).toEqual({ name: "balancedAccuracy", direction: "max", unit: "fraction" });
});

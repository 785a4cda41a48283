/** What each loss refuses beyond what all of them do (`test/losses.test.ts` has that). */
import { createSession } from "@cellstate/tensor";
import { expect, test } from "vitest";
import { losses } from "./losses.ts";

const session = await createSession({ backend: "reference" });
const pairs = () => session.zeros([2, 3]);
const six = [0, 1, 0, 1, 0, 1];

test.each<[string, () => unknown]>([
  [
    "binaryCrossEntropy: expected targets to be numbers in [0, 1], got 2 at [1, 0]",
    () => losses.binaryCrossEntropy(pairs(), six.with(3, 2)),
  ],
  [
    "binaryCrossEntropy: expected posWeight to be a finite number > 0 or 3 of them, one for each index of the last axis, got 2 numbers",
    () => losses.binaryCrossEntropy(pairs(), six, { posWeight: [1, 2] }),
  ],
  [
    "binaryCrossEntropy: expected labelSmoothing to be a rate in [0, 1), got 1",
    () => losses.binaryCrossEntropy(pairs(), six, { labelSmoothing: 1 }),
  ],
  [
    "binaryFocalLoss: expected gamma to be a finite number >= 0, got -1",
    () => losses.binaryFocalLoss(pairs(), six, { gamma: -1 }),
  ],
  [
    "binaryFocalLoss: expected alpha to be a number in [0, 1], got 2",
    () => losses.binaryFocalLoss(pairs(), six, { alpha: 2 }),
  ],
  [
    "focalLoss: expected alpha to be a finite number >= 0 or 3 of them, got 1, 2",
    () => losses.focalLoss(pairs(), [0, 1], { alpha: [1, 2] }),
  ],
  ["crossEntropy: target 3 at [1] is not one of 3 classes", () => losses.crossEntropy(pairs(), [0, 3])],
  [
    "crossEntropy: target 0.5 at [0, 1] is not one of 3 classes",
    () => losses.crossEntropy(session.zeros([1, 2, 3]), [0, 0.5]),
  ],
  [
    "crossEntropy: expected targets to be finite numbers >= 0, got -0.1 at [1, 2]",
    () => losses.crossEntropy(pairs(), six.with(5, -0.1)),
  ],
  [
    "crossEntropy: expected class weights of shape [3], got [2]",
    () => losses.crossEntropy(pairs(), six, { classWeights: session.zeros([2]) }),
  ],
  ["huberLoss: expected delta to be a finite number > 0, got 0", () => losses.huberLoss(pairs(), six, { delta: 0 })],
  [
    "smoothL1Loss: expected beta to be a finite number > 0, got -1",
    () => losses.smoothL1Loss(pairs(), six, { beta: -1 }),
  ],
  [
    "quantileLoss: expected quantiles to be at least one number in (0, 1), got 1",
    () => losses.quantileLoss(pairs(), [0, 1], { quantiles: [0.5, 1] }),
  ],
  [
    "quantileLoss: expected predictions of shape [..., 2], one for each quantile, got [2, 3]",
    () => losses.quantileLoss(pairs(), [0, 1], { quantiles: [0.2, 0.8] }),
  ],
  [
    "poissonNll: expected targets to be finite numbers >= 0, got -1 at [0, 0]",
    () => losses.poissonNll(pairs(), six.with(0, -1)),
  ],
  [
    "hingeLoss: expected targets to be -1 or 0 on one side and 1 on the other, got 0.5 at [0, 2]",
    () => losses.hingeLoss(pairs(), six.with(2, 0.5)),
  ],
  ["gaussianNll: expected raw numbers of shape [..., 2], got [2, 3]", () => losses.gaussianNll(pairs(), [0, 1])],
  [
    "gaussianNll: expected variance to be numbers >= 0, got -1 at [0, 1]",
    () => losses.gaussianNll({ mean: pairs(), variance: session.tensor(six.with(1, -1), [2, 3]) }, six),
  ],
  [
    "cosineSimilarityLoss: expected predictions of shape [..., features], got []",
    () => losses.cosineSimilarityLoss(session.zeros([]), [1]),
  ],
  [
    "squaredError: expected lengths in [0, 3], got 4 in row 1",
    () => losses.squaredError(pairs(), six, { lengths: Int32Array.of(1, 4) }),
  ],
  [
    "squaredError: expected targets of shape [batch, time, ...] beside lengths, got [2]",
    () => losses.squaredError(session.zeros([2]), [0, 1], { lengths: Int32Array.of(1, 1) }),
  ],
  [
    "squaredError: expected mask to be true, false, 0 or 1, got 2 at position 1",
    () => losses.squaredError(pairs(), six, { mask: [1, 2] }),
  ],
])("%s", (message, call) => {
  expect(call).toThrow(message);
});

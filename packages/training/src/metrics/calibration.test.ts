import { expect, test } from "vitest";
import { calibration } from "./calibration.ts";

test("bins are open below and closed above, and the error is the mean distance weighted by predictions", () => {
  const { bins, expectedCalibrationError } = calibration([0.5, 0.5, 0.6, 1, 0], [true, false, true, true, false], 2);
  expect(bins).toEqual([
    { from: 0, to: 0.5, count: 3, confidence: 1 / 3, accuracy: 1 / 3 },
    { from: 0.5, to: 1, count: 2, confidence: 0.8, accuracy: 1 },
  ]);
  expect(expectedCalibrationError).toBeCloseTo((2 / 5) * 0.2, 15);
});

// Made with numpy 2.4: rng = default_rng(3), probabilities of uniform(0.3, 1) rounded to three digits, right where uniform() < p ** 1.5;
// the sum over linspace(0, 1, bins + 1) of abs(right.mean() - p.mean()) * share of the bin.
const confidences = [
  ...[0.36, 0.466, 0.861, 0.708, 0.366, 0.603, 0.635, 0.412, 0.814, 0.38, 0.574, 0.662, 0.601, 0.711, 0.816, 0.969],
  ...[0.499, 0.754, 0.787, 0.505, 0.301, 0.981, 0.509, 0.52, 0.924, 0.71, 0.63, 0.841, 0.321, 0.795, 0.562, 0.364],
  ...[0.762, 0.952, 0.445, 0.741, 0.509, 0.819, 0.806, 0.453],
];
const right = "0010000100010101011101000101010001111110";
test.each([
  [15, 0.20985],
  [10, 0.1873],
])("agrees with numpy in %i bins", (numBins, error) => {
  const isRight = confidences.map((_, index) => right[index] === "1");
  expect(calibration(confidences, isRight, numBins).expectedCalibrationError).toBeCloseTo(error, 12);
});

test("what is always as certain as right has no error, and the default is 15 bins", () => {
  const perfect = calibration([1, 1, 1], [true, true, true]);
  expect(perfect).toEqual({
    expectedCalibrationError: 0,
    bins: [{ from: 14 / 15, to: 1, count: 3, confidence: 1, accuracy: 1 }],
  });
});

test("no prediction, or no word on one, is refused", () => {
  expect(() => calibration([], [])).toThrow("got 0 for 0");
  expect(() => calibration([0.5], [])).toThrow(
    "calibration: expected whether each of at least one prediction is right, got 0 for 1",
  );
});

/** How far a classifier's certainty agrees with how often it is right (Guo et al. 2017, arXiv:1706.04599, section 2). */

export interface CalibrationBin {
  /** Predictions whose probability is above `from` and at most `to`. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean probability of the predicted class, 0..1. */
  readonly confidence: number;
  /** Share of right predictions, 0..1. */
  readonly accuracy: number;
}

export interface Calibration {
  /** Mean distance between accuracy and confidence of a bin, weighted by its predictions; 0..1, 0 is best. */
  readonly expectedCalibrationError: number;
  /** The bins that hold predictions, by rising probability: the points of a reliability diagram. */
  readonly bins: readonly CalibrationBin[];
}

/**
 * Sorts predictions into bins of equal width by the probability of the class that was predicted.
 *
 * @param confidences  of each prediction, 0..1
 * @param isRight      whether each is right
 * @param numBins      integer >= 1. Default 15, as in the paper
 * @throws {RangeError} unless both have the same length, at least 1
 */
export function calibration(confidences: readonly number[], isRight: readonly boolean[], numBins = 15): Calibration {
  const total = confidences.length;
  if (total === 0 || isRight.length !== total) {
    throw new RangeError(
      `calibration: expected whether each of at least one prediction is right, got ${isRight.length} for ${total}`,
    );
  }
  const sums = Array.from({ length: numBins }, () => ({ count: 0, confidence: 0, right: 0 }));
  for (const [index, confidence] of confidences.entries()) {
    const bin = sums[Math.min(numBins - 1, Math.max(0, Math.ceil(confidence * numBins) - 1))]!;
    bin.count += 1;
    bin.confidence += confidence;
    bin.right += isRight[index] === true ? 1 : 0;
  }
  const bins = sums.flatMap(({ count, confidence, right }, index): CalibrationBin[] => {
    if (count === 0) return [];
    const edges = { from: index / numBins, to: (index + 1) / numBins };
    return [{ ...edges, count, confidence: confidence / count, accuracy: right / count }];
  });
  const distances = bins.map(({ count, confidence, accuracy }) => (count / total) * Math.abs(accuracy - confidence));
  return { expectedCalibrationError: distances.reduce((sum, distance) => sum + distance, 0), bins };
}

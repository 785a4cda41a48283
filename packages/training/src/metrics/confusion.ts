/** Counts of right and wrong predictions by class: what all scores of a classifier are computed from. */

/** `confusion[target][prediction]`: how many examples of class `target` were given class `prediction`. */
export type Confusion = readonly (readonly number[])[];

/**
 * @param targets      true classes, integers in `[0, numClasses)`
 * @param predictions  predicted classes, as many
 * @throws {RangeError} if the counts differ or a class lies outside
 */
export function confusionMatrix(
  targets: ArrayLike<number>,
  predictions: ArrayLike<number>,
  numClasses: number,
): number[][] {
  if (targets.length !== predictions.length) {
    throw new RangeError(
      `confusionMatrix: expected as many predictions as targets (${targets.length}), got ${predictions.length}`,
    );
  }
  const confusion = Array.from({ length: numClasses }, () => new Array<number>(numClasses).fill(0));
  for (let i = 0; i < targets.length; i++) {
    const row = confusion[requireClass("target", targets[i]!, numClasses)]!;
    row[requireClass("prediction", predictions[i]!, numClasses)]!++;
  }
  return confusion;
}

/** Share of right predictions, 0..1; 0 when there are none at all. */
export function accuracy(confusion: Confusion): number {
  let right = 0;
  let all = 0;
  confusion.forEach((row, target) => {
    right += row[target]!;
    for (const count of row) all += count;
  });
  return all === 0 ? 0 : right / all;
}

function requireClass(what: string, value: number, numClasses: number): number {
  if (!Number.isInteger(value) || value < 0 || value >= numClasses) {
    throw new RangeError(`confusionMatrix: expected each ${what} to be an integer in [0, ${numClasses}), got ${value}`);
  }
  return value;
}

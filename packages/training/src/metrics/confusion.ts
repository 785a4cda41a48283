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

/** What the confusion says of one class. */
export interface ClassCounts {
  /** Examples of this class that were given it. */
  readonly right: number;
  /** Examples that were given this class. */
  readonly predicted: number;
  /** Examples that are of this class. */
  readonly support: number;
}

/** The counts of each class, in order. */
export function countClasses(confusion: Confusion): ClassCounts[] {
  return confusion.map((row, index) => ({
    right: row[index]!,
    predicted: confusion.reduce((sum, other) => sum + other[index]!, 0),
    support: row.reduce((sum, count) => sum + count, 0),
  }));
}

/** A share; 0 where there is nothing to have a share of. */
export function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function requireClass(what: string, value: number, numClasses: number): number {
  if (!Number.isInteger(value) || value < 0 || value >= numClasses) {
    throw new RangeError(`confusionMatrix: expected each ${what} to be an integer in [0, ${numClasses}), got ${value}`);
  }
  return value;
}

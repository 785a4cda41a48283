/** Precision, recall and F1 of each class, and their mean over classes, as scikit-learn defines them. */
import type { Confusion } from "./confusion.ts";

export interface ClassScores {
  /** Right among those predicted as this class, 0..1; 0 when none was. */
  readonly precision: number;
  /** Right among those that are of this class, 0..1; 0 when none is. */
  readonly recall: number;
  /** Harmonic mean of the two, 0..1; 0 when both are 0. */
  readonly f1: number;
  /** Examples that are of this class. */
  readonly support: number;
}

/** The scores of each class, in order. */
export function classScores(confusion: Confusion): ClassScores[] {
  return countClasses(confusion).map(({ right, predicted, support }) => ({
    precision: ratio(right, predicted),
    recall: ratio(right, support),
    f1: ratio(2 * right, predicted + support),
    support,
  }));
}

/** Mean F1, 0..1, over the classes that occur among targets or predictions; 0 when none does. */
export function macroF1(confusion: Confusion): number {
  let total = 0;
  let classes = 0;
  for (const { right, predicted, support } of countClasses(confusion)) {
    if (predicted + support === 0) continue;
    total += (2 * right) / (predicted + support);
    classes += 1;
  }
  return ratio(total, classes);
}

interface ClassCounts {
  readonly right: number;
  readonly predicted: number;
  readonly support: number;
}

function countClasses(confusion: Confusion): ClassCounts[] {
  return confusion.map((row, index) => ({
    right: row[index]!,
    predicted: confusion.reduce((sum, other) => sum + other[index]!, 0),
    support: row.reduce((sum, count) => sum + count, 0),
  }));
}

function ratio(numerator: number, denominator: number): number {
  return denominator === 0 ? 0 : numerator / denominator;
}

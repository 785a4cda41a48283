/** Precision, recall and F1 of each class, as scikit-learn defines them. */
import { type Confusion, countClasses, ratio } from "./confusion.ts";

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

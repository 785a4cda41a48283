/** What losses of single numbers share: one target for each prediction, checked, and a formula over those that count. */
import { OptionError, ShapeError, type Tensor } from "@cellstate/tensor";
import { CountedTargets, type CountOptions, requireTargets } from "./counted-targets.ts";

/** Which targets a loss takes. */
export interface TargetRange {
  /** Such as `finite numbers`, for messages. */
  readonly expected: string;
  includes(target: number): boolean;
}

export const finite: TargetRange = { expected: "finite numbers", includes: Number.isFinite };

/** The numbers from 0 on that are finite. */
export const notNegative: TargetRange = {
  expected: "finite numbers >= 0",
  includes: (target) => target >= 0 && Number.isFinite(target),
};

/** Shares, probabilities and labels that are 0 or 1. */
export const share: TargetRange = { expected: "numbers in [0, 1]", includes: (target) => target >= 0 && target <= 1 };

export interface ElementLoss extends CountOptions {
  readonly owner: string;
  /** Float, any shape. */
  readonly predictions: Tensor;
  /** One number for each prediction, row-major. */
  readonly targets: ArrayLike<number>;
  readonly range: TargetRange;
  /** The loss of each prediction, `[count]`, from `[count]` of both; `values` are the targets, too. */
  formula(predictions: Tensor, targets: Tensor, values: Float64Array, counted: CountedTargets): Tensor;
  /** The mean of all losses, where one op gives it. */
  meanAtOnce?(predictions: Tensor, values: Float64Array): Tensor | undefined;
}

/**
 * @returns as the reduction says
 * @throws {ShapeError} unless there is one target for each prediction
 * @throws {OptionError} naming the first target that counts and is none
 */
export function elementLoss(loss: ElementLoss): Tensor {
  const { owner, predictions, targets, range, formula, meanAtOnce, ...options } = loss;
  const { size, session, shape } = predictions;
  requireTargets(owner, targets);
  if (targets.length !== size) throw new ShapeError(owner, `${size} targets`, `${targets.length}`);
  const counted = new CountedTargets(owner, shape, options);
  const values = pickTargets(owner, counted, targets, range);
  const given = counted.pick(predictions);
  const mean = counted.isPlainMean ? meanAtOnce?.(given, values) : undefined;
  return mean ?? counted.reduce(formula(given, session.tensor(values, [values.length]), values, counted));
}

/** The targets that count, `width` numbers each. @throws {OptionError} naming the first number out of range */
export function pickTargets(
  owner: string,
  counted: CountedTargets,
  targets: ArrayLike<number>,
  range: TargetRange,
  width = 1,
): Float64Array {
  const values = counted.pickValues(targets, width);
  const bad = values.findIndex((value) => !range.includes(value));
  if (bad >= 0) {
    const place = counted.placeOf(Math.floor(bad / width), width === 1 ? undefined : bad % width);
    throw new OptionError(owner, "targets", range.expected, `${values[bad]} at ${place}`);
  }
  return values;
}

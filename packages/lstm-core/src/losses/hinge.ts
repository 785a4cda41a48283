/** Losses of scores that are right once they are right by a margin. */
import { add, max, mul, relu, requireKnownOptions, square, sub, sum, type Tensor } from "@cellstate/tensor";
import { ClassTargets } from "./class-targets.ts";
import { type CountOptions, countOptionNames } from "./counted-targets.ts";
import { elementLoss, type TargetRange } from "./element-loss.ts";

const sides: TargetRange = {
  expected: "-1 or 0 on one side and 1 on the other",
  includes: (target) => target === -1 || target === 0 || target === 1,
};

/**
 * Mean of `max(0, 1 - target * score)` over the counted targets, as Keras's `hinge`.
 *
 * @param scores   float, any shape
 * @param targets  1 or -1 for each score, row-major; 0 is taken for -1
 * @returns shape `[]`; 0 if no target counts
 * @throws {ShapeError} unless there is one target for each score, and lengths, mask and weights fit
 * @throws {OptionError} if a target that counts is none of 1, 0 and -1
 */
export function hingeLoss(scores: Tensor, targets: ArrayLike<number>, options: CountOptions = {}): Tensor {
  requireKnownOptions("hingeLoss", options, countOptionNames);
  return elementLoss({
    ...options,
    owner: "hingeLoss",
    predictions: scores,
    targets,
    range: sides,
    formula: (given, _, values) => shortfall(given, values),
  });
}

/** Mean of `max(0, 1 - target * score)^2`, as Keras's `squared_hinge`; otherwise as `hingeLoss`. */
export function squaredHingeLoss(scores: Tensor, targets: ArrayLike<number>, options: CountOptions = {}): Tensor {
  requireKnownOptions("squaredHingeLoss", options, countOptionNames);
  return elementLoss({
    ...options,
    owner: "squaredHingeLoss",
    predictions: scores,
    targets,
    range: sides,
    formula: (given, _, values) => square(shortfall(given, values)),
  });
}

/** By how much scores miss the margin of 1 on their side. */
function shortfall(scores: Tensor, targets: Float64Array): Tensor {
  const signs = scores.session.tensor(
    targets.map((target) => (target === 1 ? 1 : -1)),
    scores.shape,
  );
  return relu(sub(scores.session.full([], 1), mul(signs, scores)));
}

/**
 * Mean over the counted targets of `max(0, 1 + wrong - right)`, where `right` is the score of the target's class and `wrong` the highest
 * of `(1 - target) * score` over the classes (so at least 0, as of the target's own), as Keras's `categorical_hinge`.
 *
 * @param scores   `[..., classes]`
 * @param targets  row-major over the leading axes: a class number for each row, of which -1 is not counted, or `classes`
 *                 probabilities for each row
 * @returns shape `[]`; 0 if no target counts
 * @throws {ShapeError} unless there are as many targets, and lengths, mask and weights fit
 * @throws {IndexError} if a target that counts is no class
 */
export function categoricalHingeLoss(scores: Tensor, targets: ArrayLike<number>, options: CountOptions = {}): Tensor {
  requireKnownOptions("categoricalHingeLoss", options, countOptionNames);
  const { counted, probabilities } = new ClassTargets("categoricalHingeLoss", scores, targets, options);
  const rows = counted.pick(scores); // [count, classes]
  const constant = (values: Float64Array) => scores.session.tensor(values, rows.shape);
  const right = sum(mul(rows, constant(probabilities)), 1);
  const wrong = max(mul(rows, constant(probabilities.map((value) => 1 - value))), 1);
  return counted.reduce(relu(add(sub(wrong, right), 1)));
}

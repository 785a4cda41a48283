/** The likeliest class of an output layer, for whoever needs neither the others nor the probability. */
import { IndexError, ShapeError } from "../errors.ts";
import { type OptionNames, requireKnownOptions } from "../known-options.ts";
import type { Tensor } from "../tensor.ts";
import { checkFloat } from "./elementwise.ts";

export interface LikeliestOptions {
  /** `[classes]`. Default: none. */
  readonly bias?: Tensor | undefined;
  /** Distinct classes that are never chosen, at least one fewer than there are. Default: none. */
  readonly excluded?: readonly number[];
}

const optionNames: OptionNames<LikeliestOptions> = { bias: true, excluded: true };

/**
 * The class that `topK(logSoftmax(linear(x, weight, bias)), classes)` lists first in each row, the excluded ones left out: the lowest
 * among those whose log probabilities are equal. Of few rows and a `weight` that is a parameter, backends find it in a fraction of
 * that time. No gradient.
 *
 * @param x       `[rows, features]`
 * @param weight  `[classes, features]`
 * @returns int32 `[rows]`
 * @throws {ShapeError} naming the tensor that does not fit
 * @throws {IndexError} if `excluded` names no class, one twice, or all of them
 */
export function likeliest(x: Tensor, weight: Tensor, options: LikeliestOptions = {}): Tensor {
  requireKnownOptions("likeliest", options, optionNames);
  const { bias, excluded = [] } = options;
  if (x.shape.length !== 2) throw new ShapeError("likeliest", "x of shape [rows, features]", x.shape);
  const [rows, features] = x.shape as [number, number];
  if (weight.shape.length !== 2 || weight.shape[0] === 0 || weight.shape[1] !== features) {
    throw new ShapeError("likeliest", `a weight of shape [classes, ${features}] with at least one class`, weight.shape);
  }
  const classes = weight.shape[0]!;
  if (bias !== undefined && (bias.shape.length !== 1 || bias.shape[0] !== classes)) {
    throw new ShapeError("likeliest", `a bias of shape [${classes}]`, bias.shape);
  }
  checkFloat("likeliest", x, weight, ...(bias ? [bias] : []));
  checkExcluded(excluded, classes);
  const out = x.session.empty([rows], { dtype: "int32" });
  x.session.backend.likeliest({
    rows,
    classes,
    features,
    x: x.storage,
    weight: weight.storage,
    bias: bias?.storage,
    excluded: Int32Array.from(excluded),
    out: out.storage,
    keepWeight: weight.block.isParameter,
  });
  return out;
}

function checkExcluded(excluded: readonly number[], classes: number): void {
  for (const id of excluded) {
    if (!(Number.isInteger(id) && id >= 0 && id < classes)) {
      throw new IndexError(`likeliest: expected excluded classes in [0, ${classes}), got ${id}`);
    }
  }
  if (new Set(excluded).size < excluded.length || excluded.length >= classes) {
    const expected = `fewer than ${classes} excluded classes, each once`;
    throw new IndexError(`likeliest: expected ${expected}, got ${excluded.join(", ")}`);
  }
}

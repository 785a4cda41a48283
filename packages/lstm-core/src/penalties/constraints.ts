/** Limits that weights keep to: after each step of an optimizer they are moved back into them. Names and numbers are Keras's. */
import {
  add,
  assign,
  clamp,
  div,
  greater,
  maximum,
  mul,
  OptionError,
  type OptionNames,
  relu,
  requireKnownOptions,
  ShapeError,
  sqrt,
  square,
  sum,
  type Tensor,
  unsqueeze,
  where,
} from "@cellstate/tensor";
import { requireChoice } from "../errors.ts";
import { namesMatching } from "../name-pattern.ts";

/**
 * The axes that a vector lies along, of which the norm is taken; negative ones count from the back. Default -1: in a weight
 * `[outputs, inputs]` all that one unit reads, as Keras's default 0 in its transposed kernels.
 */
type Axes = number | readonly number[];

/** Vectors longer than `maxValue` are shortened to it (Hinton et al. 2012). */
export interface MaxNorm {
  readonly kind: "maxNorm";
  /** Finite number >= 0. Default 2. */
  readonly maxValue?: number | undefined;
  readonly axis?: Axes | undefined;
}

/** Vectors get the length 1; those of zeros stay so. */
export interface UnitNorm {
  readonly kind: "unitNorm";
  readonly axis?: Axes | undefined;
}

/** Negative numbers become 0. */
export interface NonNegative {
  readonly kind: "nonNegative";
}

/** Lengths outside `[minValue, maxValue]` are moved into it, or towards it; vectors of zeros stay so. */
export interface MinMaxNorm {
  readonly kind: "minMaxNorm";
  /** Finite number >= 0. Default 0. */
  readonly minValue?: number | undefined;
  /** Finite number >= `minValue`. Default 1. */
  readonly maxValue?: number | undefined;
  /** Share of the way that lengths are moved, in (0, 1]. Default 1. */
  readonly rate?: number | undefined;
  readonly axis?: Axes | undefined;
}

export type Constraint = MaxNorm | UnitNorm | NonNegative | MinMaxNorm;

/** A constraint of all parameters whose names fit a pattern, such as `encoder.weight_*`. */
export type ConstraintRule = Constraint & { readonly pattern: string };

type NamesOf<Kind extends Constraint> = OptionNames<Omit<Kind & { pattern: string }, "kind">> & { readonly kind: true };

const optionNames: {
  readonly maxNorm: NamesOf<MaxNorm>;
  readonly unitNorm: NamesOf<UnitNorm>;
  readonly nonNegative: NamesOf<NonNegative>;
  readonly minMaxNorm: NamesOf<MinMaxNorm>;
} = {
  maxNorm: { kind: true, pattern: true, maxValue: true, axis: true },
  unitNorm: { kind: true, pattern: true, axis: true },
  nonNegative: { kind: true, pattern: true },
  minMaxNorm: { kind: true, pattern: true, minValue: true, maxValue: true, rate: true, axis: true },
};

/** All kinds of constraints. */
export const constraintKinds = Object.keys(optionNames) as readonly Constraint["kind"][];

/**
 * Moves a parameter into its limits, in place; nothing is recorded. Call it after each step of the optimizer.
 *
 * @throws {OptionError} if the kind or an option is unknown, or an option out of range
 * @throws {ShapeError} if the parameter has not the axes
 */
export function applyConstraint(parameter: Tensor, constraint: Constraint): void {
  requireConstraint(constraint);
  using _scope = parameter.session.scope();
  using _noGrad = parameter.session.noGrad();
  assign(parameter, limited(parameter, constraint));
}

/**
 * Applies each rule to the parameters that its pattern fits, in the order of the rules.
 *
 * @throws {NamePatternError} if a pattern fits no parameter
 */
export function applyConstraints(parameters: ReadonlyMap<string, Tensor>, rules: readonly ConstraintRule[]): void {
  for (const rule of rules) {
    requireConstraint(rule);
    for (const name of namesMatching("applyConstraints", rule.pattern, [...parameters.keys()])) {
      applyConstraint(parameters.get(name)!, rule);
    }
  }
}

function limited(x: Tensor, constraint: Constraint): Tensor {
  switch (constraint.kind) {
    case "nonNegative":
      return relu(x);
    case "unitNorm":
      return div(x, maximum(normOf(x, constraint.axis), LEAST_NORM));
    case "maxNorm": {
      const { maxValue = 2 } = constraint;
      const norm = normOf(x, constraint.axis);
      // Vectors within the limit keep their bits.
      return where(greater(norm, maxValue), mul(x, div(norm.session.full([], maxValue), norm)), x);
    }
    case "minMaxNorm": {
      const { minValue = 0, maxValue = 1, rate = 1 } = constraint;
      const norm = normOf(x, constraint.axis);
      const wanted = add(mul(clamp(norm, minValue, maxValue), rate), mul(norm, 1 - rate));
      return mul(x, div(wanted, maximum(norm, LEAST_NORM)));
    }
    default:
      return constraint satisfies never;
  }
}

/** Keeps quotients of norms finite. */
const LEAST_NORM = 1e-7;

/** Lengths along the axes, which stay with an extent of 1. */
function normOf(x: Tensor, axis: Axes = -1): Tensor {
  const rank = x.shape.length;
  let squares = square(x);
  for (const one of typeof axis === "number" ? [axis] : axis) {
    const at = one < 0 ? one + rank : one;
    if (!(Number.isInteger(at) && at >= 0 && at < rank)) {
      throw new ShapeError("applyConstraint", `a parameter with an axis ${one}`, x.shape);
    }
    squares = unsqueeze(sum(squares, at), at);
  }
  return sqrt(squares);
}

function requireConstraint(constraint: Constraint): void {
  requireChoice("applyConstraint", "kind", constraint.kind, constraintKinds);
  requireKnownOptions("applyConstraint", constraint, optionNames[constraint.kind]);
  const given = constraint as Omit<MinMaxNorm, "kind">; // what other kinds lack is undefined
  const { minValue = 0, maxValue = constraint.kind === "minMaxNorm" ? 1 : 2, rate = 1 } = given;
  const fail = (option: string, expected: string, got: number) => {
    throw new OptionError("applyConstraint", option, expected, got);
  };
  if (!(minValue >= 0 && Number.isFinite(minValue))) fail("minValue", "a finite number >= 0", minValue);
  if (!(maxValue >= minValue && Number.isFinite(maxValue)))
    fail("maxValue", `a finite number >= ${minValue}`, maxValue);
  if (!(rate > 0 && rate <= 1)) fail("rate", "a share in (0, 1]", rate);
}

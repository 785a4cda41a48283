/** What large weights cost: penalties that are added to a loss. */
import {
  abs,
  add,
  mul,
  OptionError,
  type OptionNames,
  requireKnownOptions,
  square,
  sum,
  type Tensor,
} from "@cellstate/tensor";
import { namesMatching } from "../name-pattern.ts";

export interface WeightPenaltyRule {
  /** Names of the parameters that it is about, such as `encoder.weight_*`. */
  readonly pattern: string;
  /** Finite number >= 0: factor of the sum of magnitudes, which draws weights to 0 (Tibshirani 1996). Default 0. */
  readonly l1?: number | undefined;
  /**
   * Finite number >= 0: factor of the sum of squares, as Keras's `L2`; plain SGD takes it as a weight decay of twice as much. Default 0.
   */
  readonly l2?: number | undefined;
}

const ruleNames: OptionNames<WeightPenaltyRule> = { pattern: true, l1: true, l2: true };

/**
 * `l1 * sum(|weight|) + l2 * sum(weight^2)` over the parameters of each rule, as Keras's `L1L2`; add it to a loss before `backward`. A
 * parameter that several rules name has them all.
 *
 * @param parameters  such as a module's `parameters()`
 * @param rules       at least one
 * @returns shape `[]`
 * @throws {NamePatternError} if a pattern fits no parameter
 * @throws {OptionError} if there is no rule, or an option of one is unknown or out of range
 */
export function weightPenalty(parameters: ReadonlyMap<string, Tensor>, rules: readonly WeightPenaltyRule[]): Tensor {
  const terms = rules.flatMap((rule) => {
    requireKnownOptions("weightPenalty", rule, ruleNames);
    const { pattern, l1 = 0, l2 = 0 } = rule;
    requireFactor("weightPenalty", "l1", l1);
    requireFactor("weightPenalty", "l2", l2);
    return namesMatching("weightPenalty", pattern, [...parameters.keys()]).flatMap((name) => {
      const weight = parameters.get(name)!;
      return [l1 === 0 ? [] : mul(sum(abs(weight)), l1), l2 === 0 ? [] : mul(sum(square(weight)), l2)].flat();
    });
  });
  const [first, ...others] = terms;
  if (first === undefined)
    throw new OptionError("weightPenalty", "rules", "at least one with l1 or l2 above 0", "none");
  return others.reduce(add, first);
}

/** @throws {OptionError} unless `value` is a finite number >= 0 */
export function requireFactor(owner: string, option: string, value: number): void {
  if (!(value >= 0 && Number.isFinite(value))) throw new OptionError(owner, option, "a finite number >= 0", value);
}

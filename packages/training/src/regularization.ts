/** Penalties of weights, which join each batch's loss, and limits that weights are moved back into after each step, by name. */
import {
  applyConstraint,
  type BatchLoss,
  type ConstraintRule,
  matchesName,
  namesMatching,
  type WeightPenaltyRule,
  weightPenalty,
} from "@cellstate/lstm-core";
import { add, type Tensor } from "@cellstate/tensor";

/** What keeps weights small; each list may be missing. */
export interface Regularization {
  /** What large weights cost. The loss that is reported is that of the batch alone. */
  readonly penalties?: readonly WeightPenaltyRule[] | undefined;
  /** What weights keep to from the first step on. */
  readonly constraints?: readonly ConstraintRule[] | undefined;
}

/** @throws {NamePatternError} if the pattern of a rule fits no parameter */
export function requireRulesFit(
  { penalties = [], constraints = [] }: Regularization,
  parameters: ReadonlyMap<string, Tensor>,
): void {
  const names = [...parameters.keys()];
  for (const { pattern } of penalties) namesMatching("training.penalties", pattern, names);
  for (const { pattern } of constraints) namesMatching("training.constraints", pattern, names);
}

/** The loss, what else its batch costs, and what weights cost. */
export function penalized(
  { loss, penalty }: Pick<BatchLoss, "loss" | "penalty">,
  parameters: ReadonlyMap<string, Tensor>,
  { penalties = [] }: Regularization,
): Tensor {
  const ofBatch = penalty === undefined ? loss : add(loss, penalty);
  return penalties.length === 0 ? ofBatch : add(ofBatch, weightPenalty(parameters, penalties));
}

/** Moves the weights that learn back into their limits, rule by rule. */
export function constrain(parameters: ReadonlyMap<string, Tensor>, { constraints = [] }: Regularization): void {
  for (const rule of constraints) {
    for (const [name, parameter] of parameters) {
      if (parameter.requiresGrad && matchesName(rule.pattern, name)) applyConstraint(parameter, rule);
    }
  }
}

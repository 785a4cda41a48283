/** Penalties of the outputs of recurrent layers as options of the layers: they join the losses of the steps that they belong to. */
import { OptionError, type Tensor } from "@cellstate/tensor";
import type { StepContext } from "../module.ts";
import { type ActivationPenaltyOptions, activationPenalty, temporalActivationPenalty } from "./activation-penalty.ts";
import { requireFactor } from "./weight-penalty.ts";

/** Factors of both penalties; see Merity et al. 2018. */
export interface OutputPenaltyFactors {
  /** Finite number >= 0: factor of the mean square of the outputs, in training (activation regularization). Default 0. */
  readonly activationPenalty?: number | undefined;
  /**
   * Finite number >= 0: factor of the mean square of the change of the outputs from one step to the next, in training (temporal
   * activation regularization). Default 0.
   */
  readonly temporalActivationPenalty?: number | undefined;
}

/** @throws {OptionError} if a factor is negative or not finite */
export function requireOutputPenalties(owner: string, factors: OutputPenaltyFactors): void {
  for (const name of ["activationPenalty", "temporalActivationPenalty"] as const) {
    requireFactor(owner, name, factors[name] ?? 0);
  }
}

/** Whether outputs cost anything. */
export function hasOutputPenalties(factors: OutputPenaltyFactors): boolean {
  return (factors.activationPenalty ?? 0) > 0 || (factors.temporalActivationPenalty ?? 0) > 0;
}

/**
 * Adds what outputs cost to `step.penalties`; does nothing outside of training and where both factors are 0.
 *
 * @param output  `[batch, time, features]`
 * @throws {OptionError} if `step` has no such list, since the penalties would then be lost
 */
export function penalizeOutput(
  owner: string,
  output: Tensor,
  factors: OutputPenaltyFactors,
  { step, lengths }: ActivationPenaltyOptions & { readonly step: StepContext },
): void {
  if (!step.training || !hasOutputPenalties(factors)) return;
  if (step.penalties === undefined) {
    throw new OptionError(owner, "step.penalties", "a list, whose tensors are added to the loss", "none");
  }
  const { activationPenalty: factor = 0, temporalActivationPenalty: temporalFactor = 0 } = factors;
  if (factor > 0) step.penalties.push(activationPenalty(output, factor, { lengths }));
  if (temporalFactor > 0) step.penalties.push(temporalActivationPenalty(output, temporalFactor, { lengths }));
}

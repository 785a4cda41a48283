/** From the options of an optimizer to the optimizer. */
import type { Session, Tensor } from "@cellstate/tensor";
import { TrainingStateError } from "../errors.ts";
import { findChoice } from "../options.ts";
import type { OptimizerChoice } from "./define-optimizer.ts";
import type { Optimizer } from "./optimizer.ts";
import { type OptimizerOptions, optimizers } from "./optimizers.ts";

/**
 * Makes an optimizer for `parameters`; its moments live as long as the session, so no scope may be open.
 *
 * @param options `kind` and any options of that optimizer; the others take the defaults of config files
 * @throws {TrainingStateError} if there is no such optimizer, if an option is unknown or out of range, or if two names stand
 *   for one tensor, which would take two steps at once
 */
export function createOptimizer(
  options: OptimizerOptions,
  parameters: ReadonlyMap<string, Tensor>,
  session: Session,
): Optimizer {
  requireDistinct(parameters);
  const { create } = findChoice<OptimizerChoice>("createOptimizer", optimizers, options.kind);
  return create(options, { parameters, session });
}

function requireDistinct(parameters: ReadonlyMap<string, Tensor>): void {
  const names = new Map<Tensor, string>();
  for (const [name, tensor] of parameters) {
    const other = names.get(tensor);
    if (other !== undefined) {
      throw new TrainingStateError(
        `createOptimizer: expected each tensor under one name, got "${other}" and "${name}" for the same one`,
      );
    }
    names.set(tensor, name);
  }
}

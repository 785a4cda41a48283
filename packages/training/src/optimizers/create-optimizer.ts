/** From an optimizer's config to the optimizer. */
import type { Session, Tensor } from "@cellstate/tensor";
import type { OptimizerConfig } from "../config.ts";
import { TrainingStateError } from "../errors.ts";
import { Adagrad } from "./adagrad.ts";
import { Adam } from "./adam.ts";
import type { Optimizer } from "./optimizer.ts";
import { Rmsprop } from "./rmsprop.ts";
import { Sgd } from "./sgd.ts";

/**
 * Makes an optimizer for `parameters`; its moments start at zero and live as long as the session, so no scope may be open.
 *
 * @throws {TrainingStateError} if two names stand for one tensor, which would take two steps at once
 */
export function createOptimizer(
  config: OptimizerConfig,
  parameters: ReadonlyMap<string, Tensor>,
  session: Session,
): Optimizer {
  requireDistinct(parameters);
  const context = { parameters, session };
  switch (config.kind) {
    case "adam":
    case "adamw":
      return new Adam(config, context);
    case "sgd":
      return new Sgd(config, context);
    case "rmsprop":
      return new Rmsprop(config, context);
    case "adagrad":
      return new Adagrad(config, context);
    default:
      throw new TrainingStateError(`internal: no optimizer for ${JSON.stringify(config satisfies never)}`);
  }
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

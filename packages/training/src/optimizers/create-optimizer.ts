/** From the options of an optimizer to the optimizer. */
import { Session, type Tensor } from "@cellstate/tensor";
import { ParameterGroupError, TrainingStateError } from "../errors.ts";
import { completeOptions, findChoice } from "../options.ts";
import type { OptimizerChoice } from "./define-optimizer.ts";
import { GroupedOptimizer } from "./grouped-optimizer.ts";
import type { Optimizer } from "./optimizer.ts";
import { type OptimizerOptions, optimizers } from "./optimizers.ts";
import { type AnyGrouping, divide } from "./parameter-groups.ts";

/**
 * Makes an optimizer for `parameters`; its moments live as long as the session, or as the innermost open scope.
 *
 * @param options  `kind` and any options of that optimizer; the others take the defaults of config files. With `groups`, parameters
 *   chosen by name have options and learning rates of their own, or are frozen: those are then told so (`setRequiresGrad`)
 * @param own  optimizers besides those that come along. Default: none
 * @throws {TrainingStateError} if there is no such optimizer, if an option is unknown or out of range, or if two names stand for
 *   one tensor, which would take two steps at once
 * @throws {ParameterGroupError} if groups freeze every parameter, or leave nothing to one of them
 * @throws {NamePatternError} if the pattern of a group fits no name
 */
export function createOptimizer(
  options: OptimizerOptions,
  parameters: ReadonlyMap<string, Tensor>,
  session: Session,
  own: readonly OptimizerChoice[] = [],
): Optimizer {
  if (!(parameters instanceof Map)) {
    throw new TrainingStateError(
      "createOptimizer: expected parameters as a Map of tensors by name, as parameters() gives it",
    );
  }
  if (!(session instanceof Session)) {
    throw new TrainingStateError("createOptimizer: expected the session of the parameters as its third argument");
  }
  requireDistinct(parameters);
  const choice = findChoice<OptimizerChoice>("createOptimizer", [...optimizers, ...own], options);
  const { groups, byDepth, ...given } = options as AnyGrouping & { readonly kind: string };
  if (groups === undefined && byDepth === undefined) return choice.create(given, { parameters, session });
  const base = completeOptions(choice, given);
  const divided = divide(choice, base, { groups, byDepth }, [...parameters.keys()]);
  const learning = divided.filter(({ names, fromEpoch }) => names.length > 0 && fromEpoch < Number.POSITIVE_INFINITY);
  if (!learning.some(({ fromEpoch }) => fromEpoch === 1)) {
    throw new ParameterGroupError(
      `${choice.kind}: expected a parameter that learns in the first epoch, got groups that freeze all of them`,
    );
  }
  for (const { names, fromEpoch } of divided) {
    if (fromEpoch === Number.POSITIVE_INFINITY) {
      for (const name of names) parameters.get(name)!.setRequiresGrad(false);
    }
  }
  return new GroupedOptimizer(
    base.learningRate as number,
    learning.map(({ names, given: own, ...group }) => {
      const members = new Map(names.map((name) => [name, parameters.get(name)!]));
      return { ...group, parameters: members, optimizer: choice.create(own, { parameters: members, session }) };
    }),
  );
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

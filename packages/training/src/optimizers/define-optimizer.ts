/** An optimizer from its parts: options, moments, and the step of all parameters at once. */
import type { Session, Tensor } from "@cellstate/tensor";
import { type Choice, completeOptions, type NumberOption, type Options, type ValuesOf } from "../options.ts";
import { type MomentStarts, Moments, type SteppedWithMoments } from "./moments.ts";
import { type Optimizer, type OptimizerStepOptions, requireStepOptions } from "./optimizer.ts";

export interface OptimizerParts<Kind extends string, O extends Options, Starts extends MomentStarts>
  extends Choice<Kind, O & { readonly learningRate: NumberOption }> {
  /** What all elements of each moment begin with, by the name that it has in checkpoints. */
  moments(options: ValuesOf<O>): Starts;
  /** The moment that holds averaged weights, which are evaluated and saved instead of those of the last step. Default: none. */
  readonly average?: keyof Starts & string;
  /** Changes parameters and moments in place; `options` holds the learning rate of this step and the factor of gradients. */
  step(parameters: readonly SteppedWithMoments<Starts>[], options: ValuesOf<O> & Required<OptimizerStepOptions>): void;
}

/** What an optimizer is made for. */
export interface OptimizerContext {
  readonly parameters: ReadonlyMap<string, Tensor>;
  readonly session: Session;
}

/** A line of the list of optimizers. */
export interface OptimizerChoice<Kind extends string = string, O extends Options = Options> extends Choice<Kind, O> {
  /** @throws {TrainingStateError} if an option is unknown or out of range */
  create(given: object, context: OptimizerContext): Optimizer;
}

export function defineOptimizer<const Kind extends string, O extends Options, Starts extends MomentStarts>(
  parts: OptimizerParts<Kind, O, Starts>,
): OptimizerChoice<Kind, O & { readonly learningRate: NumberOption }> {
  return {
    ...parts,
    create(given, context) {
      const values = completeOptions(parts, given);
      const moments = new Moments(parts.kind, context, parts.moments(values));
      return {
        learningRate: values.learningRate,
        beginEpoch: () => {},
        step(gradients, given = {}) {
          const options = { learningRate: values.learningRate, gradientScale: 1, ...given };
          requireStepOptions(options);
          parts.step(moments.countStep(gradients), { ...values, ...options });
        },
        averages: () => (parts.average === undefined ? new Map() : moments.stepped(parts.average)),
        state: () => moments.state(),
        loadState: (state) => moments.load(state),
      };
    },
  };
}

/** Steps along the gradient: SGD, its average, and Lion. */
import * as scalar from "../../scalar.ts";
import type { Tensor } from "../../tensor.ts";
import { makeRule, requireNumbers, runStep, type StepOptions, type SteppedParameter, velocityFactors } from "./step.ts";

export interface SgdParameter extends SteppedParameter {
  /** Where momentum is above 0. */
  readonly velocity?: Tensor | undefined;
}

export interface SgdStepOptions extends StepOptions {
  /** In `[0, 1)`; 0 needs no velocity. */
  readonly momentum: number;
  readonly nesterov: boolean;
  /**
   * Sums up steps in the velocity, each with the learning rate of its time, as Keras does; otherwise it sums up gradients, as in PyTorch,
   * and the present learning rate is that of all. Default false.
   */
  readonly velocityOfSteps?: boolean | undefined;
}

/**
 * One step of stochastic gradient descent in place, with PyTorch's momentum: `velocity = momentum * velocity + gradient`.
 *
 * @throws {ShapeError} if a gradient or a velocity has another shape than its parameter, with the parameter's name
 * @throws {OptimizerError} if a parameter occurs twice
 * @throws {OptionError} if an option is missing, NaN or infinite
 */
export function sgdStep(parameters: readonly SgdParameter[], options: SgdStepOptions): void {
  requireNumbers("sgdStep", options, ["momentum"]);
  const { momentum, nesterov } = options;
  const rule = makeRule("sgd", options, { momentum, nesterov });
  runStep("sgdStep", rule, options, parameters, ({ velocity }) => ({
    moments: { velocity },
    ...(velocity && velocityFactors(options)),
  }));
}

export interface AsgdParameter extends SteppedParameter {
  /** Of the parameter. */
  readonly average: Tensor;
  /** Counts from 1. */
  readonly step: number;
}

export interface AsgdStepOptions extends Omit<StepOptions, "decoupled"> {
  /** How fast weights and step size decay: step n has `learningRate / (1 + lambda * learningRate * (n - 1))^alpha`. */
  readonly lambda: number;
  /** Exponent of that decay. */
  readonly alpha: number;
  /** Steps after which the average begins; until then it is the parameter. */
  readonly averageAfterSteps: number;
}

/**
 * One step of averaged stochastic gradient descent (Polyak & Juditsky 1992) in place, with PyTorch's semantics.
 *
 * @throws {ShapeError} if a gradient or a moment has another shape than its parameter, with the parameter's name
 * @throws {OptimizerError} if a parameter occurs twice
 * @throws {OptionError} if an option is missing, NaN or infinite
 */
export function asgdStep(parameters: readonly AsgdParameter[], options: AsgdStepOptions): void {
  requireNumbers("asgdStep", options, ["lambda", "alpha", "averageAfterSteps"]);
  const { learningRate, lambda, alpha, averageAfterSteps } = options;
  runStep("asgdStep", makeRule("asgd", options, {}), options, parameters, ({ average, step }) => {
    const stepSize = learningRate / scalar.pow(1 + lambda * learningRate * (step - 1), alpha);
    return {
      moments: { average },
      stepSize,
      decay: 1 - lambda * stepSize,
      averageShare: 1 / Math.max(1, step - 1 - averageAfterSteps),
    };
  });
}

export interface LionParameter extends SteppedParameter {
  readonly meanGradient: Tensor;
}

export interface LionStepOptions extends StepOptions {
  /** Share of the mean in the direction of a step, whose rest is the gradient; in `[0, 1)`. */
  readonly beta1: number;
  /** Share of the mean that a step keeps, in `[0, 1)`. */
  readonly beta2: number;
}

/**
 * One step of Lion (Chen et al. 2023, arXiv:2302.06675, algorithm 2) in place: each element moves by the learning rate, or not at all.
 *
 * @throws {ShapeError} if a gradient or a moment has another shape than its parameter, with the parameter's name
 * @throws {OptimizerError} if a parameter occurs twice
 * @throws {OptionError} if an option is missing, NaN or infinite
 */
export function lionStep(parameters: readonly LionParameter[], options: LionStepOptions): void {
  requireNumbers("lionStep", options, ["beta1", "beta2"]);
  const rule = makeRule("lion", options, { momentum: options.beta1, meanMemory: options.beta2 });
  runStep("lionStep", rule, options, parameters, ({ meanGradient }) => ({ moments: { mean: meanGradient } }));
}

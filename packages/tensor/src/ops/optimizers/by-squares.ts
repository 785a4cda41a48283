/** Steps that divide by the size that gradients have had: RMSprop, Adagrad, Adadelta. */
import type { Tensor } from "../../tensor.ts";
import {
  epsilons,
  makeRule,
  requireNumbers,
  runStep,
  type StepOptions,
  type SteppedParameter,
  velocityFactors,
} from "./step.ts";

export interface RmspropParameter extends SteppedParameter {
  readonly meanSquare: Tensor;
  /** Where momentum is above 0. */
  readonly velocity?: Tensor | undefined;
  /** Where the step is centered. */
  readonly meanGradient?: Tensor | undefined;
}

export interface RmspropStepOptions extends StepOptions {
  /** Memory of the means, in `[0, 1)`. */
  readonly alpha: number;
  /** Added to the root of the mean square. */
  readonly epsilon: number;
  /** Adds epsilon to the mean square itself, below the root, as Keras does. Default false. */
  readonly epsilonInRoot?: boolean | undefined;
  readonly momentum: number;
  /**
   * Sums up steps in the velocity, each with the learning rate of its time, as Keras does; otherwise it sums up directions, as in PyTorch,
   * and the present learning rate is that of all. Default false.
   */
  readonly velocityOfSteps?: boolean | undefined;
  /** Divides by the deviation from the mean gradient rather than by the mean square. */
  readonly centered: boolean;
}

/**
 * One step of RMSprop (Tieleman & Hinton 2012; centered: Graves 2013, arXiv:1308.0850) in place, with PyTorch's semantics.
 * Where rounding makes a centered variance negative it counts as 0; PyTorch gives NaN there.
 *
 * @throws {ShapeError} if a gradient or a moment has another shape than its parameter, with the parameter's name
 * @throws {OptimizerError} if a parameter occurs twice
 * @throws {OptionError} if an option is missing, NaN or infinite
 */
export function rmspropStep(parameters: readonly RmspropParameter[], options: RmspropStepOptions): void {
  requireNumbers("rmspropStep", options, ["alpha", "epsilon", "momentum"]);
  const { alpha, momentum, centered } = options;
  const memories = { meanMemory: alpha, squareMemory: alpha, momentum };
  const rule = makeRule("rmsprop", options, { ...memories, ...epsilons(options) });
  runStep("rmspropStep", rule, options, parameters, ({ meanSquare, velocity, meanGradient }) => ({
    moments: {
      square: meanSquare,
      velocity: momentum > 0 ? velocity : undefined,
      mean: centered ? meanGradient : undefined,
    },
    ...(momentum > 0 && velocityFactors(options)),
  }));
}

export interface AdagradParameter extends SteppedParameter {
  /** Sum of the squares of all gradients so far. */
  readonly squareSum: Tensor;
  /** Counts from 1. */
  readonly step: number;
}

export interface AdagradStepOptions extends StepOptions {
  /** The learning rate of step n is divided by `1 + (n - 1) * learningRateDecay`. */
  readonly learningRateDecay: number;
  /** Added to the root of the sum. */
  readonly epsilon: number;
  /** Adds epsilon to the sum itself, below the root, as Keras does. Default false. */
  readonly epsilonInRoot?: boolean | undefined;
}

/**
 * One step of Adagrad (Duchi et al. 2011) in place, with PyTorch's semantics.
 *
 * @throws {ShapeError} if a gradient or a sum has another shape than its parameter, with the parameter's name
 * @throws {OptimizerError} if a parameter occurs twice
 * @throws {OptionError} if an option is missing, NaN or infinite
 */
export function adagradStep(parameters: readonly AdagradParameter[], options: AdagradStepOptions): void {
  requireNumbers("adagradStep", options, ["learningRateDecay", "epsilon"]);
  const { learningRate, learningRateDecay } = options;
  const rule = makeRule("adagrad", options, epsilons(options));
  runStep("adagradStep", rule, options, parameters, ({ squareSum, step }) => ({
    moments: { square: squareSum },
    stepSize: learningRate / (1 + (step - 1) * learningRateDecay),
  }));
}

export interface AdadeltaParameter extends SteppedParameter {
  readonly meanSquare: Tensor;
  /** Of the steps. */
  readonly meanSquaredStep: Tensor;
}

export interface AdadeltaStepOptions extends StepOptions {
  /** Memory of both means, in `[0, 1)`. */
  readonly rho: number;
  /** Added to both below the root. */
  readonly epsilon: number;
}

/**
 * One step of Adadelta (Zeiler 2012) in place, with PyTorch's semantics: steps take the size of the steps before them.
 *
 * @throws {ShapeError} if a gradient or a moment has another shape than its parameter, with the parameter's name
 * @throws {OptimizerError} if a parameter occurs twice
 * @throws {OptionError} if an option is missing, NaN or infinite
 */
export function adadeltaStep(parameters: readonly AdadeltaParameter[], options: AdadeltaStepOptions): void {
  requireNumbers("adadeltaStep", options, ["rho", "epsilon"]);
  const rule = makeRule("adadelta", options, { squareMemory: options.rho, epsilon: options.epsilon });
  runStep("adadeltaStep", rule, options, parameters, ({ meanSquare, meanSquaredStep }) => ({
    moments: { square: meanSquare, velocity: meanSquaredStep },
  }));
}

/** In-place optimizer steps and the norm of gradients: the kernels below the optimizers of the training package. */
import type { GradientStorage, StepSegment, UpdateRule } from "../args/optimizers.ts";
import type { Gradient } from "../autograd/gradient.ts";
import { OptimizerError, OptionError, ShapeError } from "../errors.ts";
import * as scalar from "../scalar.ts";
import type { Tensor } from "../tensor.ts";

function storageOf(gradient: Gradient): GradientStorage {
  return gradient.kind === "dense"
    ? { values: gradient.values.storage, rows: undefined, width: 1 }
    : { values: gradient.values.storage, rows: gradient.rows.storage, width: gradient.shape[1]! };
}

/** Sum of squares of all gradients together in float64, the same for sparse and dense storage; 0 for none. */
export function sumOfSquares(...gradients: readonly Gradient[]): number {
  const [first] = gradients;
  return first === undefined ? 0 : first.values.session.backend.sumOfSquares(gradients.map(storageOf));
}

/** A parameter in a step of an optimizer, and what it is changed by. */
export interface SteppedParameter {
  /** For errors. */
  readonly name: string;
  /** Changed in place. */
  readonly parameter: Tensor;
  /** Of the parameter's shape. */
  readonly gradient: Gradient;
}

/** What all optimizers have in common. */
export interface StepOptions {
  readonly learningRate: number;
  /** Share of the parameter that is added to its gradient; 0 adds nothing. */
  readonly weightDecay: number;
  /** Factor of the gradient, from clipping. */
  readonly gradientScale: number;
  /**
   * Rows that a sparse gradient does not name stay as they are, with their moments, as in `torch.optim.SparseAdam`. Otherwise
   * they take the step of a gradient of zeros: moments fade and weights decay. Dense gradients make no difference.
   * Default false.
   */
  readonly lazy?: boolean;
}

export interface AdamParameter extends SteppedParameter {
  readonly firstMoment: Tensor;
  readonly secondMoment: Tensor;
  /** Counts from 1. */
  readonly step: number;
}

export interface AdamStepOptions extends StepOptions {
  /** In `[0, 1)`, like `beta2`. */
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /**
   * Adds epsilon to the root of the second moment before the correction of its bias: the paper's epsilon hat (end of section 2), and what
   * Keras does. Default false.
   */
  readonly epsilonHat?: boolean | undefined;
  /** True: decay shrinks the parameter (AdamW); false: it joins the gradient (Adam). */
  readonly decoupled: boolean;
}

/**
 * One step of Adam (Kingma & Ba 2015) or AdamW (Loshchilov & Hutter 2019) in place, with PyTorch's semantics.
 *
 * @throws {ShapeError} if a gradient or a moment has another shape than its parameter, with the parameter's name
 * @throws {OptimizerError} if a parameter occurs twice
 * @throws {OptionError} if an option is missing, NaN or infinite
 */
export function adamStep(parameters: readonly AdamParameter[], options: AdamStepOptions): void {
  requireNumbers("adamStep", options, ["beta1", "beta2", "epsilon"]);
  const { learningRate, beta1, beta2, epsilon, epsilonHat = false, weightDecay, decoupled } = options;
  const correctionsOf = biasCorrections(beta1, beta2);
  const rule = {
    kind: "adam",
    ...commonRule(options),
    beta1,
    beta2,
    epsilon,
    l2: decoupled ? 0 : weightDecay,
    decay: decoupled ? 1 - learningRate * weightDecay : 1,
  } as const;
  runStep("adamStep", rule, parameters, (p) => {
    const { first, second } = correctionsOf(p.step);
    const moments = [p.firstMoment, p.secondMoment];
    return epsilonHat
      ? { moments, stepSize: (learningRate * second) / first }
      : { moments, stepSize: learningRate / first, secondCorrection: second };
  });
}

/** `1 - beta1^step` and `sqrt(1 - beta2^step)`, computed once where parameters have taken equally many steps. */
function biasCorrections(beta1: number, beta2: number): (step: number) => { first: number; second: number } {
  let known = { step: 0, first: 0, second: 0 };
  return (step) => {
    if (known.step !== step) {
      known = { step, first: 1 - scalar.pow(beta1, step), second: Math.sqrt(1 - scalar.pow(beta2, step)) };
    }
    return known;
  };
}

export interface SgdParameter extends SteppedParameter {
  /** Where momentum is above 0. */
  readonly velocity?: Tensor | undefined;
}

export interface SgdStepOptions extends StepOptions {
  /** In `[0, 1)`; 0 needs no velocity. */
  readonly momentum: number;
  readonly nesterov: boolean;
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
  const { learningRate, momentum, nesterov } = options;
  const rule = { kind: "sgd", ...commonRule(options), momentum, nesterov } as const;
  runStep("sgdStep", rule, parameters, ({ velocity }) => ({
    moments: velocity ? [velocity] : [],
    stepSize: learningRate,
  }));
}

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
  const { learningRate, alpha, momentum, centered } = options;
  const rule = { kind: "rmsprop", ...commonRule(options), alpha, ...epsilons(options), momentum, centered } as const;
  runStep("rmspropStep", rule, parameters, ({ meanSquare, velocity, meanGradient }) => ({
    moments: [meanSquare, velocity, meanGradient].filter((moment) => moment !== undefined),
    stepSize: learningRate,
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
  const rule = { kind: "adagrad", ...commonRule(options), ...epsilons(options) } as const;
  runStep("adagradStep", rule, parameters, ({ squareSum, step }) => ({
    moments: [squareSum],
    stepSize: learningRate / (1 + (step - 1) * learningRateDecay),
  }));
}

/** @throws {OptionError} if an option that the step computes with is missing, NaN or infinite, and would end in every weight */
function requireNumbers<O extends StepOptions>(op: string, options: O, own: readonly (keyof O & string)[]): void {
  for (const name of ["learningRate", "weightDecay", "gradientScale", ...own] as const) {
    if (!Number.isFinite(options[name])) throw new OptionError(op, name, "a finite number", options[name]);
  }
}

function commonRule({ gradientScale, weightDecay, lazy }: StepOptions) {
  return { gradientScale, l2: weightDecay, lazy: lazy ?? false };
}

/** What is added to a root, and below it. */
function epsilons({ epsilon, epsilonInRoot = false }: Pick<AdagradStepOptions, "epsilon" | "epsilonInRoot">) {
  return epsilonInRoot ? { epsilon: 0, rootEpsilon: epsilon } : { epsilon, rootEpsilon: 0 };
}

/** What a rule needs of one parameter. */
interface Plan {
  readonly moments: readonly Tensor[];
  readonly stepSize: number;
  readonly secondCorrection?: number;
}

/** Checks all parameters, then changes all of them in one call. */
function runStep<P extends SteppedParameter>(
  op: string,
  rule: UpdateRule,
  parameters: readonly P[],
  planOf: (parameter: P) => Plan,
): void {
  const [first] = parameters;
  if (first === undefined) return;
  const names = new Map<unknown, string>();
  const segments = parameters.map((stepped): StepSegment => {
    const { name, parameter, gradient } = stepped;
    const { moments, stepSize, secondCorrection = 1 } = planOf(stepped);
    requireShape(op, `the gradient of ${name}`, parameter, gradient.kind === "dense" ? gradient.values : gradient);
    for (const moment of moments) requireShape(op, `each moment of ${name}`, parameter, moment);
    requireFirst(op, names, parameter, name);
    return {
      parameter: parameter.storage,
      gradient: storageOf(gradient),
      moments: moments.map((moment) => moment.storage),
      stepSize,
      secondCorrection,
    };
  });
  first.parameter.session.backend.optimizerStep(rule, segments);
}

function requireShape(op: string, what: string, { shape }: Tensor, got: { readonly shape: readonly number[] }): void {
  if (got.shape.length === shape.length && got.shape.every((extent, axis) => extent === shape[axis])) return;
  throw new ShapeError(op, `${what} to have the parameter's shape [${shape.join(", ")}]`, got.shape);
}

function requireFirst(op: string, names: Map<unknown, string>, parameter: Tensor, name: string): void {
  const other = names.get(parameter.block);
  if (other !== undefined) {
    throw new OptimizerError(`${op}: expected each parameter once, got ${other} and ${name} for the same elements`);
  }
  names.set(parameter.block, name);
}

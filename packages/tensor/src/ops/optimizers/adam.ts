/** Steps by a running mean of the gradient and one of its size: Adam and its kin. */
import * as scalar from "../../scalar.ts";
import type { Tensor } from "../../tensor.ts";
import { makeRule, requireNumbers, runStep, type StepOptions, type SteppedParameter, sumsOfSquares } from "./step.ts";

export interface AdamParameter extends SteppedParameter {
  readonly firstMoment: Tensor;
  readonly secondMoment: Tensor;
  /** The largest second moment so far, by which AMSGrad (Reddi et al. 2018) divides. Where it is given the step is that. */
  readonly largestSecondMoment?: Tensor | undefined;
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
  const { learningRate, beta1, beta2, epsilon, epsilonHat = false } = options;
  const correctionsOf = biasCorrections(beta1, beta2);
  const rule = makeRule("adam", options, { meanMemory: beta1, squareMemory: beta2, epsilon });
  runStep("adamStep", rule, options, parameters, (p) => {
    const { first, second } = correctionsOf(p.step);
    const moments = { mean: p.firstMoment, square: p.secondMoment, largest: p.largestSecondMoment };
    return epsilonHat
      ? { moments, stepSize: (learningRate * second) / first }
      : { moments, stepSize: learningRate / first, correction: second };
  });
}

export interface NadamStepOptions extends StepOptions {
  /** In `[0, 1)`, like `beta2`. */
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** How fast the momentum rises to `beta1`: that of step n is `beta1 * (1 - 0.96^(n * momentumDecay) / 2)`. */
  readonly momentumDecay: number;
}

/**
 * One step of NAdam (Dozat 2016) in place, with PyTorch's semantics.
 *
 * @throws {ShapeError} if a gradient or a moment has another shape than its parameter, with the parameter's name
 * @throws {OptimizerError} if a parameter occurs twice
 * @throws {OptionError} if an option is missing, NaN or infinite
 */
export function nadamStep(parameters: readonly AdamParameter[], options: NadamStepOptions): void {
  requireNumbers("nadamStep", options, ["beta1", "beta2", "epsilon", "momentumDecay"]);
  const { beta1, beta2, epsilon } = options;
  const momentaOf = onceInARow((step) => momenta(step, options));
  const correctionOf = onceInARow((step) => 1 - scalar.pow(beta2, step));
  const rule = makeRule("nadam", options, { meanMemory: beta1, squareMemory: beta2, epsilon });
  runStep("nadamStep", rule, options, parameters, ({ firstMoment, secondMoment, step }) => {
    const { present, next, product } = momentaOf(step);
    return {
      moments: { mean: firstMoment, square: secondMoment },
      correction: correctionOf(step),
      gradientFactor: (1 - present) / (1 - product),
      meanFactor: next / (1 - product * next),
    };
  });
}

/** Below this a product of momenta changes no `1 - product`, and smaller ones are not worked out. */
const NOTHING = 1e-20;

/** The momentum of a step, of the one after it, and the product of all momenta up to it. */
function momenta(step: number, options: NadamStepOptions) {
  let product = 1;
  for (let past = 1; past <= step && product > NOTHING; past++) product *= momentumOf(past, options);
  return { present: momentumOf(step, options), next: momentumOf(step + 1, options), product };
}

function momentumOf(step: number, { beta1, momentumDecay }: NadamStepOptions): number {
  return beta1 * (1 - 0.5 * scalar.pow(0.96, step * momentumDecay));
}

export interface AdamaxParameter extends SteppedParameter {
  readonly firstMoment: Tensor;
  /** The largest size of a gradient, which fades by `beta2`. */
  readonly largestGradient: Tensor;
  /** Counts from 1. */
  readonly step: number;
}

export interface AdamaxStepOptions extends StepOptions {
  /** In `[0, 1)`, like `beta2`. */
  readonly beta1: number;
  readonly beta2: number;
  /** Added to the size of each gradient. */
  readonly epsilon: number;
  /** Adds epsilon to the largest gradient instead, as Keras does. Default false. */
  readonly epsilonOutside?: boolean | undefined;
}

/**
 * One step of Adamax (Kingma & Ba 2015, section 7.1) in place, with PyTorch's semantics.
 *
 * @throws {ShapeError} if a gradient or a moment has another shape than its parameter, with the parameter's name
 * @throws {OptimizerError} if a parameter occurs twice
 * @throws {OptionError} if an option is missing, NaN or infinite
 */
export function adamaxStep(parameters: readonly AdamaxParameter[], options: AdamaxStepOptions): void {
  requireNumbers("adamaxStep", options, ["beta1", "beta2", "epsilon"]);
  const { learningRate, beta1, beta2, epsilon, epsilonOutside = false } = options;
  const places = epsilonOutside ? { epsilon } : { innerEpsilon: epsilon };
  const correctionOf = onceInARow((step) => 1 - scalar.pow(beta1, step));
  const rule = makeRule("adamax", options, { meanMemory: beta1, squareMemory: beta2, ...places });
  runStep("adamaxStep", rule, options, parameters, ({ firstMoment, largestGradient, step }) => ({
    moments: { mean: firstMoment, largest: largestGradient },
    stepSize: learningRate / correctionOf(step),
  }));
}

export interface LambStepOptions extends Omit<StepOptions, "decoupled" | "lazy"> {
  /** In `[0, 1)`, like `beta2`. */
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Share of the parameter that is added to the direction of its step, before that takes its length. */
  readonly weightDecay: number;
}

/**
 * One step of LAMB (You et al. 2020, arXiv:1904.00962, algorithm 2) in place: a step of Adam, as long for each parameter as that
 * parameter is, times the learning rate.
 *
 * @throws {ShapeError} if a gradient or a moment has another shape than its parameter, with the parameter's name
 * @throws {OptimizerError} if a parameter occurs twice
 * @throws {OptionError} if an option is missing, NaN or infinite
 */
export function lambStep(parameters: readonly AdamParameter[], options: LambStepOptions): void {
  requireNumbers("lambStep", options, ["beta1", "beta2", "epsilon"]);
  const [first] = parameters;
  if (first === undefined) return;
  const { learningRate, gradientScale, beta1, beta2, epsilon, weightDecay } = options;
  using _scope = first.parameter.session.scope();
  const plain = { learningRate, gradientScale, weightDecay: 0 };
  const rule = makeRule("lamb", plain, { meanMemory: beta1, squareMemory: beta2, epsilon, directionL2: weightDecay });
  const correctionsOf = biasCorrections(beta1, beta2);
  const directions = parameters.map(({ parameter }) => parameter.session.empty(parameter.shape));
  runStep("lambStep", rule, plain, parameters, ({ firstMoment, secondMoment, step }, i) => {
    const { first, second } = correctionsOf(step);
    return {
      moments: { mean: firstMoment, square: secondMoment, velocity: directions[i] },
      correction: second,
      meanCorrection: first,
    };
  });
  const lengths = sumsOfSquares([...parameters.map(({ parameter }) => parameter), ...directions]).map(Math.sqrt);
  const steps = parameters.map(({ name, parameter }, i) => {
    const gradient = { kind: "dense", values: directions[i]! } as const;
    return { name, parameter, gradient, trustRatio: trustRatio(lengths[i]!, lengths[i + parameters.length]!) };
  });
  const descent = { ...plain, gradientScale: 1 };
  runStep("lambStep", makeRule("sgd", descent, {}), descent, steps, (step) => ({
    moments: {},
    stepSize: learningRate * step.trustRatio,
  }));
}

/** The parameter's norm over its step's, with which the step has a fixed share of the parameter's length; 1 where either is 0. */
function trustRatio(length: number, stepLength: number): number {
  return length > 0 && stepLength > 0 ? length / stepLength : 1;
}

/** `1 - beta1^step` and `sqrt(1 - beta2^step)`. */
function biasCorrections(beta1: number, beta2: number): (step: number) => { first: number; second: number } {
  return onceInARow((step) => ({
    first: 1 - scalar.pow(beta1, step),
    second: Math.sqrt(1 - scalar.pow(beta2, step)),
  }));
}

/** A function of step counts, computed once where parameters have taken equally many steps. */
function onceInARow<T>(of: (step: number) => T): (step: number) => T {
  let known: { step: number; value: T } | undefined;
  return (step) => {
    if (known?.step !== step) known = { step, value: of(step) };
    return known.value;
  };
}

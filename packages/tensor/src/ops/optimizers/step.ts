/** What the in-place steps of optimizers share, and the norm of gradients: the kernels below the optimizers of the training package. */
import type { GradientStorage, StepFactors, StepMoments, StepSegment, UpdateRule } from "../../args/optimizers.ts";
import type { Gradient } from "../../autograd/gradient.ts";
import { OptimizerError, OptionError, ShapeError } from "../../errors.ts";
import type { Tensor } from "../../tensor.ts";

function storageOf(gradient: Gradient): GradientStorage {
  return gradient.kind === "dense"
    ? { values: gradient.values.storage, rows: undefined, width: 1 }
    : { values: gradient.values.storage, rows: gradient.rows.storage, width: gradient.shape[1]! };
}

/** Sum of squares of all gradients together in float64, the same for sparse and dense storage; 0 for none. */
export function sumOfSquares(...gradients: readonly Gradient[]): number {
  const [first] = gradients;
  if (first === undefined) return 0;
  const sums = first.values.session.backend.sumsOfSquares(gradients.map(storageOf));
  return sums.reduce((total, sum) => total + sum, 0);
}

/** Sum of squares of each tensor by itself, in float64. */
export function sumsOfSquares(tensors: readonly Tensor[]): number[] {
  const dense = tensors.map(({ storage }) => ({ values: storage, rows: undefined, width: 1 }));
  return tensors[0]?.session.backend.sumsOfSquares(dense) ?? [];
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
  /**
   * Weight decay multiplies the parameter by `1 - learningRate * weightDecay` instead, and leaves gradients and moments alone
   * (Loshchilov & Hutter 2019). Default false.
   */
  readonly decoupled?: boolean | undefined;
  /** Factor of the gradient, from clipping. */
  readonly gradientScale: number;
  /**
   * Rows that a sparse gradient does not name stay as they are, with their moments, as in `torch.optim.SparseAdam`. Otherwise
   * they take the step of a gradient of zeros: moments fade and weights decay. Dense gradients make no difference.
   * Default false.
   */
  readonly lazy?: boolean;
}

/** @throws {OptionError} if an option that the step computes with is missing, NaN or infinite, and would end in every weight */
export function requireNumbers<O extends StepOptions>(
  op: string,
  options: O,
  own: readonly (keyof O & string)[],
): void {
  for (const name of ["learningRate", "weightDecay", "gradientScale", ...own] as const) {
    if (!Number.isFinite(options[name])) throw new OptionError(op, name, "a finite number", options[name]);
  }
}

/** The rule of a kind: its own numbers, and those that all have in common. */
export function makeRule(
  kind: UpdateRule["kind"],
  { gradientScale, weightDecay, decoupled = false, lazy = false }: StepOptions,
  own: Partial<UpdateRule>,
): UpdateRule {
  return {
    kind,
    gradientScale,
    l2: decoupled ? 0 : weightDecay,
    lazy,
    directionL2: 0,
    nesterov: false,
    meanMemory: 0,
    squareMemory: 0,
    momentum: 0,
    epsilon: 0,
    innerEpsilon: 0,
    ...own,
  };
}

/** What is added to a root, and below it. */
export function epsilons({ epsilon, epsilonInRoot = false }: { epsilon: number; epsilonInRoot?: boolean | undefined }) {
  return epsilonInRoot ? { epsilon: 0, innerEpsilon: epsilon } : { epsilon, innerEpsilon: 0 };
}

/** Whether the learning rate counts when a direction joins the velocity, or when the velocity changes the parameter. */
export function velocityFactors({
  learningRate,
  velocityOfSteps = false,
}: StepOptions & { readonly velocityOfSteps?: boolean | undefined }): Partial<StepFactors> {
  return velocityOfSteps ? { gradientFactor: learningRate, stepSize: 1 } : {};
}

/** What a rule needs of one parameter. */
interface Plan extends Partial<StepFactors> {
  readonly moments: StepMoments<Tensor>;
}

/** Checks all parameters, then changes all of them in one call. */
export function runStep<P extends SteppedParameter>(
  op: string,
  rule: UpdateRule,
  { learningRate, weightDecay, decoupled = false }: StepOptions,
  parameters: readonly P[],
  planOf: (parameter: P, index: number) => Plan,
): void {
  const [first] = parameters;
  if (first === undefined) return;
  const names = new Map<unknown, string>();
  const segments = parameters.map((stepped, index): StepSegment => {
    const { name, parameter, gradient } = stepped;
    const { moments, ...factors } = planOf(stepped, index);
    const kept = Object.entries(moments).filter((entry): entry is [string, Tensor] => entry[1] !== undefined);
    requireShape(op, `the gradient of ${name}`, parameter, gradient.kind === "dense" ? gradient.values : gradient);
    for (const [, moment] of kept) requireShape(op, `each moment of ${name}`, parameter, moment);
    requireFirst(op, names, parameter, name);
    return {
      parameter: parameter.storage,
      gradient: storageOf(gradient),
      moments: Object.fromEntries(kept.map(([moment, { storage }]) => [moment, storage])),
      stepSize: learningRate,
      decay: decoupled ? 1 - learningRate * weightDecay : 1,
      gradientFactor: 1,
      meanFactor: 1,
      correction: 1,
      meanCorrection: 1,
      averageShare: 1,
      ...factors,
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

/** In-place optimizer steps and the norm of gradients: the kernels below the optimizers of the training package. */
import type { Gradient } from "../autograd/gradient.ts";
import type { GradientStorage } from "../backend.ts";
import * as scalar from "../scalar.ts";
import type { Tensor } from "../tensor.ts";

function storageOf(gradient: Gradient): GradientStorage {
  return gradient.kind === "dense"
    ? { values: gradient.values.storage, rows: undefined, width: 1 }
    : { values: gradient.values.storage, rows: gradient.rows.storage, width: gradient.shape[1]! };
}

/** Sum of squares of a gradient in float64, the same for sparse and dense storage. */
export function sumOfSquares(gradient: Gradient): number {
  return gradient.values.session.backend.sumOfSquares(storageOf(gradient));
}

export interface AdamStepOptions {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** True: decay shrinks the parameter (AdamW); false: it joins the gradient (Adam). */
  readonly decoupled: boolean;
  /** Counts from 1. */
  readonly step: number;
  /** Factor of the gradient, from clipping. */
  readonly gradientScale: number;
}

/** One step of Adam (Kingma & Ba 2015) or AdamW (Loshchilov & Hutter 2019) in place, with PyTorch's semantics. */
export function adamStep(
  parameter: Tensor,
  gradient: Gradient,
  firstMoment: Tensor,
  secondMoment: Tensor,
  options: AdamStepOptions,
): void {
  const { learningRate, beta1, beta2, weightDecay, decoupled, step } = options;
  parameter.session.backend.adamStep({
    parameter: parameter.storage,
    gradient: storageOf(gradient),
    firstMoment: firstMoment.storage,
    secondMoment: secondMoment.storage,
    gradientScale: options.gradientScale,
    beta1,
    beta2,
    epsilon: options.epsilon,
    stepSize: learningRate / (1 - scalar.pow(beta1, step)),
    secondCorrection: Math.sqrt(1 - scalar.pow(beta2, step)),
    l2: decoupled ? 0 : weightDecay,
    decay: decoupled ? 1 - learningRate * weightDecay : 1,
  });
}

export interface SgdStepOptions {
  readonly learningRate: number;
  /** In `[0, 1)`; 0 needs no velocity. */
  readonly momentum: number;
  readonly weightDecay: number;
  readonly nesterov: boolean;
  /** Factor of the gradient, from clipping. */
  readonly gradientScale: number;
}

/** One step of stochastic gradient descent in place, with PyTorch's momentum. */
export function sgdStep(
  parameter: Tensor,
  gradient: Gradient,
  velocity: Tensor | undefined,
  options: SgdStepOptions,
): void {
  parameter.session.backend.sgdStep({
    parameter: parameter.storage,
    gradient: storageOf(gradient),
    velocity: velocity?.storage,
    gradientScale: options.gradientScale,
    learningRate: options.learningRate,
    momentum: options.momentum,
    l2: options.weightDecay,
    nesterov: options.nesterov,
  });
}

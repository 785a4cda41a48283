/**
 * What optimizers composed of ops share. Their moments are moved by the kernels of other optimizers, whose own step has size 0:
 * that reads and writes memory once, where small ops would seven times, and keeps moments from becoming denormals.
 */
import {
  type AdamParameter,
  adamStep,
  add,
  denseGradient,
  mul,
  rmspropStep,
  type SteppedParameter,
  sgdStep,
  type Tensor,
} from "@cellstate/tensor";

/** What the gradients of a step go through before anything else. */
interface GradientOptions {
  /** Factor of every gradient, from clipping. */
  readonly gradientScale: number;
  /** Share of the parameter that joins its gradient; 0 adds nothing. */
  readonly joinedDecay: number;
}

/** Calls `change` with each parameter, in a scope that records nothing. */
export function eachParameter<P extends SteppedParameter>(
  parameters: readonly P[],
  change: (stepped: P) => void,
): void {
  for (const stepped of parameters) {
    using _scope = stepped.parameter.session.scope();
    using _noGrad = stepped.parameter.session.noGrad();
    change(stepped);
  }
}

/** The gradient as a tensor, scaled and with the decay that joins it. */
export function wholeGradient(stepped: SteppedParameter, { gradientScale, joinedDecay }: GradientOptions): Tensor {
  const dense = denseGradient(stepped.gradient);
  const scaled = gradientScale === 1 ? dense : mul(dense, gradientScale);
  return joinedDecay === 0 ? scaled : add(scaled, mul(stepped.parameter, joinedDecay));
}

/** Moves the running means of Adam: of gradients in `firstMoment`, of their squares in `secondMoment`. */
export function moveMoments(
  parameters: readonly AdamParameter[],
  { gradientScale, joinedDecay, ...betas }: GradientOptions & { readonly beta1: number; readonly beta2: number },
): void {
  const { beta1, beta2 } = betas;
  adamStep(parameters, {
    learningRate: 0,
    beta1,
    beta2,
    epsilon: 1,
    weightDecay: joinedDecay,
    decoupled: false,
    gradientScale,
  });
}

/** Moves a running mean of gradients, of which it keeps `share`. @param gradient  whole */
export function moveMean({ name, parameter }: SteppedParameter, mean: Tensor, gradient: Tensor, share: number): void {
  const values = mul(gradient, 1 - share);
  sgdStep([{ name, parameter, gradient: { kind: "dense", values }, velocity: mean }], {
    learningRate: 0,
    momentum: share,
    nesterov: false,
    weightDecay: 0,
    gradientScale: 1,
  });
}

/** Moves a running mean of squared gradients, of which it keeps `share`. */
export function moveMeanSquare(
  stepped: SteppedParameter,
  meanSquare: Tensor,
  share: number,
  { gradientScale, joinedDecay }: GradientOptions,
): void {
  rmspropStep([{ ...stepped, meanSquare }], {
    learningRate: 0,
    alpha: share,
    epsilon: 1,
    momentum: 0,
    centered: false,
    weightDecay: joinedDecay,
    gradientScale,
  });
}

/** `parameter - size * direction`, in place. */
export function descend(
  { name, parameter }: Pick<SteppedParameter, "name" | "parameter">,
  direction: Tensor,
  size: number,
): void {
  sgdStep([{ name, parameter, gradient: { kind: "dense", values: direction } }], {
    learningRate: size,
    momentum: 0,
    nesterov: false,
    weightDecay: 0,
    gradientScale: 1,
  });
}

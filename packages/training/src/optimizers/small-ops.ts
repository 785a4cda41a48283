/** What optimizers composed of small ops share: the walk over parameters, running means, and moments without denormals. */
import {
  abs,
  add,
  assign,
  denseGradient,
  less,
  mul,
  type SteppedParameter,
  type Tensor,
  where,
} from "@cellstate/tensor";

interface GradientOptions {
  /** Factor of every gradient, from clipping. */
  readonly gradientScale: number;
  /** Share of the parameter that joins its gradient; 0 adds nothing. Default 0. */
  readonly joinedDecay?: number;
}

/** Calls `change` with each parameter and its dense gradient, scaled and with its decay, in a scope that records nothing. */
export function eachParameter<P extends SteppedParameter>(
  parameters: readonly P[],
  { gradientScale, joinedDecay = 0 }: GradientOptions,
  change: (stepped: P, gradient: Tensor) => void,
): void {
  for (const stepped of parameters) {
    const { parameter } = stepped;
    using _scope = parameter.session.scope();
    using _noGrad = parameter.session.noGrad();
    const scaled = mul(denseGradient(stepped.gradient), gradientScale);
    change(stepped, joinedDecay === 0 ? scaled : add(scaled, mul(parameter, joinedDecay)));
  }
}

/** `share * mean + (1 - share) * value`: what a running mean becomes. */
export function runningMean(mean: Tensor, value: Tensor, share: number): Tensor {
  return add(mul(mean, share), mul(value, 1 - share));
}

/** Moves a moment on to the running mean of `value`, and returns the moment. */
export function follow(moment: Tensor, value: Tensor, share: number): Tensor {
  return remember(moment, runningMean(moment, value, share));
}

/**
 * Replaces a moment and returns it. What is on its way to a slow denormal becomes zero: the numerics contract of all moments.
 */
export function remember(moment: Tensor, value: Tensor): Tensor {
  assign(moment, where(less(abs(value), 1e-30), 0, value));
  return moment;
}

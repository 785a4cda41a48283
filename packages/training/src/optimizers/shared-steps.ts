/**
 * What optimizers of your own are composed of, where no kernel has their formula: ops, and steps of SGD for what those would read and write
 * memory for several times. These also keep moments from becoming denormals.
 */
import { add, denseGradient, mul, type SteppedParameter, sgdStep, type Tensor } from "@cellstate/tensor";

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

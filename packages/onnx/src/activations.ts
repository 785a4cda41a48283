/** Functions of each element with the parameters `alpha` and `beta`, as operators and inside recurrent layers. */
import {
  abs,
  add,
  clamp,
  div,
  exp,
  greater,
  log,
  maximum,
  minimum,
  mul,
  neg,
  relu,
  sigmoid,
  softsign,
  sub,
  type Tensor,
  tanh,
  where,
} from "@cellstate/tensor";

export interface Activation {
  /** Default values of its parameters: none, alpha, or alpha and beta. */
  readonly defaults: readonly number[];
  readonly apply: (x: Tensor, alpha: number, beta: number) => Tensor;
}

/** log(1 + e^x), without overflow. */
export const softplus = (x: Tensor): Tensor => add(maximum(x, 0), log(add(exp(neg(abs(x))), 1)));

/** e^x - 1 below 0, where alone it is asked for. */
const expBelowZero = (x: Tensor): Tensor => sub(exp(minimum(x, 0)), 1);

const plain = (apply: (x: Tensor) => Tensor): Activation => ({ defaults: [], apply });

/** Those that recurrent operators name, with the default values of their parameters. */
export const activations = {
  Relu: plain(relu),
  Tanh: plain(tanh),
  Sigmoid: plain(sigmoid),
  Softsign: plain(softsign),
  Softplus: plain(softplus),
  Affine: { defaults: [1, 0], apply: (x, alpha, beta) => add(mul(x, alpha), beta) },
  LeakyRelu: { defaults: [0.01], apply: (x, alpha) => add(maximum(x, 0), mul(minimum(x, 0), alpha)) },
  ThresholdedRelu: { defaults: [1], apply: (x, alpha) => mul(x, greater(x, alpha)) },
  ScaledTanh: { defaults: [1, 1], apply: (x, alpha, beta) => mul(tanh(mul(x, beta)), alpha) },
  HardSigmoid: { defaults: [0.2, 0.5], apply: (x, alpha, beta) => clamp(add(mul(x, alpha), beta), 0, 1) },
  Elu: { defaults: [1], apply: (x, alpha) => add(maximum(x, 0), mul(expBelowZero(x), alpha)) },
} as const satisfies Readonly<Record<string, Activation>>;

export type ActivationName = keyof typeof activations;

/** Names are compared without regard to case, as the format says. */
const byLowerCase = new Map(Object.keys(activations).map((name) => [name.toLowerCase(), name as ActivationName]));

export function activationNamed(name: string): ActivationName | undefined {
  return byLowerCase.get(name.toLowerCase());
}

export const activationNames = Object.keys(activations);

/** Scaled exponential linear units (Klambauer et al. 2017). */
export const selu = (x: Tensor, alpha: number, gamma: number): Tensor =>
  mul(add(maximum(x, 0), mul(expBelowZero(x), alpha)), gamma);

export const celu = (x: Tensor, alpha: number): Tensor =>
  add(maximum(x, 0), mul(sub(exp(div(minimum(x, 0), alpha)), 1), alpha));

/** 1 or -1 where x has a sign, else 0; NaN stays. */
export const sign = (x: Tensor): Tensor => {
  const zero = x.session.full([], 0);
  return where(greater(x, 0), 1, where(greater(zero, x), -1, mul(x, 1)));
};

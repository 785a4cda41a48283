/** Smooth activation functions from small operations, written so that no branch overflows and no gradient becomes NaN. */
import {
  add,
  clamp,
  div,
  erf,
  exp,
  greater,
  log,
  maximum,
  minimum,
  mul,
  neg,
  sigmoid,
  sqrt,
  square,
  sub,
  type Tensor,
  tanh,
  where,
} from "@cellstate/tensor";

/** `log(1 + e^x)`, exact in relative terms also far below 0 (Dugas et al. 2001); its gradient is `sigmoid(x)`, at 0 too. */
export function softplus(x: Tensor): Tensor {
  const shift = x.session.noGrad(() => maximum(x, 0)); // a constant: it drops out
  const terms = [exp(neg(shift)), exp(sub(x, shift))] as const; // one of them is 1
  const total = add(...terms);
  // What the total lost of the smaller term in rounding, over the total: the first term of the logarithm's series.
  const lost = x.session.noGrad(() => div(sub(minimum(...terms), sub(total, 1)), total));
  return add(shift, add(log(total), lost));
}

/** `log(sigmoid(x))`, at most 0. */
export function logSigmoid(x: Tensor): Tensor {
  return neg(softplus(neg(x)));
}

/**
 * `x` above 0, elsewhere `alpha * (e^x - 1)` (Clevert et al. 2016).
 *
 * @param alpha  minus the value far below 0. Default 1
 */
export function elu(x: Tensor, alpha: number = 1): Tensor {
  return where(greater(x, 0), x, mul(expMinusOne(negativePart(x)), alpha));
}

/** `elu` continuously differentiable for every `alpha`: `alpha * (e^(x / alpha) - 1)` below 0 (Barron 2017). Default 1. */
export function celu(x: Tensor, alpha: number = 1): Tensor {
  return where(greater(x, 0), x, mul(expMinusOne(div(negativePart(x), alpha)), alpha));
}

const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

/** A scaled `elu` that keeps mean 0 and variance 1 from layer to layer (Klambauer et al. 2017). */
export function selu(x: Tensor): Tensor {
  return mul(elu(x, SELU_ALPHA), SELU_SCALE);
}

/** `x * Phi(x)` with the normal distribution function, by `erf` (Hendrycks & Gimpel 2016). */
export function gelu(x: Tensor): Tensor {
  return mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1));
}

const SQRT_2_OVER_PI = 0.7978845608028654;

/** The approximation of `gelu` by a hyperbolic tangent, as in the first BERT and GPT models. */
export function geluTanh(x: Tensor): Tensor {
  const near = clamp(x, -16, 16); // where the hyperbolic tangent is 1 or -1 long before a cube overflows
  const inner = mul(add(near, mul(mul(near, square(near)), 0.044715)), SQRT_2_OVER_PI);
  return mul(mul(x, 0.5), add(tanh(inner), 1));
}

/** `x * sigmoid(x)` (Ramachandran et al. 2017), also called SiLU. */
export function swish(x: Tensor): Tensor {
  return mul(x, sigmoid(x));
}

/** `x * tanh(softplus(x))` (Misra 2019). */
export function mish(x: Tensor): Tensor {
  return mul(x, tanh(softplus(x)));
}

/** `(x + sqrt(x^2 + 4)) / 2`, a `softplus` without exponentials (Barron 2021). */
export function squareplus(x: Tensor): Tensor {
  return mul(add(x, sqrt(add(square(x), 4))), 0.5);
}

/** `x - tanh(x)` */
export function tanhShrink(x: Tensor): Tensor {
  return sub(x, tanh(x));
}

/** `min(x, 0)` with slope 1 at 0. */
function negativePart(x: Tensor): Tensor {
  return minimum(x.session.zeros([]), x);
}

/** `e^x - 1` for `x` up to 0; near 0 by the hyperbolic tangent of half of it, which cancels nothing. */
function expMinusOne(x: Tensor): Tensor {
  const half = tanh(mul(x, 0.5));
  return where(greater(x, -0.5), div(mul(half, 2), add(neg(half), 1)), sub(exp(x), 1));
}

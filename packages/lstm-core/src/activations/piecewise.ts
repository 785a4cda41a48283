/** Activation functions made of straight lines, from small operations. */
import { abs, add, clamp, greater, mul, sub, type Tensor, where } from "@cellstate/tensor";

/** `min(max(x, 0), 6)` (Krizhevsky 2010). */
export function relu6(x: Tensor): Tensor {
  return clamp(x, 0, 6);
}

/** `relu6(x + 3) / 6`: PyTorch's hard sigmoid, and Keras's since version 3. */
export function hardSigmoid(x: Tensor): Tensor {
  return mul(relu6(add(x, 3)), 1 / 6);
}

/** `min(max(0.2 x + 0.5, 0), 1)`: Keras's hard sigmoid in versions 1 and 2, and that of ONNX. */
export function hardSigmoidLegacy(x: Tensor): Tensor {
  return clamp(add(mul(x, 0.2), 0.5), 0, 1);
}

/** `x * hardSigmoid(x)` (Howard et al. 2019). */
export function hardSwish(x: Tensor): Tensor {
  return mul(x, hardSigmoid(x));
}

/** `x` moved into `[-1, 1]`. */
export function hardTanh(x: Tensor): Tensor {
  return clamp(x, -1, 1);
}

/**
 * `x` above 0, elsewhere `negativeSlope * x` (Maas et al. 2013).
 *
 * @param negativeSlope  Default 0.2, as Keras's function of that name; PyTorch's has 0.01, Keras's layer 0.3
 */
export function leakyRelu(x: Tensor, negativeSlope: number = 0.2): Tensor {
  return where(greater(x, 0), x, mul(x, negativeSlope));
}

/** `x` where it is further than `threshold` from 0, elsewhere 0. Default 0.5. */
export function hardShrink(x: Tensor, threshold: number = 0.5): Tensor {
  return where(greater(abs(x), threshold), x, 0);
}

/** `x` moved by `threshold` towards 0, and 0 where it would pass it. Default 0.5. */
export function softShrink(x: Tensor, threshold: number = 0.5): Tensor {
  return sub(x, clamp(x, -threshold, threshold));
}

/** `x` above `threshold`, elsewhere 0 (Konda et al. 2014). Default 1. */
export function thresholdedRelu(x: Tensor, threshold: number = 1): Tensor {
  return where(greater(x, threshold), x, 0);
}

/** Constants and slopes that losses work out beside the tape, and sums of exponentials. */
import { add, exp, log, max, mul, reshape, sub, sum, type Tensor, unsqueeze } from "@cellstate/tensor";

/** `x` as a constant: no gradient flows through. */
export function constantOf(x: Tensor): Tensor {
  return x.session.noGrad(() => reshape(x, x.shape));
}

/** A function's values, computed elsewhere, as a tensor through which gradients flow to `inputs` by the slopes given. */
export function withSlopes(values: Float64Array, inputs: readonly { x: Tensor; slopes: Float64Array }[]): Tensor {
  const { session, shape } = inputs[0]!.x;
  let out = session.tensor(values, shape);
  for (const { x, slopes } of inputs) {
    out = add(out, mul(sub(x, constantOf(x)), session.tensor(slopes, shape))); // adds 0
  }
  return out;
}

/** `log(sum(exp(x)))` over `axis`, which disappears. */
export function logSumExp(x: Tensor, axis: number): Tensor {
  const highest = x.session.noGrad(() => max(x, axis)); // a constant: it drops out
  return add(highest, log(sum(exp(sub(x, unsqueeze(highest, axis))), axis)));
}

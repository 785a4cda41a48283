/** Functions that would overflow or cancel as they are defined, and functions whose slopes are worked out beside them. */
import {
  add,
  div,
  exp,
  log,
  max,
  maximum,
  minimum,
  mul,
  neg,
  reshape,
  sub,
  sum,
  type Tensor,
  unsqueeze,
} from "@cellstate/tensor";

/** `x` as a constant: no gradient flows through. */
export function constantOf(x: Tensor): Tensor {
  return x.session.noGrad(() => reshape(x, x.shape));
}

/** `log(1 + e^x)` for any finite x, small results too; its gradient is `sigmoid(x)`, at 0 too. */
export function softplus(x: Tensor): Tensor {
  const shift = x.session.noGrad(() => maximum(x, 0));
  const terms = [exp(neg(shift)), exp(sub(x, shift))] as const; // one of them is 1
  const total = add(...terms);
  // What the total lost of the smaller term in rounding, over the total: the first term of the logarithm's series.
  const lost = x.session.noGrad(() => div(sub(minimum(...terms), sub(total, 1)), total));
  return add(shift, add(log(total), lost));
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

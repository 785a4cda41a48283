/** Materialises a broadcast, and sums one away. */
import type { ReduceOp } from "../backend.ts";
import { broadcastStrides, type Shape, sameShape, splitAtAxis, stridesOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

/** @internal `x` stretched to `shape`, not recorded. */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  const out = x.session.empty(shape);
  x.session.backend.copy(
    x.storage,
    { offset: 0, strides: broadcastStrides(x.shape, shape) },
    out.storage,
    { offset: 0, strides: stridesOf(shape) },
    shape,
    false,
  );
  return out;
}

/** @internal One reduction without recording; `shape` is the output's. */
export function reduceKernel(op: ReduceOp, x: Tensor, axis: number, shape: Shape, requiresGrad = false): Tensor {
  const { outer, length, inner } = splitAtAxis(x.shape, axis);
  const out = x.session.empty(shape, { requiresGrad });
  x.session.backend.reduce(op, x.storage, out.storage, outer, length, inner);
  return out;
}

/** @internal Sums the stretched axes of a broadcast away, from the first to the last. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  let current = x;
  const extra = x.shape.length - shape.length;
  for (let axis = 0; axis < x.shape.length; axis++) {
    const target = axis < extra ? 1 : shape[axis - extra]!;
    if (target === 1 && current.shape[axis] !== 1) {
      current = reduceKernel(
        "sum",
        current,
        axis,
        current.shape.map((extent, i) => (i === axis ? 1 : extent)),
      );
    }
  }
  const { session } = x;
  return session.alias(current, shape);
}

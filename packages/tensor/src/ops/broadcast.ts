/** Materialises a broadcast. */
import { broadcastStrides, type Shape, stridesOf } from "../shape.ts";
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

/** Softmax over the last axis, arg-max and top-k. */
import { needsGrad } from "../autograd/tape.ts";
import { ShapeError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";
import { checkFloat } from "./elementwise.ts";

function rowsAndClasses(op: string, x: Tensor): { rows: number; classes: number } {
  checkFloat(op, x);
  const classes = x.shape.at(-1) ?? 0;
  if (classes === 0) throw new ShapeError(op, "a non-empty last axis", x.shape);
  return { rows: x.size / classes, classes };
}

function normalized(op: string, x: Tensor, isLog: boolean): Tensor {
  const { rows, classes } = rowsAndClasses(op, x);
  const { session } = x;
  const out = session.empty(x.shape, { requiresGrad: needsGrad([x]) });
  session.backend.softmax(x.storage, out.storage, rows, classes, isLog);
  if (out.requiresGrad) {
    session.record({
      op,
      inputs: [x],
      outputs: [out],
      backward: ([dy]) => {
        const dx = session.empty(x.shape);
        session.backend.softmaxGradient(out.storage, dy!.storage, dx.storage, rows, classes, isLog);
        return [dx];
      },
    });
  }
  return out;
}

/** Probabilities along the last axis, computed after subtracting the maximum. */
export const softmax = (x: Tensor): Tensor => normalized("softmax", x, false);

/** Natural-log probabilities along the last axis. */
export const logSoftmax = (x: Tensor): Tensor => normalized("logSoftmax", x, true);

/** int32 index of the largest element along the last axis, which disappears: the lowest among equals; a NaN is the largest. */
export function argMax(x: Tensor): Tensor {
  const { rows, classes } = rowsAndClasses("argMax", x);
  const out = x.session.empty(x.shape.slice(0, -1), { dtype: "int32" });
  x.session.backend.argMax(x.storage, out.storage, rows, classes);
  return out;
}

/** int32 index of the smallest element along the last axis, which disappears: the lowest among equals; a NaN is the smallest. */
export function argMin(x: Tensor): Tensor {
  rowsAndClasses("argMin", x);
  const negated = x.session.empty(x.shape);
  x.session.backend.unary("neg", x.storage, negated.storage);
  return argMax(negated);
}

/**
 * The `k` largest elements along the last axis, falling, with their int32 indices: the lowest index first among equals, NaNs
 * before all others.
 */
export function topK(x: Tensor, k: number): { values: Tensor; indices: Tensor } {
  const { rows, classes } = rowsAndClasses("topK", x);
  if (!Number.isInteger(k) || k < 1 || k > classes) throw new ShapeError("topK", `k in [1, ${classes}]`, `${k}`);
  const shape = [...x.shape.slice(0, -1), k];
  const values = x.session.empty(shape);
  const indices = x.session.empty(shape, { dtype: "int32" });
  x.session.backend.topK(x.storage, values.storage, indices.storage, rows, classes, k);
  return { values, indices };
}

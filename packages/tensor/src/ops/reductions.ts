/** Sums, means, extremes and cumulative sums, over all elements or along one axis, and their gradient rules. */
import { needsGrad } from "../autograd/tape.ts";
import type { ReduceOp } from "../backend.ts";
import { ShapeError } from "../errors.ts";
import { normalizeAxis, splitAtAxis } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { broadcastTo, reduceKernel } from "./broadcast.ts";
import { checkFloat } from "./elementwise.ts";

/** Sum of all elements (shape `[]`), or along `axis`, which disappears. */
export function sum(x: Tensor, axis?: number): Tensor {
  return scaledSum("sum", x, axis, 1);
}

/** Mean of all elements (shape `[]`), or along `axis`, which disappears. */
export function mean(x: Tensor, axis?: number): Tensor {
  const count = axis === undefined ? x.size : x.shape[normalizeAxis("mean", axis, x.shape.length)]!;
  return scaledSum("mean", x, axis, count);
}

/** A sum divided by `count`. */
function scaledSum(op: string, x: Tensor, axis: number | undefined, count: number): Tensor {
  checkFloat(op, x);
  const { session } = x;
  const requiresGrad = needsGrad([x]);
  const at = axis === undefined ? undefined : normalizeAxis(op, axis, x.shape.length);
  let out: Tensor;
  if (at === undefined) {
    out = session.empty([], { requiresGrad });
    session.backend.fill(out.storage, session.backend.sumAll(x.storage) / count);
  } else {
    const shape = x.shape.filter((_, i) => i !== at);
    out = reduceKernel("sum", x, at, shape, requiresGrad && count === 1);
    if (count !== 1) out = dividedBy(out, count, requiresGrad);
  }
  if (requiresGrad) {
    session.record({
      op,
      inputs: [x],
      outputs: [out],
      backward: ([dy]) => {
        const share = count === 1 ? dy! : dividedBy(dy!, count, false);
        const kept = x.shape.map((extent, i) => (at === undefined || i === at ? 1 : extent));
        return [broadcastTo(session.alias(share, kept), x.shape)];
      },
    });
  }
  return out;
}

function dividedBy(x: Tensor, count: number, requiresGrad: boolean): Tensor {
  const { session } = x;
  const out = session.empty(x.shape, { requiresGrad });
  const flat = [1];
  session.backend.binary("div", x.storage, flat, session.tensor([count], []).storage, [0], out.storage, [x.size]);
  return out;
}

/** Largest element along `axis`, which disappears; NaN if any is. The gradient goes to every element equal to it. */
export const max = (x: Tensor, axis: number): Tensor => extreme("max", x, axis);

/** Smallest element along `axis`, which disappears; NaN if any is. The gradient goes to every element equal to it. */
export const min = (x: Tensor, axis: number): Tensor => extreme("min", x, axis);

function extreme(op: Exclude<ReduceOp, "sum">, x: Tensor, axis: number): Tensor {
  checkFloat(op, x);
  const { session } = x;
  const at = normalizeAxis(op, axis, x.shape.length);
  if (x.shape[at] === 0) throw new ShapeError(op, `a non-empty axis ${at}`, x.shape);
  const shape = x.shape.filter((_, i) => i !== at);
  const out = reduceKernel(op, x, at, shape, needsGrad([x]));
  if (out.requiresGrad) {
    session.record({
      op,
      inputs: [x],
      outputs: [out],
      backward: ([dy]) => {
        const kept = x.shape.map((extent, i) => (i === at ? 1 : extent));
        const best = broadcastTo(session.alias(out, kept), x.shape);
        const beaten = session.empty(x.shape);
        const spread = broadcastTo(session.alias(dy!, kept), x.shape);
        const dx = session.empty(x.shape);
        const flat = [1];
        const [larger, smaller] = op === "max" ? [best, x] : [x, best];
        session.backend.binary("greater", larger.storage, flat, smaller.storage, flat, beaten.storage, [x.size]);
        session.backend.binary("mul", spread.storage, flat, beaten.storage, flat, beaten.storage, [x.size]);
        session.backend.binary("sub", spread.storage, flat, beaten.storage, flat, dx.storage, [x.size]);
        return [dx];
      },
    });
  }
  return out;
}

/** Sums of the elements up to and including each one along `axis`, added in rising order. */
export function cumsum(x: Tensor, axis: number): Tensor {
  checkFloat("cumsum", x);
  const { session } = x;
  const { outer, length, inner } = splitAtAxis(x.shape, normalizeAxis("cumsum", axis, x.shape.length));
  const out = session.empty(x.shape, { requiresGrad: needsGrad([x]) });
  session.backend.cumulativeSum(x.storage, out.storage, outer, length, inner, false);
  if (out.requiresGrad) {
    session.record({
      op: "cumsum",
      inputs: [x],
      outputs: [out],
      backward: ([dy]) => {
        const dx = session.empty(x.shape);
        session.backend.cumulativeSum(dy!.storage, dx.storage, outer, length, inner, true);
        return [dx];
      },
    });
  }
  return out;
}

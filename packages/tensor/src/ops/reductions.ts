/** Sums, means and maxima, over all elements or along one axis, and their gradient rules. */
import { needsGrad } from "../autograd/tape.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { normalizeAxis, type Shape, splitAtAxis } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { broadcastTo } from "./broadcast.ts";

/** @internal One reduction without recording; `shape` is the output's. */
export function reduceKernel(op: "sum" | "max", x: Tensor, axis: number, shape: Shape, requiresGrad = false): Tensor {
  const { outer, length, inner } = splitAtAxis(x.shape, axis);
  const out = x.session.empty(shape, { requiresGrad });
  x.session.backend.reduce(op, x.storage, out.storage, outer, length, inner);
  return out;
}

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
  if (x.dtype === "int32") throw new DTypeError(op, "a float tensor", x.dtype);
  const { session } = x;
  const requiresGrad = needsGrad([x]);
  const at = axis === undefined ? undefined : normalizeAxis(op, axis, x.shape.length);
  let out: Tensor;
  if (at === undefined) {
    out = session.tensor([session.backend.sumAll(x.storage) / count], [], { requiresGrad });
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
export function max(x: Tensor, axis: number): Tensor {
  const { session } = x;
  const at = normalizeAxis("max", axis, x.shape.length);
  if (x.dtype === "int32") throw new DTypeError("max", "a float tensor", x.dtype);
  if (x.shape[at] === 0) throw new ShapeError("max", `a non-empty axis ${at}`, x.shape);
  const shape = x.shape.filter((_, i) => i !== at);
  const out = reduceKernel("max", x, at, shape, needsGrad([x]));
  if (out.requiresGrad) {
    session.record({
      op: "max",
      inputs: [x],
      outputs: [out],
      backward: ([dy]) => {
        const kept = x.shape.map((extent, i) => (i === at ? 1 : extent));
        const top = broadcastTo(session.alias(out, kept), x.shape);
        const below = session.empty(x.shape);
        const spread = broadcastTo(session.alias(dy!, kept), x.shape);
        const dx = session.empty(x.shape);
        const flat = [1];
        session.backend.binary("greater", top.storage, flat, x.storage, flat, below.storage, [x.size]);
        session.backend.binary("mul", spread.storage, flat, below.storage, flat, below.storage, [x.size]);
        session.backend.binary("sub", spread.storage, flat, below.storage, flat, dx.storage, [x.size]);
        return [dx];
      },
    });
  }
  return out;
}

/** Comparisons, whose results are 1 where they hold and 0 elsewhere, and choosing by them. */
import { needsGrad } from "../autograd/tape.ts";
import type { BinaryOp } from "../backend.ts";
import { broadcastShapes, type Shape, sameShape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { broadcastTo, sumTo } from "./broadcast.ts";
import { applyBinary, checkFloat, operand } from "./elementwise.ts";

function compare(name: string, op: BinaryOp, a: Tensor, b: Tensor): Tensor {
  checkFloat(name, a, b);
  return applyBinary(op, a, b, broadcastShapes(name, a.shape, b.shape));
}

/** 1 where a > b, else 0; no gradient flows. Every comparison with NaN but {@link notEqual} gives 0. */
export const greater = (a: Tensor, b: Tensor | number): Tensor => compare("greater", "greater", a, operand(a, b));
/** 1 where a >= b, else 0. */
export const greaterEqual = (a: Tensor, b: Tensor | number): Tensor =>
  compare("greaterEqual", "greaterEqual", a, operand(a, b));
/** 1 where a < b, else 0. */
export const less = (a: Tensor, b: Tensor | number): Tensor => compare("less", "greater", operand(a, b), a);
/** 1 where a <= b, else 0. */
export const lessEqual = (a: Tensor, b: Tensor | number): Tensor =>
  compare("lessEqual", "greaterEqual", operand(a, b), a);
/** 1 where a and b are equal, zeros of both signs included, else 0. */
export const equal = (a: Tensor, b: Tensor | number): Tensor => compare("equal", "equal", a, operand(a, b));
/** 1 where a and b differ or either is NaN, else 0. */
export const notEqual = (a: Tensor, b: Tensor | number): Tensor => compare("notEqual", "notEqual", a, operand(a, b));

const stretched = (x: Tensor, shape: Shape): Tensor => (sameShape(x.shape, shape) ? x : broadcastTo(x, shape));

/** One kernel call on three tensors of one shape, not recorded. */
function choose(condition: Tensor, a: Tensor, b: Tensor, requiresGrad = false): Tensor {
  const out = condition.session.empty(condition.shape, { requiresGrad });
  condition.session.backend.where(condition.storage, a.storage, b.storage, out.storage);
  return out;
}

/**
 * `a` where `condition` is not 0, elsewhere `b`; the three shapes broadcast. Gradients flow to the chosen side only.
 *
 * @param condition float, usually a comparison; NaN counts as true
 * @throws {ShapeError} if the shapes do not broadcast
 */
export function where(condition: Tensor, a: Tensor | number, b: Tensor | number): Tensor {
  const { session } = condition;
  const tensors = [condition, a, b].filter((side) => side instanceof Tensor);
  checkFloat("where", ...tensors);
  const shape = tensors.reduce<Shape>((joint, side) => broadcastShapes("where", joint, side.shape), []);
  const [left, right] = [a, b].map((side) => (side instanceof Tensor ? side : session.full(shape, side))) as [
    Tensor,
    Tensor,
  ];
  const mask = stretched(condition, shape);
  const out = choose(mask, stretched(left, shape), stretched(right, shape), needsGrad([left, right]));
  if (out.requiresGrad) {
    session.record({
      op: "where",
      inputs: [left, right],
      outputs: [out],
      saved: mask === condition ? [] : [mask],
      backward: ([dy]) => {
        const zeros = session.zeros(shape);
        return [
          left.requiresGrad ? sumTo(choose(mask, dy!, zeros), left.shape) : undefined,
          right.requiresGrad ? sumTo(choose(mask, zeros, dy!), right.shape) : undefined,
        ];
      },
    });
  }
  return out;
}

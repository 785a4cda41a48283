/** Elementwise ops with NumPy broadcasting, and their gradient rules. */
import { needsGrad } from "../autograd/tape.ts";
import type { BinaryOp, UnaryOp } from "../backend.ts";
import { DTypeError } from "../errors.ts";
import { broadcastShapes, broadcastStrides, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { sumTo } from "./broadcast.ts";

/** @throws {DTypeError} if any tensor holds integers, or is none */
export function checkFloat(op: string, ...tensors: readonly Tensor[]): void {
  for (const tensor of tensors) {
    if (tensor?.dtype === "float32" || tensor?.dtype === "float64") continue;
    const got = (tensor as Tensor | undefined)?.dtype ?? (Array.isArray(tensor) ? "a list" : `${tensor}`);
    throw new DTypeError(op, "a float tensor", got);
  }
}

function unary(op: UnaryOp, x: Tensor): Tensor {
  checkFloat(op, x);
  const { session } = x;
  const out = session.empty(x.shape, { requiresGrad: needsGrad([x]) });
  session.backend.unary(op, x.storage, out.storage);
  if (out.requiresGrad) {
    session.record({
      op,
      inputs: [x],
      outputs: [out],
      backward: ([dy]) => {
        const dx = session.empty(x.shape);
        session.backend.unaryGradient(op, x.storage, out.storage, dy!.storage, dx.storage);
        return [dx];
      },
    });
  }
  return out;
}

/** -x */
export const neg = (x: Tensor): Tensor => unary("neg", x);
/** e^x */
export const exp = (x: Tensor): Tensor => unary("exp", x);
/** Natural logarithm; NaN below 0. */
export const log = (x: Tensor): Tensor => unary("log", x);
/** Hyperbolic tangent. */
export const tanh = (x: Tensor): Tensor => unary("tanh", x);
/** 1 / (1 + e^-x) */
export const sigmoid = (x: Tensor): Tensor => unary("sigmoid", x);
/** max(x, 0) */
export const relu = (x: Tensor): Tensor => unary("relu", x);
/** Square root; NaN below 0. */
export const sqrt = (x: Tensor): Tensor => unary("sqrt", x);
/** x * x */
export const square = (x: Tensor): Tensor => unary("square", x);
/** The error function, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x. */
export const erf = (x: Tensor): Tensor => unary("erf", x);
/** Sine of radians; in float32 NaN from 2^28 on, where neighbouring numbers lie several periods apart. */
export const sin = (x: Tensor): Tensor => unary("sin", x);
/** Cosine of radians; in float32 NaN from 2^28 on, where neighbouring numbers lie several periods apart. */
export const cos = (x: Tensor): Tensor => unary("cos", x);
/** The absolute value; the gradient at 0 is 0. */
export const abs = (x: Tensor): Tensor => unary("abs", x);
/** x / (1 + |x|), in [-1, 1]: a sigmoid with slow tails (Bergstra et al. 2009); NaN at infinities. */
export const softsign = (x: Tensor): Tensor => unary("softsign", x);

/** @internal One kernel call with broadcasting and no recording. */
export function applyBinary(op: BinaryOp, a: Tensor, b: Tensor, shape: Shape, requiresGrad = false): Tensor {
  const out = a.session.empty(shape, { requiresGrad });
  a.session.backend.binary(
    op,
    a.storage,
    broadcastStrides(a.shape, shape),
    b.storage,
    broadcastStrides(b.shape, shape),
    out.storage,
    shape,
  );
  return out;
}

/** @internal A number as a tensor of shape `[]`. */
export function operand(beside: Tensor, value: Tensor | number): Tensor {
  return typeof value === "number" ? beside.session.tensor([value], []) : value;
}

type BinaryRule = (dy: Tensor, a: Tensor, b: Tensor) => readonly [Tensor, Tensor];

function binary(op: BinaryOp, a: Tensor, right: Tensor | number, rule: BinaryRule): Tensor {
  const b = operand(a, right);
  checkFloat(op, a, b);
  const out = applyBinary(op, a, b, broadcastShapes(op, a.shape, b.shape), needsGrad([a, b]));
  if (out.requiresGrad) {
    a.session.record({
      op,
      inputs: [a, b],
      outputs: [out],
      backward: ([dy]) => {
        const [da, db] = rule(dy!, a, b);
        return [a.requiresGrad ? sumTo(da, a.shape) : undefined, b.requiresGrad ? sumTo(db, b.shape) : undefined];
      },
    });
  }
  return out;
}

const product = (a: Tensor, b: Tensor): Tensor => applyBinary("mul", a, b, broadcastShapes("mul", a.shape, b.shape));
const quotient = (a: Tensor, b: Tensor): Tensor => applyBinary("div", a, b, broadcastShapes("div", a.shape, b.shape));
const isGreater = (a: Tensor, b: Tensor): Tensor =>
  applyBinary("greater", a, b, broadcastShapes("greater", a.shape, b.shape));

function negated(x: Tensor): Tensor {
  const out = x.session.empty(x.shape);
  x.session.backend.unary("neg", x.storage, out.storage);
  return out;
}

/** a + b */
export function add(a: Tensor, b: Tensor | number): Tensor {
  return binary("add", a, b, (dy) => [dy, dy]);
}

/** a - b */
export function sub(a: Tensor, b: Tensor | number): Tensor {
  return binary("sub", a, b, (dy) => [dy, negated(dy)]);
}

/** a * b */
export function mul(a: Tensor, b: Tensor | number): Tensor {
  return binary("mul", a, b, (dy, left, right) => [product(dy, right), product(dy, left)]);
}

/** a / b */
export function div(a: Tensor, b: Tensor | number): Tensor {
  return binary("div", a, b, (dy, left, right) => [
    quotient(dy, right),
    negated(quotient(product(dy, left), product(right, right))),
  ]);
}

/** The larger of a and b, NaN if either is; where they are equal the gradient goes to b. */
export function maximum(a: Tensor, b: Tensor | number): Tensor {
  return binary("maximum", a, b, (dy, left, right) => {
    const toLeft = product(dy, isGreater(left, right));
    return [toLeft, applyBinary("sub", dy, toLeft, dy.shape)];
  });
}

/** The smaller of a and b, NaN if either is; where they are equal the gradient goes to b. */
export function minimum(a: Tensor, b: Tensor | number): Tensor {
  return binary("minimum", a, b, (dy, left, right) => {
    const toLeft = product(dy, isGreater(right, left));
    return [toLeft, applyBinary("sub", dy, toLeft, dy.shape)];
  });
}

/** `x` moved into `[low, high]`; the gradient is that of `x` inside and on the bounds, and 0 outside. NaN stays. */
export function clamp(x: Tensor, low: number, high: number): Tensor {
  if (!(low <= high)) throw new RangeError(`clamp: expected low <= high, got ${low} and ${high}`);
  return minimum(operand(x, high), maximum(operand(x, low), x));
}

/** Elementwise kernels, strided copies and reductions of the reference backend. */
import type { BinaryOp, ReduceOp, UnaryOp } from "../../backend.ts";
import type { TypedArray } from "../../dtype.ts";
import { TWO_OVER_SQRT_PI } from "../../scalar.ts";
import type { Layout } from "../../storage.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { type Floats, laneSum } from "./sums.ts";

export function maximum(a: number, b: number): number {
  // biome-ignore lint/complexity/useMathMinMax: Math.max tells +0 from -0, which are equal here
  return Number.isNaN(a) ? a : Number.isNaN(b) ? b : a > b ? a : b;
}

function minimum(a: number, b: number): number {
  // biome-ignore lint/complexity/useMathMinMax: Math.min tells +0 from -0, which are equal here
  return Number.isNaN(a) ? a : Number.isNaN(b) ? b : a < b ? a : b;
}

export function unary(math: Arithmetic, op: UnaryOp, x: Floats, out: Floats): void {
  const apply = unaryFunction(math, op);
  for (let i = 0; i < x.length; i++) out[i] = apply(x[i]!);
}

function unaryFunction(math: Arithmetic, op: UnaryOp): (x: number) => number {
  switch (op) {
    case "neg":
      return (x) => -x;
    case "exp":
      return math.exp;
    case "log":
      return math.log;
    case "tanh":
      return math.tanh;
    case "sigmoid":
      return math.sigmoid;
    case "relu":
      return (x) => maximum(x, 0);
    case "sqrt":
      return (x) => math.round(Math.sqrt(x));
    case "square":
      return (x) => math.round(x * x);
    case "erf":
      return math.erf;
    case "sin":
      return math.sin;
    case "cos":
      return math.cos;
    case "abs":
      return Math.abs;
    case "softsign":
      return (x) => math.round(x / math.round(1 + Math.abs(x)));
    default:
      return op satisfies never;
  }
}

export function unaryGradient(math: Arithmetic, op: UnaryOp, x: Floats, y: Floats, dy: Floats, dx: Floats): void {
  for (let i = 0; i < dx.length; i++) dx[i] = slope(math, op, x[i]!, y[i]!, dy[i]!);
}

/** The output's gradient `d` times the derivative at input `x`, output `y`. */
function slope(math: Arithmetic, op: UnaryOp, x: number, y: number, d: number): number {
  const r = math.round;
  switch (op) {
    case "neg":
      return -d;
    case "exp":
      return r(d * y);
    case "log":
      return r(d / x);
    case "tanh":
      return r(d * math.fma(-y, y, 1));
    case "sigmoid":
      return r(d * r(y * r(1 - y)));
    case "relu":
      return x > 0 ? d : 0;
    case "sqrt":
      return r(d / r(y + y));
    case "square":
      return r(d * r(x + x));
    case "erf":
      return r(d * r(r(TWO_OVER_SQRT_PI) * math.exp(-r(x * x))));
    case "sin":
      return r(d * math.cos(x));
    case "cos":
      return r(-d * math.sin(x));
    case "abs":
      return x > 0 ? d : x < 0 ? -d : 0;
    case "softsign":
      return r(r(d / r(1 + Math.abs(x))) / r(1 + Math.abs(x)));
    default:
      return op satisfies never;
  }
}

function binaryFunction(math: Arithmetic, op: BinaryOp): (a: number, b: number) => number {
  const r = math.round;
  switch (op) {
    case "add":
      return (a, b) => r(a + b);
    case "sub":
      return (a, b) => r(a - b);
    case "mul":
      return (a, b) => r(a * b);
    case "div":
      return (a, b) => r(a / b);
    case "maximum":
      return maximum;
    case "greater":
      return (a, b) => (a > b ? 1 : 0);
    case "minimum":
      return minimum;
    case "greaterEqual":
      return (a, b) => (a >= b ? 1 : 0);
    case "equal":
      return (a, b) => (a === b ? 1 : 0);
    case "notEqual":
      return (a, b) => (a !== b ? 1 : 0);
    default:
      return op satisfies never;
  }
}

/** Calls `visit` for each index of `shape` in row-major order with the flat position in two layouts. */
function walk(shape: readonly number[], a: Layout, b: Layout, visit: (a: number, b: number) => void): void {
  const descend = (axis: number, offsetA: number, offsetB: number): void => {
    if (axis === shape.length) {
      visit(offsetA, offsetB);
      return;
    }
    for (let i = 0; i < shape[axis]!; i++)
      descend(axis + 1, offsetA + i * a.strides[axis]!, offsetB + i * b.strides[axis]!);
  };
  descend(0, a.offset, b.offset);
}

export function binary(
  math: Arithmetic,
  op: BinaryOp,
  a: Floats,
  aStrides: readonly number[],
  b: Floats,
  bStrides: readonly number[],
  out: Floats,
  shape: readonly number[],
): void {
  const apply = binaryFunction(math, op);
  let position = 0;
  walk(shape, { offset: 0, strides: aStrides }, { offset: 0, strides: bStrides }, (i, j) => {
    out[position++] = apply(a[i]!, b[j]!);
  });
}

export function copy(
  math: Arithmetic,
  from: TypedArray,
  fromLayout: Layout,
  to: TypedArray,
  toLayout: Layout,
  shape: readonly number[],
  accumulate: boolean,
): void {
  walk(shape, fromLayout, toLayout, (i, j) => {
    to[j] = accumulate ? math.round(to[j]! + from[i]!) : from[i]!;
  });
}

export function where(condition: Floats, a: Floats, b: Floats, out: Floats): void {
  for (let i = 0; i < out.length; i++) out[i] = condition[i] !== 0 ? a[i]! : b[i]!;
}

export function reduce(
  math: Arithmetic,
  op: ReduceOp,
  x: Floats,
  out: Floats,
  outer: number,
  length: number,
  inner: number,
): void {
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const at = (step: number) => x[(o * length + step) * inner + i]!;
      out[o * inner + i] = op === "sum" ? sumAlong(math, length, inner, at) : extremeAlong(op, length, at);
    }
  }
}

function sumAlong(math: Arithmetic, length: number, inner: number, at: (step: number) => number): number {
  if (inner === 1) return laneSum(math, length, at);
  let total = 0;
  for (let step = 0; step < length; step++) total = math.round(total + at(step));
  return total;
}

function extremeAlong(op: Exclude<ReduceOp, "sum">, length: number, at: (step: number) => number): number {
  const choose = op === "max" ? maximum : minimum;
  let best = at(0);
  for (let step = 1; step < length; step++) best = choose(best, at(step));
  return best;
}

export function cumulativeSum(
  math: Arithmetic,
  x: Floats,
  out: Floats,
  outer: number,
  length: number,
  inner: number,
  reverse: boolean,
): void {
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const at = (step: number) => (o * length + (reverse ? length - 1 - step : step)) * inner + i;
      for (let step = 0; step < length; step++) {
        out[at(step)] = step === 0 ? x[at(0)]! : math.round(out[at(step - 1)]! + x[at(step)]!);
      }
    }
  }
}

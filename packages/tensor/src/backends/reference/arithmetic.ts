/**
 * The number system that the reference kernels compute in: float64 as JavaScript has it, or float32 by rounding after
 * every single operation. The float32 functions here are the definition that all backends share to the bit.
 */
import type { FloatType } from "../../dtype.ts";
import * as scalar from "../../scalar.ts";

export interface Arithmetic {
  readonly floatType: FloatType;
  /** Rounds the exact result of one operation. */
  readonly round: (value: number) => number;
  readonly exp: (x: number) => number;
  readonly log: (x: number) => number;
  readonly tanh: (x: number) => number;
  readonly sigmoid: (x: number) => number;
}

const f = Math.fround;

const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);

const LOG2_E = f(Math.LOG2E);
const ROUNDING_MAGIC = 12582912; // 1.5 * 2^23: adding it rounds to an integer
const LN2_HIGH = f(0.693359375);
const LN2_LOW = f(-2.1219444e-4);
/** Minimax coefficients of Cephes `expf` (Moshier), highest power first. */
const EXP = [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1].map(f);
export const EXP_OVERFLOW = f(88.72283);
export const EXP_UNDERFLOW = f(-87.33654);

function powerOfTwo(exponent: number): number {
  bits[0] = (exponent + 127) << 23;
  return float[0]!;
}

/** e^x within 1 ulp; Infinity above 88.72283, 0 (never a denormal) below -87.33654. */
export function exp32(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > EXP_OVERFLOW) return Infinity;
  if (x < EXP_UNDERFLOW) return 0;
  const n = f(f(f(x * LOG2_E) + ROUNDING_MAGIC) - ROUNDING_MAGIC);
  const r = f(f(x - f(n * LN2_HIGH)) - f(n * LN2_LOW));
  let p = EXP[0]!;
  for (let i = 1; i < EXP.length; i++) p = f(f(p * r) + EXP[i]!);
  p = f(f(f(p * f(r * r)) + r) + 1);
  const half = n >> 1;
  return f(f(p * powerOfTwo(half)) * powerOfTwo(n - half));
}

/** Minimax coefficients of Cephes `logf`, highest power first. */
const LOG = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
].map(f);
const SQRT_HALF = f(Math.SQRT1_2);

/** Natural logarithm within 1 ulp; NaN below 0, -Infinity at 0. Denormals count as the smallest normal number. */
export function log32(x: number): number {
  if (Number.isNaN(x) || x < 0) return NaN;
  if (x === 0) return -Infinity;
  if (x === Infinity) return x;
  float[0] = Math.max(x, 1.1754943508222875e-38);
  let exponent = (bits[0]! >> 23) - 126;
  bits[0] = (bits[0]! & 0x007fffff) | 0x3f000000; // [0.5, 1)
  let m = float[0]!;
  if (m < SQRT_HALF) {
    exponent -= 1;
    m = f(m + m);
  }
  m = f(m - 1);
  const z = f(m * m);
  let p = LOG[0]!;
  for (let i = 1; i < LOG.length; i++) p = f(f(p * m) + LOG[i]!);
  let y = f(f(p * m) * z);
  y = f(y + f(exponent * LN2_LOW));
  y = f(y - f(0.5 * z));
  return f(f(m + y) + f(exponent * LN2_HIGH));
}

/** Minimax coefficients of Cephes `tanhf`, highest power first. */
const TANH = [-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1].map(f);

/** Hyperbolic tangent within 2 ulp. */
export function tanh32(x: number): number {
  const magnitude = Math.abs(x);
  if (magnitude < 0.625) {
    const z = f(x * x);
    let p = TANH[0]!;
    for (let i = 1; i < TANH.length; i++) p = f(f(p * z) + TANH[i]!);
    return f(f(f(p * z) * x) + x);
  }
  const y = f(1 - f(2 / f(exp32(f(magnitude + magnitude)) + 1)));
  return x < 0 ? -y : y;
}

/** 1 / (1 + e^-x) within 2 ulp, exact in relative terms on both sides. */
export function sigmoid32(x: number): number {
  const e = exp32(-Math.abs(x));
  return f((x < 0 ? e : 1) / f(1 + e));
}

export const float32: Arithmetic = {
  floatType: "float32",
  round: Math.fround,
  exp: exp32,
  log: log32,
  tanh: tanh32,
  sigmoid: sigmoid32,
};

export const float64: Arithmetic = {
  floatType: "float64",
  round: (value) => value,
  exp: scalar.exp,
  log: scalar.log,
  tanh: scalar.tanh,
  sigmoid: scalar.sigmoid,
};

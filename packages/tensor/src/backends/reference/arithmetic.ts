/**
 * The number system that the reference kernels compute in: float64 as JavaScript has it, or float32 by rounding after
 * every single operation. The float32 functions here are the definition that all backends share to the bit.
 */
import type { FloatType } from "../../dtype.ts";
import * as scalar from "../../scalar.ts";
import { fma32 } from "./fma.ts";

export interface Arithmetic {
  readonly floatType: FloatType;
  /** Rounds the exact result of one operation. */
  readonly round: (value: number) => number;
  /** `a * b + c`: in float32 rounded once, in float64 after each of the two. */
  readonly fma: (a: number, b: number, c: number) => number;
  readonly exp: (x: number) => number;
  readonly log: (x: number) => number;
  readonly tanh: (x: number) => number;
  readonly sigmoid: (x: number) => number;
  readonly erf: (x: number) => number;
  readonly sin: (x: number) => number;
  readonly cos: (x: number) => number;
}

const f = Math.fround;

const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);

/** Coefficients, highest power first, at `x`. */
function horner(coefficients: readonly number[], x: number): number {
  let value = coefficients[0]!;
  for (let i = 1; i < coefficients.length; i++) value = fma32(value, x, coefficients[i]!);
  return value;
}

const LOG2_E = f(Math.LOG2E);
const ROUNDING_MAGIC = 12582912; // 1.5 * 2^23: adding it rounds to an integer
/** ln 2 is `LN2_HIGH - LN2_EXCESS`; products of the first with the exponents of float32 are exact (Cody & Waite 1980). */
const LN2_HIGH = f(0.693359375);
const LN2_EXCESS = f(2.1219444e-4);
/** (e^r - 1 - r) / r^2 for |r| <= ln(2) / 2: a minimax fit, its float32 coefficients then tuned against the worst errors of exp and tanh. */
const EXP = [1.394396299e-3, 8.366296999e-3, 4.166590422e-2, 1.666653007e-1, 0.5].map(f);
/** e^x rounds to 0 below, and to Infinity above. */
const EXP_LOWEST = -104;
const EXP_HIGHEST = f(88.8);

function powerOfTwo(exponent: number): number {
  bits[0] = (exponent + 127) << 23;
  return float[0]!;
}

/** The integer n of `e^x = 2^n * (1 + fraction)`. */
function exponentOf(x: number): number {
  return f(fma32(x, LOG2_E, ROUNDING_MAGIC) - ROUNDING_MAGIC);
}

/** The fraction of `e^x = 2^n * (1 + fraction)`, in [-0.3, 0.42]. */
function fractionOf(x: number, n: number): number {
  const r = fma32(n, LN2_EXCESS, fma32(n, -LN2_HIGH, x)); // the inner one is exact
  return fma32(horner(EXP, r), f(r * r), r);
}

/** `mantissa * 2^n` in two steps, so that one rounding makes a denormal or an overflow. */
function scaleByExponent(mantissa: number, n: number): number {
  const half = n >> 1;
  return f(f(mantissa * powerOfTwo(half)) * powerOfTwo(n - half));
}

/** @internal e^x within 1.04 ulp. */
export function exp32(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x < EXP_LOWEST) return 0;
  const limited = Math.min(x, EXP_HIGHEST);
  const n = exponentOf(limited);
  return scaleByExponent(f(1 + fractionOf(limited, n)), n);
}

/** Minimax coefficients of Cephes `logf` (Moshier), highest power first. */
const LOG = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
].map(f);
const SQRT_HALF_BITS = 0x3f3504f3;

/** @internal Natural logarithm within 0.83 ulp; NaN below 0, -Infinity at 0. */
export function log32(x: number): number {
  if (Number.isNaN(x) || x < 0) return NaN;
  if (x === 0) return -Infinity;
  if (x === Infinity) return x;
  const isDenormal = x < 1.1754943508222875e-38;
  float[0] = isDenormal ? x * 8388608 : x; // 2^23
  const offset = bits[0]! - SQRT_HALF_BITS;
  const exponent = (offset >> 23) - (isDenormal ? 23 : 0);
  bits[0] = (offset & 0x007fffff) + SQRT_HALF_BITS; // [sqrt(1/2), sqrt(2))
  const m = f(float[0]! - 1);
  const z = f(m * m);
  const cubic = f(f(horner(LOG, m) * m) * z);
  const y = fma32(z, -0.5, fma32(exponent, -LN2_EXCESS, cubic));
  return fma32(exponent, LN2_HIGH, f(m + y));
}

/** Minimax coefficients of Cephes `tanhf`, highest power first. */
const TANH = [-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1].map(f);
const TANH_SPLIT = 0.625;
/** From here on tanh(-x / 2) rounds to 1. */
const TANH_LOWEST = -40;

/** @internal Hyperbolic tangent within 1.83 ulp: (1 - E) / (1 + E) with E = e^(-2|x|) = 2^n + 2^n * fraction, a polynomial near 0. */
export function tanh32(x: number): number {
  if (x === 0 || Number.isNaN(x)) return x;
  if (Math.abs(x) < TANH_SPLIT) {
    const z = f(x * x);
    return fma32(f(horner(TANH, z) * z), x, x);
  }
  const y = Math.max(f(-2 * Math.abs(x)), TANH_LOWEST);
  const n = exponentOf(y);
  const scale = powerOfTwo(n);
  const fraction = fractionOf(y, n);
  const magnitude = f(fma32(-fraction, scale, f(1 - scale)) / fma32(fraction, scale, f(1 + scale)));
  return x < 0 ? -magnitude : magnitude;
}

/** @internal 1 / (1 + e^-x) within 1.98 ulp, also where it is close to 0: what rounding 1 + e loses is put back. */
export function sigmoid32(x: number): number {
  if (Number.isNaN(x)) return x;
  const y = Math.max(-Math.abs(x), EXP_LOWEST);
  const n = exponentOf(y);
  const e = scaleByExponent(f(1 + fractionOf(y, n)), n);
  const denominator = f(1 + e);
  const quotient = f((x < 0 ? e : 1) / denominator);
  return fma32(-quotient, f(e - f(denominator - 1)), quotient);
}

/** erf(x) / x - 1 as a polynomial of x^2 for small x; log(1 - erf(t)) / t + 1 of t for large ones (N. Juffa's fits). */
const ERF_SMALL = [-5.96761703e-4, 4.99119423e-3, -2.67681349e-2, 1.12819925e-1, -3.76125336e-1, 1.28379166e-1].map(f);
const ERF_LARGE_SQUARES = [-1.7285347e-5, 3.83197126e-4].map(f);
const ERF_LARGE_ONES = [-3.88396438e-3, 2.42546219e-2].map(f);
const ERF_LARGE = [-1.06777877e-1, -6.34846687e-1, -1.28717512e-1].map(f);
const ERF_SPLIT = f(0.927734375);
/** From here on erf rounds to 1. */
const ERF_HIGHEST = 4;

/** @internal The error function, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x, within 1.06 ulp. */
export function erf32(x: number): number {
  if (!(Math.abs(x) > ERF_SPLIT)) return fma32(horner(ERF_SMALL, f(x * x)), x, x);
  const t = Math.min(Math.abs(x), ERF_HIGHEST);
  const high = fma32(horner(ERF_LARGE_SQUARES, t), f(t * t), horner(ERF_LARGE_ONES, t));
  const magnitude = f(1 - exp32(fma32(horner([high, ...ERF_LARGE], t), t, -t)));
  return x < 0 ? -magnitude : magnitude;
}

const TWO_OVER_PI = 0.6366197723675814;
const ROUNDING_MAGIC_64 = 6755399441055744; // 1.5 * 2^52
/** The first 25 bits of pi / 2, whose products with n are exact, and the rest. */
const PI_OVER_2_HIGH = 1.5707963109016418;
const PI_OVER_2_LOW = 1.5893254773528196e-8;
/** From here on neighbouring float32 numbers lie several periods apart. */
const ANGLE_LIMIT = 268435456;

/** Sine (quarter 0) or cosine (quarter 1) in float64, rounded once; polynomials of FreeBSD's `k_sinf.c`, `k_cosf.c`. */
function sineOfQuarter(x: number, quarter: number): number {
  if (!(Math.abs(x) < ANGLE_LIMIT)) return NaN;
  const n = x * TWO_OVER_PI + ROUNDING_MAGIC_64 - ROUNDING_MAGIC_64;
  const r = x - n * PI_OVER_2_HIGH - n * PI_OVER_2_LOW;
  const z = r * r;
  const quadrant = (n + quarter) & 3;
  const value = quadrant & 1 ? cosineNearZero(z) : sineNearZero(z) * r;
  return f(quadrant & 2 ? -value : value);
}

/** sin(r) / r from `z = r * r`. */
function sineNearZero(z: number): number {
  return (
    (((z * 2.718311493989822e-6 - 1.9839334836096632e-4) * z + 8.333329385889463e-3) * z - 0.16666666641626524) * z + 1
  );
}

/** cos(r) from `z = r * r`. */
function cosineNearZero(z: number): number {
  return (
    (((z * 2.439044879627741e-5 - 1.388676377460993e-3) * z + 0.04166662332373906) * z - 0.499999997251031) * z + 1
  );
}

/** @internal Sine of `x` radians within 0.501 ulp for |x| < 2^28, NaN beyond. */
export const sin32 = (x: number): number => sineOfQuarter(x, 0);

/** @internal Cosine of `x` radians within 0.501 ulp for |x| < 2^28, NaN beyond. */
export const cos32 = (x: number): number => sineOfQuarter(x, 1);

export const float32: Arithmetic = {
  floatType: "float32",
  round: Math.fround,
  fma: fma32,
  exp: exp32,
  log: log32,
  tanh: tanh32,
  sigmoid: sigmoid32,
  erf: erf32,
  sin: sin32,
  cos: cos32,
};

export const float64: Arithmetic = {
  floatType: "float64",
  round: (value) => value,
  fma: (a, b, c) => a * b + c,
  exp: scalar.exp,
  log: scalar.log,
  tanh: scalar.tanh,
  sigmoid: scalar.sigmoid,
  erf: scalar.erf,
  sin: scalar.sin,
  cos: scalar.cos,
};

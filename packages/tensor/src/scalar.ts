/**
 * Elementary functions on float64 numbers from `+ - * /` and `Math.sqrt` alone, so that every engine gives the same bits.
 *
 * They serve schedules, metrics, initialisation and the float64 arithmetic of the reference backend. Methods: argument
 * reduction to a small interval (Cody & Waite 1980), then a Taylor series long enough for float64. Errors against
 * correctly rounded values stay below 2 ulp on ordinary arguments (`scalar.test.ts` measures them).
 */

const LN2_HIGH = 0.6931471803691238; // ln 2 to 33 bits: products with small integers are exact
const LN2_LOW = 1.9082149292705877e-10;
const LOG2_E = Math.LOG2E;

const words = new Uint32Array(2);
const double = new Float64Array(words.buffer);
const HIGH_WORD = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/** `2^exponent` for an integer in `[-1022, 1023]`. */
function powerOfTwo(exponent: number): number {
  words[1 - HIGH_WORD] = 0;
  words[HIGH_WORD] = (exponent + 1023) << 20;
  return double[0]!;
}

/** e^x. Overflows to Infinity above 709.78 and gives 0 below -745.13. */
export function exp(x: number): number {
  if (!(x <= 709.782712893384)) return Number.isNaN(x) ? x : Infinity;
  if (x < -745.1332191019412) return 0;
  const n = Math.floor(x * LOG2_E + 0.5);
  const high = x - n * LN2_HIGH;
  const low = n * LN2_LOW;
  const r = high - low; // |r| <= ln(2) / 2
  let series = 0;
  for (let k = 14; k >= 2; k--) series = (series + 1) * (r / k);
  // e^r = 1 + r * (1 + series); the error of r itself is added at its own size.
  const value = 1 + (r * series + (r + (high - r - low)));
  const half = Math.floor(n / 2);
  return value * powerOfTwo(half) * powerOfTwo(n - half);
}

/** Natural logarithm. NaN below 0, -Infinity at 0. */
export function log(x: number): number {
  if (Number.isNaN(x) || x < 0) return NaN;
  if (x === 0) return -Infinity;
  if (x === Infinity) return x;
  let exponent = 0;
  let mantissa = x;
  if (mantissa < 2.2250738585072014e-308) {
    mantissa *= 18014398509481984; // 2^54
    exponent = -54;
  }
  double[0] = mantissa;
  exponent += (words[HIGH_WORD]! >>> 20) - 1023;
  words[HIGH_WORD] = (words[HIGH_WORD]! & 0x000fffff) | 0x3ff00000;
  mantissa = double[0]!;
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    exponent += 1;
  }
  // log m = 2 artanh(s) with s = (m - 1) / (m + 1), |s| < 0.1716
  const f = mantissa - 1;
  const s = f / (2 + f);
  const square = s * s;
  let series = 0;
  for (let k = 21; k >= 3; k -= 2) series = (series + 2 / k) * square;
  const correction = 0.5 * f * f - s * (0.5 * f * f + series);
  return exponent * LN2_HIGH + (f - (correction - exponent * LN2_LOW));
}

/** e^x - 1 without cancellation near 0. */
function expMinusOne(x: number): number {
  if (Math.abs(x) > 0.35) return exp(x) - 1;
  let series = 0;
  for (let k = 15; k >= 2; k--) series = (series + 1) * (x / k);
  return x + x * series;
}

/** Hyperbolic tangent. */
export function tanh(x: number): number {
  const magnitude = Math.abs(x);
  if (!(magnitude > 0)) return x;
  if (magnitude > 22) return x > 0 ? 1 : -1;
  const t = expMinusOne(2 * magnitude);
  const y = magnitude > 1 ? 1 - 2 / (t + 2) : t / (t + 2);
  return x > 0 ? y : -y;
}

/** 1 / (1 + e^-x), exact in relative terms on both sides. */
export function sigmoid(x: number): number {
  const e = exp(-Math.abs(x));
  return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}

/**
 * The error function, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x: a series of positive terms, or the continued
 * fraction of its complement (Abramowitz & Stegun 7.1.6 and 7.1.14).
 */
export function erf(x: number): number {
  const magnitude = Math.abs(x);
  if (!(magnitude < 6)) return Number.isNaN(x) ? x : x > 0 ? 1 : -1;
  const square = x * x;
  if (magnitude < 2.5) {
    let series = 1;
    for (let k = 40; k >= 1; k--) series = 1 + (series * 2 * square) / (2 * k + 1);
    return TWO_OVER_SQRT_PI * exp(-square) * x * series;
  }
  let fraction = magnitude;
  for (let k = 60; k >= 1; k--) fraction = magnitude + k / 2 / fraction;
  const y = 1 - (exp(-square) * TWO_OVER_SQRT_PI) / (2 * fraction);
  return x > 0 ? y : -y;
}

/** 2 / sqrt(pi) */
export const TWO_OVER_SQRT_PI = 1.1283791670955126;

const PI_OVER_2_HIGH = 1.5707963267341256; // the first 33 bits of pi / 2
const PI_OVER_2_LOW = 6.077100506506192e-11;

/** Reduces to `[-pi/4, pi/4]`; accurate for |x| below about 10^5, far beyond any schedule's needs. */
function quadrant(x: number): { r: number; n: number } {
  const n = Math.floor(x / (PI_OVER_2_HIGH + PI_OVER_2_LOW) + 0.5);
  return { r: x - n * PI_OVER_2_HIGH - n * PI_OVER_2_LOW, n: ((n % 4) + 4) % 4 };
}

function sinNearZero(r: number): number {
  let series = 0;
  for (let k = 17; k >= 3; k -= 2) series = -(series + 1) * ((r * r) / (k * (k - 1)));
  return r + r * series;
}

function cosNearZero(r: number): number {
  let series = 0;
  for (let k = 18; k >= 2; k -= 2) series = -(series + 1) * ((r * r) / (k * (k - 1)));
  return 1 + series;
}

/** Sine of `x` radians. */
export function sin(x: number): number {
  const { r, n } = quadrant(x);
  const value = n % 2 === 0 ? sinNearZero(r) : cosNearZero(r);
  return n < 2 ? value : -value;
}

/** Cosine of `x` radians. */
export function cos(x: number): number {
  const { r, n } = quadrant(x);
  const value = n % 2 === 0 ? cosNearZero(r) : sinNearZero(r);
  return n === 0 || n === 3 ? value : -value;
}

/** `base^exponent`; whole exponents by repeated squaring, others as `exp(exponent * log(base))`. */
export function pow(base: number, exponent: number): number {
  if (!Number.isInteger(exponent)) return exp(exponent * log(base));
  let result = 1;
  let square = base;
  for (let rest = Math.abs(exponent); rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return exponent < 0 ? 1 / result : result;
}

/**
 * Natural logarithms of the probabilities that scores stand for: `score - log(sum(exp(scores)))`.
 *
 * @param scores  such as a classifier's logits; a constant added to all of them changes nothing but rounding
 * @returns float64, in the order of the scores
 */
export function logSoftmax(scores: readonly number[]): number[] {
  const highest = Math.max(...scores);
  const logSum = highest + log(scores.reduce((sum, score) => sum + exp(score - highest), 0));
  return scores.map((score) => score - logSum);
}

/**
 * Probabilities of scores, as the exponentials of {@link logSoftmax}: what the command line prints as `probs`, to the bit.
 *
 * @param scores  such as the float32 logits of one text
 * @returns float64, in the order of the scores; they sum to 1 but for rounding
 */
export function softmax(scores: readonly number[]): number[] {
  return logSoftmax(scores).map(exp);
}

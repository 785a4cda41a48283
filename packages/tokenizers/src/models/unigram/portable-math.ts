/**
 * Natural exponential and logarithm from + - * / alone, so that scores and samples have the same bits in every engine;
 * those of `Math` may differ in the last place. Both are within 2 ulp for normal results.
 */
const LN2_HIGH = 0.6931471803691238; // ln 2 in two parts: the first has 33 bits, so that k * LN2_HIGH is exact
const LN2_LOW = 1.9082149292705877e-10;

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
float[0] = 1;
const HIGH_WORD = words[0] === 0 ? 1 : 0; // little endian or not

/** `e ** x`; 0 below about -708, where results would be denormal. */
export function exp(x: number): number {
  if (x < -708) return 0;
  if (x > 709) return Number.POSITIVE_INFINITY;
  const k = Math.round(x * Math.LOG2E);
  const r = x - k * LN2_HIGH - k * LN2_LOW; // |r| <= ln(2) / 2
  let sum = 1;
  for (let term = 13; term >= 1; term--) sum = 1 + (r / term) * sum; // Taylor: the rest is below 2^-57
  words[1 - HIGH_WORD] = 0;
  words[HIGH_WORD] = (1023 + k) << 20;
  return sum * (float[0] ?? 1);
}

/** Natural logarithm of a positive normal number; -Infinity for 0. */
export function log(x: number): number {
  if (x === 0) return Number.NEGATIVE_INFINITY;
  float[0] = x;
  let exponent = ((words[HIGH_WORD] ?? 0) >>> 20) - 1023;
  words[HIGH_WORD] = ((words[HIGH_WORD] ?? 0) & 0xfffff) | (1023 << 20);
  let mantissa = float[0] ?? 1; // in [1, 2)
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    exponent++;
  }
  const s = (mantissa - 1) / (mantissa + 1); // ln m = 2 atanh(s), |s| < 0.172
  const square = s * s;
  let sum = 0;
  for (let power = 21; power >= 3; power -= 2) sum = (sum + 1 / power) * square;
  return exponent * LN2_HIGH + (2 * s + 2 * s * sum + exponent * LN2_LOW);
}

/** `log(exp(a) + exp(b))` without overflow. */
export function logAddExp(a: number, b: number): number {
  const high = Math.max(a, b);
  const difference = Math.min(a, b) - high;
  return difference > -40 ? high + log(1 + exp(difference)) : high; // below, it is lost in rounding; also for -Infinity
}

/** The fused multiply-add of float32, `a * b + c` rounded once, to the bits of the instruction that processors have for it. */

const float64 = new Float64Array(1);
const words = new BigInt64Array(float64.buffer);

/**
 * A product of two float32 is exact in float64. Its sum with `c` is rounded to float64 and then to float32, which goes wrong only
 * where the first result is inexact and lies halfway between two float32: the second rounding no longer knows on which side the sum
 * was. `sum + (sum - rounded)` is a float32 exactly where `sum` is halfway, denormal results included, or where `rounded` is infinite.
 */
export function fma32(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  const rounded = Math.fround(sum);
  const difference = sum - rounded;
  const opposite = sum + difference;
  if (difference === 0 || Math.fround(opposite) !== opposite) return rounded;
  return Math.fround(roundToOdd(product, c, sum));
}

/** `sum`, of `product` and `c`, moved by one last place towards what rounding lost if it lost any and the last bit is 0. */
function roundToOdd(product: number, c: number, sum: number): number {
  const rest = sum - product;
  const lost = product - (sum - rest) + (c - rest);
  if (lost === 0 || Number.isNaN(lost)) return sum; // exact, or infinite
  float64[0] = sum;
  if ((words[0]! & 1n) === 0n) words[0]! += lost < 0 === sum < 0 ? 1n : -1n;
  return float64[0];
}

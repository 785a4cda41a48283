/* fused() where there is no such instruction: in float64, to the same bits, and some thirty times as long.
 *
 * A product of two float32 is exact in float64. Its sum with a third is not, and to round that to float64 and then to float32 goes
 * wrong where the first result lies halfway between two float32. So the sum is rounded to odd first: of the two float64 next to an
 * inexact sum, the one whose last bit is 1, which is never halfway (Boldo & Melquiond 2008). */
#pragma once

/* `sum` is product + c, rounded to nearest. NaN and infinities have no loss that compares, and stay. */
INLINE vdouble round_to_odd(vdouble product, vdouble c, vdouble sum) {
  vdouble rest = sum - product;
  vdouble lost = (product - (sum - rest)) + (c - rest); /* exact (Knuth's sum of two) */
  vdouble direction = lost * sum;
  vlong too_far = direction < 0, is_inexact = too_far | (direction > 0);
  return (vdouble)(((vlong)sum + too_far) | (is_inexact & 1));
}

/* Not inlined, which would double the size of all kernels for a tenth of their time. */
static __attribute__((noinline)) vfloat fused(vfloat a, vfloat b, vfloat c) {
  vdouble product = __builtin_convertvector(a, vdouble) * __builtin_convertvector(b, vdouble);
  vdouble third = __builtin_convertvector(c, vdouble);
  return __builtin_convertvector(round_to_odd(product, third, product + third), vfloat);
}

/* fused() where there is no such instruction: in float64, to the same bits.
 *
 * A product of two float32 is exact in float64. Its sum with a third is not, and to round that to float64 and then to float32 goes
 * wrong where the first result is inexact and lies halfway between two float32. Halfway, the part of a float64 that float32 has no
 * room for is a 1 and zeros, or else the result is denormal: lanes in which neither holds are right. */
#pragma once

/* `sum` is product + c, rounded to nearest. NaN and infinities have no loss that compares, and stay. */
INLINE vdouble round_to_odd(vdouble product, vdouble c, vdouble sum) {
  vdouble rest = sum - product;
  vdouble lost = (product - (sum - rest)) + (c - rest); /* exact (Knuth's sum of two) */
  vdouble direction = lost * sum;
  vlong too_far = direction < 0, is_inexact = too_far | (direction > 0);
  return (vdouble)(((vlong)sum + too_far) | (is_inexact & 1));
}

/* The sum is rounded to odd first: of the two float64 next to an inexact sum, the one whose last bit is 1, which is never halfway
 * (Boldo & Melquiond 2008). */
static __attribute__((noinline)) vfloat fused_halfway(vfloat a, vfloat b, vfloat c) {
  vdouble product = __builtin_convertvector(a, vdouble) * __builtin_convertvector(b, vdouble);
  vdouble third = __builtin_convertvector(c, vdouble);
  return __builtin_convertvector(round_to_odd(product, third, product + third), vfloat);
}

/* Of the lower half of a float64's bits. */
#define DROPPED_BITS 0x1fffffff
#define HALFWAY 0x10000000

#define LEAST_NORMAL 0x00800000u /* 2^-126 */

_Static_assert(LANES == 4, "the lower halves of four float64 are one vector");
typedef int32_t vwords __attribute__((vector_size(LANES * 8)));

INLINE int any_lane(vint mask) {
#ifdef __wasm__
  return __builtin_wasm_any_true_v128((__attribute__((vector_size(16))) signed char)mask);
#else
  typedef int64_t vhalf __attribute__((vector_size(16)));
  vhalf halves = (vhalf)mask;
  return (halves[0] | halves[1]) != 0;
#endif
}

/* Not inlined, which would double the size of all kernels for a tenth of their time. */
static __attribute__((noinline)) vfloat fused(vfloat a, vfloat b, vfloat c) {
  vdouble sum = __builtin_convertvector(a, vdouble) * __builtin_convertvector(b, vdouble) + __builtin_convertvector(c, vdouble);
  vfloat rounded = __builtin_convertvector(sum, vfloat);
  vint low = __builtin_shufflevector((vwords)sum, (vwords)sum, 0, 2, 4, 6);
  vint may_be_halfway = (low & DROPPED_BITS) == HALFWAY;
  vint may_be_denormal = (vint)(((vuint)rounded & 0x7fffffffu) - 1u < LEAST_NORMAL); /* but not 0, which is exact */
  return __builtin_expect(any_lane(may_be_halfway | may_be_denormal), 0) ? fused_halfway(a, b, c) : rounded;
}

/* Vectors of LANES floats, the primitives on them, and the functions whose bits all backends share.
 *
 * Everything is defined by src/backends/reference: one rounding per operation (compile with -ffp-contract=off). Arrays are
 * allocated in multiples of 16 floats, so that elementwise loops may run to the end of the last vector. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifndef LANES
#define LANES 4
#endif

typedef float vfloat __attribute__((vector_size(LANES * 4)));
typedef float vfloat_unaligned __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef int32_t vint __attribute__((vector_size(LANES * 4)));
typedef uint32_t vuint __attribute__((vector_size(LANES * 4)));

/* EXPORT: called from JavaScript. INTERNAL: shared by the kernels' files. Both are static where one file includes all. */
#ifndef EXPORT
#define EXPORT __attribute__((visibility("default")))
#define INTERNAL
#endif
#define INLINE static inline __attribute__((always_inline))

INLINE vfloat load(const float *p) { return *(const vfloat_unaligned *)p; }
INLINE void store(float *p, vfloat v) { *(vfloat_unaligned *)p = v; }
/* The first count elements, below LANES; the other lanes are 0 and are not written. */
INLINE vfloat load_some(const float *p, int count) {
  float lanes[LANES] = {0};
  for (int i = 0; i < count; i++) lanes[i] = p[i];
  return load(lanes);
}
INLINE void store_some(float *p, vfloat v, int count) {
  float lanes[LANES];
  store(lanes, v);
  for (int i = 0; i < count; i++) p[i] = lanes[i];
}
/* BODY(LOAD, STORE), with an index called INDEX, for every vector of count elements and the elements that are left. */
#define EACH_VECTOR(INDEX, count, BODY)                                                  \
  do {                                                                                   \
    int INDEX = 0, left_ = (count) % LANES;                                              \
    for (; INDEX + LANES <= (count); INDEX += LANES) BODY(load, store)                   \
    if (left_) BODY(LOAD_LEFT, STORE_LEFT)                                               \
  } while (0)
#define LOAD_LEFT(p) load_some(p, left_)
#define STORE_LEFT(p, v) store_some(p, v, left_)

INLINE vfloat splat(float x) { return x - (vfloat){0}; }
INLINE vfloat select_float(vint mask, vfloat a, vfloat b) { return (vfloat)((mask & (vint)a) | (~mask & (vint)b)); }
INLINE vfloat absolute(vfloat x) { return (vfloat)((vint)x & 0x7fffffff); }
INLINE vfloat square_root(vfloat x) {
#ifdef __clang__
  return __builtin_elementwise_sqrt(x);
#else
  for (int i = 0; i < LANES; i++) x[i] = __builtin_sqrtf(x[i]);
  return x;
#endif
}

/* NaN if either is, else a > b ? a : b. */
INLINE vfloat maximum(vfloat a, vfloat b) {
  vfloat larger = select_float(a > b, a, b);
  larger = select_float(b != b, b, larger);
  return select_float(a != a, a, larger);
}

INLINE vfloat power_of_two(vint exponent) { return (vfloat)((exponent + 127) << 23); }

INLINE vfloat vexp(vfloat x) {
  vfloat clamped = select_float(x > 88.72283f, splat(88.72283f), x);
  clamped = select_float(clamped < -87.33654f, splat(-87.33654f), clamped);
  vfloat n = clamped * 1.44269504f + 12582912.f;
  n = n - 12582912.f;
  vfloat r = clamped - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  vfloat p = splat(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.f;
  vint whole = __builtin_convertvector(select_float(x != x, splat(0), n), vint);
  vint half = whole >> 1;
  vfloat y = p * power_of_two(half) * power_of_two(whole - half);
  y = select_float(x > 88.72283f, splat(__builtin_inff()), y);
  y = select_float(x < -87.33654f, splat(0), y);
  return select_float(x != x, x, y);
}

INLINE vfloat vlog(vfloat x) {
  vfloat normal = select_float(x > 1.1754943508222875e-38f, x, splat(1.1754943508222875e-38f));
  vint bits = (vint)normal;
  vint exponent = (bits >> 23) - 126;
  vfloat m = (vfloat)((bits & 0x007fffff) | 0x3f000000);
  vint low = m < 0.70710678f;
  exponent = exponent + low; /* a true lane is -1 */
  m = select_float(low, m + m, m) - 1.f;
  vfloat e = __builtin_convertvector(exponent, vfloat);
  vfloat z = m * m;
  vfloat p = splat(7.0376836292e-2f);
  p = p * m + -1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m + -1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m + -1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m + -2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  vfloat y = (p * m) * z;
  y = y + e * -2.12194440e-4f;
  y = y - 0.5f * z;
  y = (m + y) + e * 0.693359375f;
  y = select_float(x == __builtin_inff(), x, y);
  y = select_float(x == 0, splat(-__builtin_inff()), y);
  y = select_float(x < 0, splat(__builtin_nanf("")), y);
  return select_float(x != x, x, y);
}

INLINE vfloat vtanh(vfloat x) {
  vfloat magnitude = absolute(x);
  vfloat z = x * x;
  vfloat p = splat(-5.70498872745e-3f);
  p = p * z + 2.06390887954e-2f;
  p = p * z + -5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z + -3.33332819422e-1f;
  vfloat small = (p * z) * x + x;
  vfloat large = 1.f - 2.f / (vexp(magnitude + magnitude) + 1.f);
  large = select_float(x < 0, -large, large);
  return select_float(magnitude < 0.625f, small, large);
}

INLINE vfloat vsigmoid(vfloat x) {
  vfloat e = vexp(-absolute(x));
  return select_float(x < 0, e, splat(1.f)) / (1.f + e);
}

/* Scalars through the same code, so that they get the same bits. */
INLINE float scalar_exp(float x) { return vexp(splat(x))[0]; }
INLINE float scalar_log(float x) { return vlog(splat(x))[0]; }
INLINE float scalar_maximum(float a, float b) { return a != a ? a : b != b ? b : a > b ? a : b; }

/* Sixteen partial sums over the last axis, lane = index mod 16, and their fixed tree. */
#define SUM_LANES 16
typedef struct {
  vfloat part[SUM_LANES / LANES];
} LaneSums;

INLINE LaneSums lane_sums(void) {
  LaneSums sums;
  for (int i = 0; i < SUM_LANES / LANES; i++) sums.part[i] = splat(0);
  return sums;
}

INLINE float lane_total(const LaneSums *sums) {
  float lanes[SUM_LANES];
  for (int i = 0; i < SUM_LANES / LANES; i++) store(lanes + i * LANES, sums->part[i]);
  for (int width = SUM_LANES / 2; width >= 1; width /= 2)
    for (int lane = 0; lane < width; lane++) lanes[lane] = lanes[lane] + lanes[lane + width];
  return lanes[0];
}

/* A mask of the lanes below count. */
INLINE vint first_lanes(int count) {
  vint lane;
  for (int i = 0; i < LANES; i++) lane[i] = i;
  return lane < count;
}

/* Adds TERM (an expression in `i`, the index of a vector's first element) over [0, count); lanes past the end add nothing. */
#define LANE_SUM(total, count, TERM)                                                              \
  do {                                                                                            \
    LaneSums sums_ = lane_sums();                                                                 \
    int count_ = (count);                                                                         \
    int i = 0;                                                                                    \
    for (; i + SUM_LANES <= count_; i += SUM_LANES) {                                             \
      int base_ = i;                                                                              \
      _Pragma("GCC unroll 16") for (int part_ = 0; part_ < SUM_LANES / LANES; part_++) {         \
        i = base_ + part_ * LANES;                                                                \
        sums_.part[part_] = sums_.part[part_] + (TERM);                                           \
      }                                                                                           \
      i = base_;                                                                                  \
    }                                                                                             \
    for (int part_ = 0; i < count_; i += LANES, part_++) {                                        \
      vfloat sum_ = sums_.part[part_] + (TERM);                                                   \
      sums_.part[part_] = select_float(first_lanes(count_ - i), sum_, sums_.part[part_]);         \
    }                                                                                             \
    total = lane_total(&sums_);                                                                   \
  } while (0)

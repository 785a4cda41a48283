/* Vectors of LANES floats, the primitives on them, and the functions whose bits all backends share.
 *
 * Everything is defined by src/backends/reference: one rounding per operation (compile with -ffp-contract=off). Arrays are
 * allocated in multiples of 16 floats, so that elementwise loops may run to the end of the last vector. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#ifdef __AVX2__
#include <immintrin.h> /* masked loads and stores, which vector types cannot say */
#endif

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
/* A mask of the lanes below count. */
INLINE vint first_lanes(int count) {
  vint lane;
  for (int i = 0; i < LANES; i++) lane[i] = i;
  return lane < count;
}

/* The first count elements, below LANES; of the others nothing is read, and 0 put in their lanes, or written. */
#if LANES == 16 && defined(__AVX512F__)
INLINE vfloat load_some(const float *p, int count) { return _mm512_maskz_loadu_ps((1u << count) - 1, p); }
INLINE void store_some(float *p, vfloat v, int count) { _mm512_mask_storeu_ps(p, (1u << count) - 1, v); }
#elif LANES == 8 && defined(__AVX2__)
INLINE vfloat load_some(const float *p, int count) { return _mm256_maskload_ps(p, (__m256i)first_lanes(count)); }
INLINE void store_some(float *p, vfloat v, int count) { _mm256_maskstore_ps(p, (__m256i)first_lanes(count), v); }
#else
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
#endif

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

/* The smaller, or larger, of x and a limit; NaN stays. */
INLINE vfloat at_most(vfloat x, float limit) { return select_float(limit < x, splat(limit), x); }
INLINE vfloat at_least(vfloat x, float limit) { return select_float(limit > x, splat(limit), x); }

/* NaN if either is, else a < b ? a : b. */
INLINE vfloat minimum(vfloat a, vfloat b) {
  vfloat smaller = select_float(a < b, a, b);
  smaller = select_float(b != b, b, smaller);
  return select_float(a != a, a, smaller);
}

#define SIGN_BIT ((int32_t)0x80000000)
INLINE vfloat negative_absolute(vfloat x) { return (vfloat)((vint)x | SIGN_BIT); }

/* 2^n from an integer whose low 9 bits are those of n, in [-126, 127]. */
INLINE vfloat power_of_two(vint n) { return (vfloat)((n << 23) + 0x3f800000); }

/* e^x = 2^n * (1 + fraction), with the fraction in [-0.3, 0.42] and n in the low bits of `exponent`. */
typedef struct {
  vint exponent;
  vfloat fraction;
} ExpParts;

INLINE ExpParts exp_parts(vfloat x) {
  vfloat shifted = x * 1.44269504f + 12582912.f; /* rounds to an integer in the low bits */
  vfloat n = shifted - 12582912.f;
  vfloat high = x - n * 0.693359375f, low = n * 2.12194440e-4f; /* exact; rounded */
  vfloat r = high + low;
  vfloat p = splat(1.394396299e-3f);
  p = p * r + 8.366296999e-3f;
  p = p * r + 4.166590422e-2f;
  p = p * r + 1.666653007e-1f;
  p = p * r + 0.5f;
  return (ExpParts){(vint)shifted, high + (p * (r * r) + low)};
}

/* mantissa * 2^n in two steps, so that one rounding makes a denormal or an overflow. */
INLINE vfloat scale_by_exponent(vfloat mantissa, vint exponent) {
  vint half = exponent >> 1;
  return mantissa * power_of_two(half) * power_of_two(exponent - half);
}

INLINE vfloat vexp(vfloat x) {
  ExpParts e = exp_parts(at_most(at_least(x, -104.f), 88.8f));
  vfloat mantissa = (vfloat)((vint)(1.f + e.fraction) & ~(x < -104.f)); /* zeros are not scaled: underflow is slow */
  return scale_by_exponent(mantissa, e.exponent);
}

INLINE vfloat vlog(vfloat x) {
  vint tiny = x < 1.1754943508222875e-38f;
  vint bits = (vint)((vuint)select_float(tiny, x * 8388608.f, x) - 0x3f3504f3u); /* less sqrt(1/2); wraps where x < 0 */
  vint exponent = (bits >> 23) - (tiny & 23);
  vfloat m = (vfloat)((bits & 0x007fffff) + 0x3f3504f3) - 1.f;
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
  y = select_float(x < __builtin_inff(), y, x); /* infinity and NaN */
  vfloat edge = select_float(x < 0, splat(__builtin_nanf("")), splat(-__builtin_inff()));
  return select_float(x <= 0, edge, y);
}

/* A polynomial near 0, else (1 - E) / (1 + E) with E = e^(-2|x|) = 2^n + 2^n * fraction. */
INLINE vfloat vtanh(vfloat x) {
  vfloat z = x * x, y = negative_absolute(x);
  vfloat p = splat(-5.70498872745e-3f);
  p = p * z + 2.06390887954e-2f;
  p = p * z + -5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z + -3.33332819422e-1f;
  vfloat small = (p * z) * -y - y;
  ExpParts e = exp_parts(at_least(y + y, -40.f));
  vfloat scale = power_of_two(e.exponent), rest = e.fraction * scale;
  vfloat large = ((1.f - scale) - rest) / ((1.f + scale) + rest);
  vfloat magnitude = select_float(y > -0.625f, small, large);
  return (vfloat)((vint)magnitude | ((vint)x & SIGN_BIT));
}

INLINE vfloat vsigmoid(vfloat x) {
  ExpParts parts = exp_parts(at_least(negative_absolute(x), -104.f));
  vfloat e = scale_by_exponent(1.f + parts.fraction, parts.exponent);
  vfloat denominator = 1.f + e;
  vfloat y = select_float(x < 0, e, splat(1.f)) / denominator;
  return y - y * (e - (denominator - 1.f)); /* what the denominator lost in rounding */
}

INLINE vfloat verf(vfloat x) {
  vfloat z = x * x, t = at_most(absolute(x), 4.f), s = t * t;
  vfloat p = splat(-5.96761703e-4f);
  p = p * z + 4.99119423e-3f;
  p = p * z + -2.67681349e-2f;
  p = p * z + 1.12819925e-1f;
  p = p * z + -3.76125336e-1f;
  p = p * z + 1.28379166e-1f;
  vfloat small = p * x + x;
  vfloat u = t * -3.88396438e-3f + 2.42546219e-2f;
  vfloat q = t * -1.72853470e-5f + 3.83197126e-4f;
  q = q * s + u;
  q = q * t + -1.06777877e-1f;
  q = q * t + -6.34846687e-1f;
  q = q * t + -1.28717512e-1f;
  vfloat large = 1.f - vexp(q * t - t);
  large = (vfloat)((vint)large | ((vint)x & SIGN_BIT));
  return select_float(absolute(x) > 0.927734375f, large, small);
}

typedef double vdouble __attribute__((vector_size(LANES * 8)));
typedef int64_t vlong __attribute__((vector_size(LANES * 8)));

/* Sine (quarter 0) or cosine (quarter 1) in float64, rounded once; NaN from 2^28 on. */
INLINE vfloat sine_of_quarter(vfloat angle, int quarter) {
  vdouble x = __builtin_convertvector(angle, vdouble);
  vdouble shifted = x * 0.6366197723675814 + 6755399441055744.; /* rounds to an integer in the low bits */
  vdouble n = shifted - 6755399441055744.;
  vdouble r = (x - n * 1.5707963109016418) - n * 1.5893254773528196e-8; /* the first product is exact */
  vdouble z = r * r;
  vdouble sine = z * 2.718311493989822e-6 - 1.9839334836096632e-4;
  sine = sine * z + 8.333329385889463e-3;
  sine = sine * z - 0.16666666641626524;
  sine = (sine * z + 1.) * r;
  vdouble cosine = z * 2.439044879627741e-5 - 1.388676377460993e-3;
  cosine = cosine * z + 0.04166662332373906;
  cosine = cosine * z - 0.499999997251031;
  cosine = cosine * z + 1.;
  vlong quadrant = (vlong)shifted + quarter;
  vlong is_odd = -(quadrant & 1);
  vlong value = ((vlong)cosine & is_odd) | ((vlong)sine & ~is_odd);
  value = value ^ ((quadrant & 2) << 62);
  vfloat rounded = __builtin_convertvector((vdouble)value, vfloat);
  return select_float(absolute(angle) < 268435456.f, rounded, splat(__builtin_nanf("")));
}

INLINE vfloat vsin(vfloat x) { return sine_of_quarter(x, 0); }
INLINE vfloat vcos(vfloat x) { return sine_of_quarter(x, 1); }

/* Scalars through the same code, so that they get the same bits. */
INLINE float scalar_exp(float x) { return vexp(splat(x))[0]; }
INLINE float scalar_log(float x) { return vlog(splat(x))[0]; }
INLINE float scalar_maximum(float a, float b) { return a != a ? a : b != b ? b : a > b ? a : b; }
INLINE float scalar_minimum(float a, float b) { return a != a ? a : b != b ? b : a < b ? a : b; }

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

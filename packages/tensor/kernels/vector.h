/* Vectors of LANES floats, the primitives on them, and the functions whose bits all backends share.
 *
 * Everything is defined by src/backends/reference: one rounding per operation, of which fused() is the only one that multiplies and
 * adds (compile with -ffp-contract=off). Arrays are allocated in multiples of 16 floats, so that elementwise loops may run to the end
 * of the last vector. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#if defined(__AVX2__)
#include <immintrin.h> /* masked loads and stores and fused multiply-adds, which vector types cannot say */
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#ifndef LANES
#define LANES 4
#endif

typedef float vfloat __attribute__((vector_size(LANES * 4)));
typedef float vfloat_unaligned __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef int32_t vint __attribute__((vector_size(LANES * 4)));
typedef uint32_t vuint __attribute__((vector_size(LANES * 4)));
typedef double vdouble __attribute__((vector_size(LANES * 8)));
typedef int64_t vlong __attribute__((vector_size(LANES * 8)));

/* EXPORT: called from JavaScript. INTERNAL: shared by the kernels' files. Both are static where one file includes all. */
#ifndef EXPORT
#define EXPORT __attribute__((visibility("default")))
#define INTERNAL
#endif
#define INLINE static inline __attribute__((always_inline))

/* A vector that begins inside an array may be read whole: 16 more floats belong to each. */
#if defined(__SANITIZE_ADDRESS__)
__attribute__((no_sanitize_address, noinline, unused)) static vfloat load_unchecked(const float *p) { return *(const vfloat_unaligned *)p; }
INLINE vfloat load(const float *p) {
  (void)*(const volatile float *)p;
  return load_unchecked(p);
}
#else
INLINE vfloat load(const float *p) { return *(const vfloat_unaligned *)p; }
#endif
INLINE void store(float *p, vfloat v) { *(vfloat_unaligned *)p = v; }

/* Past the caches, to a multiple of LANES floats: for large results, which would push everything else out of them. What was written
 * is seen by other threads after end_streams(). */
#if LANES == 16 && defined(__AVX512F__)
INLINE void stream(float *p, vfloat v) { _mm512_stream_ps(p, v); }
INLINE void end_streams(void) { _mm_sfence(); }
#elif LANES == 8 && defined(__AVX2__)
INLINE void stream(float *p, vfloat v) { _mm256_stream_ps(p, v); }
INLINE void end_streams(void) { _mm_sfence(); }
#else
INLINE void stream(float *p, vfloat v) { store(p, v); }
INLINE void end_streams(void) {}
#endif

/* A mask of the lanes below count. */
INLINE vint first_lanes(int count) {
  vint lane;
  for (int i = 0; i < LANES; i++) lane[i] = i;
  return lane < count;
}

/* The first count elements, below LANES; of the others nothing is read, and 0 put in their lanes, or written. */
#if defined(__SANITIZE_ADDRESS__)
#define HAS_MASKS 0 /* their intrinsics are not checked */
#else
#define HAS_MASKS 1
#endif
#if HAS_MASKS && LANES == 16 && defined(__AVX512F__)
INLINE vfloat load_some(const float *p, int count) { return _mm512_maskz_loadu_ps((1u << count) - 1, p); }
INLINE void store_some(float *p, vfloat v, int count) { _mm512_mask_storeu_ps(p, (1u << count) - 1, v); }
#elif HAS_MASKS && LANES == 8 && defined(__AVX2__)
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

/* a * b + c, rounded once. Processors and engines that cannot do it emulate it, exactly (emulated.h). */
#if LANES == 16 && defined(__AVX512F__)
INLINE vfloat fused(vfloat a, vfloat b, vfloat c) { return _mm512_fmadd_ps(a, b, c); }
#elif LANES == 8 && defined(__FMA__)
INLINE vfloat fused(vfloat a, vfloat b, vfloat c) { return _mm256_fmadd_ps(a, b, c); }
#elif LANES == 4 && defined(__aarch64__)
INLINE vfloat fused(vfloat a, vfloat b, vfloat c) { return (vfloat)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b); }
#elif LANES == 4 && defined(__wasm_relaxed_simd__)
INLINE vfloat fused(vfloat a, vfloat b, vfloat c) { return __builtin_wasm_relaxed_madd_f32x4(a, b, c); }
#else
#define EMULATES_FUSED
#include "emulated.h"
#endif

/* The same for estimates: rounded once or twice, whichever is quick. */
INLINE vfloat near_fused(vfloat a, vfloat b, vfloat c) {
#ifdef EMULATES_FUSED
  return a * b + c;
#else
  return fused(a, b, c);
#endif
}

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

/* a > b ? a : b and a < b ? a : b. Said by name for WebAssembly: with relaxed SIMD, clang makes of such a selection an instruction
 * that may treat NaN and -0 as it likes. */
#ifdef __wasm__
INLINE vfloat larger(vfloat a, vfloat b) { return __builtin_wasm_pmax_f32x4(b, a); }
INLINE vfloat smaller(vfloat a, vfloat b) { return __builtin_wasm_pmin_f32x4(b, a); }
#else
INLINE vfloat larger(vfloat a, vfloat b) { return select_float(a > b, a, b); }
INLINE vfloat smaller(vfloat a, vfloat b) { return select_float(a < b, a, b); }
#endif

/* The same, but NaN if either is. */
INLINE vfloat maximum(vfloat a, vfloat b) { return select_float(a != a, a, select_float(b != b, b, larger(a, b))); }
INLINE vfloat minimum(vfloat a, vfloat b) { return select_float(a != a, a, select_float(b != b, b, smaller(a, b))); }

/* The smaller, or larger, of x and a limit; NaN stays. */
INLINE vfloat at_most(vfloat x, float limit) { return smaller(splat(limit), x); }
INLINE vfloat at_least(vfloat x, float limit) { return larger(splat(limit), x); }

#define SIGN_BIT ((int32_t)0x80000000)
INLINE vfloat negative_absolute(vfloat x) { return (vfloat)((vint)x | SIGN_BIT); }

/* 1 - y^2, rounded once: the derivative of tanh where it is y. */
INLINE vfloat one_less_square(vfloat y) { return fused(-y, y, splat(1.f)); }

/* A polynomial at x; coefficients from the highest power to the lowest. */
#define HORNER(x, ...) horner(x, (const float[]){__VA_ARGS__}, sizeof (const float[]){__VA_ARGS__} / sizeof(float))
INLINE vfloat horner(vfloat x, const float *coefficients, int count) {
  vfloat value = splat(coefficients[0]);
  _Pragma("GCC unroll 16") for (int i = 1; i < count; i++) value = fused(value, x, splat(coefficients[i]));
  return value;
}

/* 2^n from an integer whose low 9 bits are those of n, in [-126, 127]. */
INLINE vfloat power_of_two(vint n) { return (vfloat)((n << 23) + 0x3f800000); }

/* e^x = 2^n * (1 + fraction), with the fraction in [-0.3, 0.42]; n is a whole number, and in the low bits of `exponent`. */
typedef struct {
  vint exponent;
  vfloat n, fraction;
} ExpParts;

INLINE ExpParts exp_parts(vfloat x) {
  vfloat shifted = fused(x, splat(1.44269504f), splat(12582912.f)); /* rounds to an integer in the low bits */
  vfloat n = shifted - 12582912.f;
  vfloat r = fused(n, splat(2.12194440e-4f), fused(n, splat(-0.693359375f), x)); /* the inner one is exact */
  vfloat p = HORNER(r, 1.394396299e-3f, 8.366296999e-3f, 4.166590422e-2f, 1.666653007e-1f, 0.5f);
  return (ExpParts){(vint)shifted, n, fused(p, r * r, r)};
}

/* mantissa * 2^n, where one rounding makes a denormal or an overflow. */
INLINE vfloat scale_by_exponent(vfloat mantissa, ExpParts e) {
#if LANES == 16 && defined(__AVX512F__)
  return _mm512_scalef_ps(mantissa, e.n);
#else
  vint half = e.exponent >> 1; /* in two steps, the first of which is exact */
  return mantissa * power_of_two(half) * power_of_two(e.exponent - half);
#endif
}

INLINE vfloat vexp(vfloat x) {
  ExpParts e = exp_parts(at_most(at_least(x, -104.f), 88.8f));
  vfloat mantissa = (vfloat)((vint)(1.f + e.fraction) & ~(x < -104.f)); /* zeros are not scaled: underflow is slow */
  return scale_by_exponent(mantissa, e);
}

INLINE vfloat vlog(vfloat x) {
  vint tiny = x < 1.1754943508222875e-38f;
  vint bits = (vint)((vuint)select_float(tiny, x * 8388608.f, x) - 0x3f3504f3u); /* less sqrt(1/2); wraps where x < 0 */
  vint exponent = (bits >> 23) - (tiny & 23);
  vfloat m = (vfloat)((bits & 0x007fffff) + 0x3f3504f3) - 1.f;
  vfloat e = __builtin_convertvector(exponent, vfloat);
  vfloat z = m * m;
  vfloat p = HORNER(m, 7.0376836292e-2f, -1.1514610310e-1f, 1.1676998740e-1f, -1.2420140846e-1f, 1.4249322787e-1f,
                    -1.6668057665e-1f, 2.0000714765e-1f, -2.4999993993e-1f, 3.3333331174e-1f);
  vfloat y = (p * m) * z;
  y = fused(e, splat(-2.12194440e-4f), y);
  y = fused(z, splat(-0.5f), y);
  y = fused(e, splat(0.693359375f), m + y);
  y = select_float(x < __builtin_inff(), y, x); /* infinity and NaN */
  vfloat edge = select_float(x < 0, splat(__builtin_nanf("")), splat(-__builtin_inff()));
  return select_float(x <= 0, edge, y);
}

/* A polynomial near 0, else (1 - E) / (1 + E) with E = e^(-2|x|) = 2^n + 2^n * fraction. */
INLINE vfloat vtanh(vfloat x) {
  vfloat z = x * x, size = absolute(x);
  vfloat p = HORNER(z, -5.70498872745e-3f, 2.06390887954e-2f, -5.37397155531e-2f, 1.33314422036e-1f, -3.33332819422e-1f);
  vfloat small = fused(p * z, size, size);
  ExpParts e = exp_parts(at_least(size * -2.f, -40.f));
  vfloat scale = power_of_two(e.exponent);
  vfloat large = fused(-e.fraction, scale, 1.f - scale) / fused(e.fraction, scale, 1.f + scale);
  vfloat magnitude = select_float(size < 0.625f, small, large);
  return (vfloat)((vint)magnitude | ((vint)x & SIGN_BIT));
}

INLINE vfloat vsigmoid(vfloat x) {
  ExpParts parts = exp_parts(at_least(negative_absolute(x), -104.f));
  vfloat e = scale_by_exponent(1.f + parts.fraction, parts);
  vfloat denominator = 1.f + e;
  vfloat y = select_float(x < 0, e, splat(1.f)) / denominator;
  return fused(-y, e - (denominator - 1.f), y); /* what the denominator lost in rounding */
}

INLINE vfloat verf(vfloat x) {
  vfloat z = x * x, t = at_most(absolute(x), 4.f);
  vfloat p = HORNER(z, -5.96761703e-4f, 4.99119423e-3f, -2.67681349e-2f, 1.12819925e-1f, -3.76125336e-1f, 1.28379166e-1f);
  vfloat small = fused(p, x, x);
  vfloat high = fused(HORNER(t, -1.72853470e-5f, 3.83197126e-4f), t * t, HORNER(t, -3.88396438e-3f, 2.42546219e-2f));
  vfloat q = fused(fused(fused(high, t, splat(-1.06777877e-1f)), t, splat(-6.34846687e-1f)), t, splat(-1.28717512e-1f));
  vfloat large = 1.f - vexp(fused(q, t, -t));
  large = (vfloat)((vint)large | ((vint)x & SIGN_BIT));
  return select_float(absolute(x) > 0.927734375f, large, small);
}

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

INLINE int least(int a, int b) { return a < b ? a : b; }

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

/* Adds a vector to each partial sum over [0, count): `added` is an expression in `sum_`, the sums so far, and `i`, the index of a
 * vector's first element; lanes past the end add nothing. */
#define ADD_LANES(total, count, added)                                                            \
  do {                                                                                            \
    LaneSums sums_ = lane_sums();                                                                 \
    int count_ = (count);                                                                         \
    int i = 0;                                                                                    \
    for (; i + SUM_LANES <= count_; i += SUM_LANES) {                                             \
      int base_ = i;                                                                              \
      _Pragma("GCC unroll 16") for (int part_ = 0; part_ < SUM_LANES / LANES; part_++) {         \
        vfloat sum_ = sums_.part[part_];                                                          \
        i = base_ + part_ * LANES;                                                                \
        sums_.part[part_] = (added);                                                              \
      }                                                                                           \
      i = base_;                                                                                  \
    }                                                                                             \
    for (int part_ = 0; i < count_; i += LANES, part_++) {                                        \
      vfloat sum_ = sums_.part[part_];                                                            \
      sums_.part[part_] = select_float(first_lanes(count_ - i), (added), sum_);                   \
    }                                                                                             \
    total = lane_total(&sums_);                                                                   \
  } while (0)

/* Sums of terms, and of products, each of them an expression in `i`. */
#define LANE_SUM(total, count, TERM) ADD_LANES(total, count, sum_ + (TERM))
#define LANE_DOT(total, count, LEFT, RIGHT) ADD_LANES(total, count, fused(LEFT, RIGHT, sum_))

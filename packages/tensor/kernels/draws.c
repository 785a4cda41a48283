/* Random numbers of a stream in float64: src/random.ts and src/scalar.ts define their bits, by the operations that stand here. */
#include "kernels.h"
#include "philox.h"
#include "pool.h"

/* As many doubles as a register holds. */
#define WIDTH (LANES / 2)
typedef double vdraw __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias));
typedef int64_t vdraw_bits __attribute__((vector_size(WIDTH * 8)));

/* Blocks of random words that are drawn at a time, in whole registers. */
#define DRAWS 64
/* Numbers from which all threads draw. */
#define PARALLEL_DRAWS 4096

typedef struct {
  double *out;
  int count;
  uint64_t first;
  uint32_t key0, key1;
  double low, span; /* of uniform numbers */
} Draws;

/* Writes from index `start` on as many of the numbers as lie before `end`. */
static void write_numbers(const Draws *d, int start, int end, const double *numbers, int count) {
  __builtin_memcpy(d->out + start, numbers, (end - start < count ? end - start : count) * sizeof(double));
}

/* The numbers in [0, 1) of the blocks from `pair` on, two of each. Lanes of a register are blocks. */
static void draw_pairs(const Draws *d, uint64_t pair, double even[DRAWS], double odd[DRAWS]) {
  uint32_t c0[DRAWS], c1[DRAWS], c2[DRAWS], c3[DRAWS];
  for (int i = 0; i < DRAWS; i++) c0[i] = (uint32_t)(pair + i), c1[i] = (uint32_t)((pair + i) >> 32), c2[i] = 0, c3[i] = 1;
  uint32_t key0 = d->key0, key1 = d->key1;
  for (int round = 0; round < PHILOX_ROUNDS; round++, key0 += PHILOX_WEYL_0, key1 += PHILOX_WEYL_1)
    for (int i = 0; i < DRAWS; i++) philox_round(c0 + i, c1 + i, c2 + i, c3 + i, key0, key1);
  for (int i = 0; i < DRAWS; i++) {
    even[i] = ((double)(int32_t)(c0[i] >> 5) * 67108864. + (double)(int32_t)(c1[i] >> 6)) / 9007199254740992.;
    odd[i] = ((double)(int32_t)(c2[i] >> 5) * 67108864. + (double)(int32_t)(c3[i] >> 6)) / 9007199254740992.;
  }
}

static void draw_uniform_part(void *pointer, int thread, int threads) {
  const Draws *d = pointer;
  int begin, end;
  split_range(d->count, 2 * DRAWS, thread, threads, &begin, &end);
  double even[DRAWS], odd[DRAWS], numbers[2 * DRAWS];
  for (int start = begin; start < end; start += 2 * DRAWS) {
    draw_pairs(d, (d->first + start) / 2, even, odd);
    for (int i = 0; i < DRAWS; i++) numbers[2 * i] = d->low + d->span * even[i], numbers[2 * i + 1] = d->low + d->span * odd[i];
    write_numbers(d, start, end, numbers, 2 * DRAWS);
  }
}

INLINE vdraw select_draw(vdraw_bits mask, vdraw a, vdraw b) { return (vdraw)((mask & (vdraw_bits)a) | (~mask & (vdraw_bits)b)); }
INLINE vdraw splat_draw(double x) { return x - (vdraw){0}; }

INLINE vdraw root_of_draw(vdraw x) {
#ifdef __clang__
  return __builtin_elementwise_sqrt(x);
#else
  for (int i = 0; i < WIDTH; i++) x[i] = __builtin_sqrt(x[i]);
  return x;
#endif
}

/* log of normal numbers above 0. */
INLINE vdraw log_of_draw(vdraw x) {
  vdraw_bits bits = (vdraw_bits)x;
  /* The exponent's bits as the last ones of 2^52 + exponent, which is exact. */
  vdraw exponent = (vdraw)((vdraw_bits)((bits >> 52) & 0x7ff) | 0x4330000000000000) - 4503599627370496. - 1023.;
  vdraw mantissa = (vdraw)((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  vdraw_bits large = (vdraw_bits)(mantissa > 1.4142135623730951);
  mantissa = select_draw(large, mantissa / 2., mantissa);
  exponent = select_draw(large, exponent + 1., exponent);
  vdraw f = mantissa - 1.;
  vdraw s = f / (2. + f);
  vdraw square = s * s, series = splat_draw(0);
  _Pragma("GCC unroll 10") for (int k = 21; k >= 3; k -= 2) series = (series + 2. / k) * square;
  vdraw correction = 0.5 * f * f - s * (0.5 * f * f + series);
  return exponent * 0.6931471803691238 + (f - (correction - exponent * 1.9082149292705877e-10));
}

/* cos of angles in [0, 2 pi]. The series of sine and cosine share their loop, each lane with its own divisors. */
INLINE vdraw cos_of_draw(vdraw x) {
  vdraw quarters = x / (1.5707963267341256 + 6.077100506506192e-11) + 0.5;
  vdraw n = splat_draw(0); /* quarters, rounded down */
  for (int k = 1; k <= 4; k++) n = n + select_draw((vdraw_bits)(quarters >= (double)k), splat_draw(1), splat_draw(0));
  vdraw r = x - n * 1.5707963267341256 - n * 6.077100506506192e-11;
  vdraw_bits is_first = (vdraw_bits)(n == 1.), is_second = (vdraw_bits)(n == 2.), is_odd = is_first | (vdraw_bits)(n == 3.);
  vdraw square = r * r, series = splat_draw(0);
  _Pragma("GCC unroll 8") for (int k = 18; k >= 4; k -= 2)
    series = -(series + 1.) * (square / select_draw(is_odd, splat_draw((k - 1) * (k - 2)), splat_draw(k * (k - 1))));
  vdraw value = select_draw(is_odd, r + r * series, 1. + -(series + 1.) * (square / 2.));
  return select_draw(is_first | is_second, -value, value);
}

static void draw_normal_part(void *pointer, int thread, int threads) {
  const Draws *d = pointer;
  int begin, end;
  split_range(d->count, DRAWS, thread, threads, &begin, &end);
  double radii[DRAWS], turns[DRAWS], numbers[DRAWS];
  for (int start = begin; start < end; start += DRAWS) {
    draw_pairs(d, d->first + start, radii, turns);
    for (int i = 0; i < DRAWS; i += WIDTH) {
      vdraw radius = root_of_draw(-2. * log_of_draw(1. - *(const vdraw *)(radii + i)));
      *(vdraw *)(numbers + i) = radius * cos_of_draw(6.283185307179586 * *(const vdraw *)(turns + i));
    }
    write_numbers(d, start, end, numbers, DRAWS);
  }
}

EXPORT void draw_uniform(double *out, int count, uint32_t first, uint32_t first_high, uint32_t key0, uint32_t key1, const double *limits) {
  Draws args = {out, count, (uint64_t)first_high << 32 | first, key0, key1, limits[0], limits[1] - limits[0]};
  run_if_large(draw_uniform_part, &args, count, PARALLEL_DRAWS);
}

EXPORT void draw_normal(double *out, int count, uint32_t first, uint32_t first_high, uint32_t key0, uint32_t key1) {
  Draws args = {out, count, (uint64_t)first_high << 32 | first, key0, key1, 0, 0};
  run_if_large(draw_normal_part, &args, count, PARALLEL_DRAWS);
}

/* The likeliest class of an output layer, without all of its logits.
 *
 * A product of few rows takes as long as reading its weights. So a coarse copy of them, one byte a weight, tells each logit to within
 * a bound: that of Cauchy and Schwarz on what the copy has lost, and one on what is lost in rounding. Classes that can be the largest
 * by it get their logit from the weights themselves. Log-softmax rounds once more, and of classes that become equal then the first
 * counts: where that may be, or where numbers are not finite, all logits are computed. */
#include "gemm.h"
#include "kernels.h"
#include "pool.h"
#include "rows.h"

/* ---- Whole numbers ---- */

#define LARGEST_BYTE 127

/* Features of rows of whole numbers: zeros fill the last group. */
INLINE int whole_stride(int features) { return (features + 63) / 64 * 64; }

INLINE int8_t *coarse_row(const Likeliest *l, int class) { return (int8_t *)l->coarse + (size_t)class * whole_stride(l->features); }
INLINE int16_t *coarse_x(const Likeliest *l, int row) { return (int16_t *)l->coarse_x + (size_t)row * whole_stride(l->features); }

/* A row as whole numbers up to `largest` times a scale. Adding WHOLE rounds to a whole number, which stands in the low bits of the sum. */
typedef struct {
  float scale;
  double lost, norm; /* norms: of what is lost so, and of the row */
} Coarse;
#define WHOLE 12582912.f
INLINE int bits_of(float x) { return (int)(union { float x; int bits; }){x}.bits; }

INLINE double root_of_total(vdouble squares) {
  double total = 0;
  for (int lane = 0; lane < LANES; lane++) total += squares[lane];
  return __builtin_sqrt(total);
}

INLINE vdouble plus_square(vdouble sums, vfloat x) {
  vdouble wide = __builtin_convertvector(x, vdouble);
  return sums + wide * wide;
}

/* `sums`, [whole_stride(features)], becomes the whole numbers, each plus WHOLE. What is not finite makes `lost` NaN or infinite. */
static Coarse coarsen_row(const float *row, int features, int largest, float *sums) {
  int stride = whole_stride(features);
  if (stride > features) __builtin_memset(sums + stride - 64, 0, 64 * sizeof(float));
  __builtin_memcpy(sums, row, features * sizeof(float));
  vfloat sizes = splat(0);
  for (int i = 0; i < stride; i += LANES) sizes = maximum(sizes, absolute(load(sums + i)));
  float size = 0;
  for (int lane = 0; lane < LANES; lane++) size = scalar_maximum(size, sizes[lane]);
  float scale = size / (float)largest, inverse = scale < 1e-30f ? 0 : 1 / scale; /* what is tiny is lost as a whole */
  vdouble lost = {0}, norm = {0};
  for (int i = 0; i < stride; i += LANES) {
    vfloat value = load(sums + i), whole = value * inverse + WHOLE;
    store(sums + i, whole);
    lost = plus_square(lost, near_fused(splat(-scale), whole - WHOLE, value));
    norm = plus_square(norm, value);
  }
  return (Coarse){scale, root_of_total(lost), root_of_total(norm)};
}

/* Rounded up, and no zero. */
INLINE float at_least_float(double x) { return (float)(x * 1.001) + 1e-37f; }

/* Threads own classes. */
static void coarsen_weight(void *pointer, int thread, int threads) {
  const Likeliest *l = pointer;
  int begin, end, stride = whole_stride(l->features);
  float *sums = l->sums + (size_t)thread * stride;
  split_range(l->classes, 1, thread, threads, &begin, &end);
  for (int class = begin; class < end; class++) {
    int8_t *coarse = coarse_row(l, class);
    Coarse row = coarsen_row(l->weight + (size_t)class * l->features, l->features, LARGEST_BYTE, sums);
    for (int i = 0; i < stride; i++) coarse[i] = (int8_t)bits_of(sums[i]);
    l->scales[class] = row.scale;
    l->losses[class] = at_least_float(row.lost);
    l->sizes[class] = at_least_float(row.norm + row.lost);
  }
}

/* Roundings that a logit and its coarse sum have behind them at most, as a share of the product of two norms. */
INLINE double roundings(int features) { return (features + 400.) * 0x1p-24; }

/* Numbers as large as their sums of products have room for. */
static void coarsen_x(const Likeliest *l) {
  int stride = whole_stride(l->features);
  for (int row = 0; row < l->rows; row++) {
    int16_t *coarse = coarse_x(l, row);
    Coarse x = coarsen_row(l->x + (size_t)row * l->features, l->features, least(INT16_MAX, INT32_MAX / (LARGEST_BYTE * stride)), l->sums);
    for (int i = 0; i < stride; i++) coarse[i] = (int16_t)bits_of(l->sums[i]);
    l->rows_of_x[row] = (RowOfX){x.scale, at_least_float(x.norm), at_least_float(x.lost + roundings(l->features) * x.norm)};
  }
}

/* ---- Coarse logits ---- */

/* Compilers make of this what their processor has for it. */
INLINE int whole_product(const int8_t *coarse, const int16_t *x, int stride) {
  int sum = 0;
  for (int i = 0; i < stride; i++) {
    int16_t weight = coarse[i];
    sum += weight * x[i];
  }
  return sum;
}

/* Least and most that each logit of a row can be. Threads own classes. */
static void bound_logits(void *pointer, int thread, int threads) {
  const Likeliest *l = pointer;
  int stride = whole_stride(l->features), begin, end;
  split_range(l->classes, 1, thread, threads, &begin, &end);
  for (int class = begin; class < end; class++) {
    float bias = l->bias ? l->bias[class] : 0, bias_margin = __builtin_fabsf(bias) * 0x1p-20f + 1e-34f;
    for (int row = 0; row < l->rows; row++) {
      RowOfX x = l->rows_of_x[row];
      float product = (float)whole_product(coarse_row(l, class), coarse_x(l, row), stride);
      float logit = product * (l->scales[class] * x.scale) + bias;
      float margin = l->losses[class] * x.norm + l->sizes[class] * x.margin + bias_margin;
      l->least[(size_t)row * l->classes + class] = logit - margin;
      l->most[(size_t)row * l->classes + class] = logit + margin;
    }
  }
}

/* ---- Exact logits ---- */

/* Those of up to LANES classes, as a product gives them: one class a lane. */
static void exact_group(const Likeliest *l, const float *x, const int *classes, int count) {
  int features = l->features;
  const float *rows[LANES];
  for (int lane = 0; lane < LANES; lane++) rows[lane] = l->weight + (size_t)classes[lane < count ? lane : 0] * features;
  vfloat total = splat(0);
  for (int start = 0, i = 0; start < features; start += PRODUCT_BLOCK) {
    int end = least(features, start + PRODUCT_BLOCK);
    vfloat sum = splat(0);
    for (; i + LANES <= end; i += LANES) {
      vfloat block[LANES];
      UNROLL for (int lane = 0; lane < LANES; lane++) block[lane] = load(rows[lane] + i);
      transpose_block(block);
      UNROLL for (int step = 0; step < LANES; step++) sum = fused(splat(x[i + step]), block[step], sum);
    }
    for (; i < end; i++) {
      vfloat weights = splat(0);
      for (int lane = 0; lane < LANES; lane++) weights[lane] = rows[lane][i];
      sum = fused(splat(x[i]), weights, sum);
    }
    total = start == 0 ? sum : total + sum;
  }
  for (int lane = 0; lane < count; lane++) l->logits[classes[lane]] = l->bias ? total[lane] + l->bias[classes[lane]] : total[lane];
}

typedef struct {
  const Likeliest *layer;
  const float *x;
  int count; /* of candidates */
} Exact;

/* Logits of the candidates of a row. Threads own some of them. */
static void exact_logits(void *pointer, int thread, int threads) {
  const Exact *e = pointer;
  int begin, end;
  split_range(e->count, LANES, thread, threads, &begin, &end);
  for (int at = begin; at < end; at += LANES) exact_group(e->layer, e->x, e->layer->candidates + at, least(end - at, LANES));
}

/* ---- The choice ---- */

INLINE int is_excluded(const Likeliest *l, int class) {
  for (int i = 0; i < l->excluded_count; i++)
    if (l->excluded[i] == class) return 1;
  return 0;
}

static void find_logits(const Likeliest *l, int row, int count) {
  Exact exact = {l, l->x + (size_t)row * l->features, count};
  run_if_large(exact_logits, &exact, (double)count * l->features, PARALLEL_PRODUCTS);
}

/* From all logits: what log-softmax makes the largest. */
static int choose_of_all(const Likeliest *l, int row) {
  for (int class = 0; class < l->classes; class++) l->candidates[class] = class;
  find_logits(l, row, l->classes);
  float shift, total = log_sum_exp(l->logits, l->classes, &shift), best = 0;
  int chosen = -1;
  for (int class = 0; class < l->classes; class++) {
    float log_prob = (l->logits[class] - shift) - total;
    if (is_excluded(l, class) || (chosen >= 0 && !is_larger(log_prob, best))) continue;
    best = log_prob, chosen = class;
  }
  return chosen;
}

/* Beyond this nothing is bounded. */
#define BOUNDED 1e30f

/* By the bounds, or -1 where they do not tell. */
static int choose_by_bounds(const Likeliest *l, int row) {
  const float *lower = l->least + (size_t)row * l->classes, *upper = l->most + (size_t)row * l->classes;
  float most = -BOUNDED, floor = -BOUNDED;
  for (int class = 0; class < l->classes; class++) {
    if (!(upper[class] < BOUNDED && lower[class] > -BOUNDED)) return -1;
    if (upper[class] > most) most = upper[class];
    if (lower[class] > floor && !is_excluded(l, class)) floor = lower[class];
  }
  /* Logits that are further apart stay apart: their log probabilities are no larger than `span`. */
  float span = most - floor + scalar_log((float)l->classes) + 1, apart = span * 0x1p-21f;
  int count = 0;
  for (int class = 0; class < l->classes; class++)
    if (upper[class] >= floor - apart && !is_excluded(l, class)) l->candidates[count++] = class;
  find_logits(l, row, count);
  int chosen = l->candidates[0];
  for (int i = 1; i < count; i++)
    if (l->logits[l->candidates[i]] > l->logits[chosen]) chosen = l->candidates[i];
  for (int i = 0; i < count && l->candidates[i] < chosen; i++)
    if (l->logits[chosen] - l->logits[l->candidates[i]] <= apart) return -1;
  return chosen;
}

EXPORT void likeliest(Likeliest *l) {
  double products = (double)l->classes * l->features;
  if (!l->is_coarse) run_if_large(coarsen_weight, l, products, PARALLEL_PRODUCTS);
  coarsen_x(l);
  run_if_large(bound_logits, l, products * l->rows, PARALLEL_PRODUCTS);
  for (int row = 0; row < l->rows; row++) {
    int chosen = choose_by_bounds(l, row);
    l->out[row] = chosen < 0 ? choose_of_all(l, row) : chosen;
  }
}

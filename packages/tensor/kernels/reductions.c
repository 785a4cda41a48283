/* Reductions and cumulative sums along an axis, and questions about all elements. */
#include "elements.h"
#include "kernels.h"

static float max_along(const float *x, int length, int stride) {
  float best = x[0];
  for (int step = 1; step < length; step++) best = scalar_maximum(best, x[(size_t)step * stride]);
  return best;
}

static float min_along(const float *x, int length, int stride) {
  float best = x[0];
  for (int step = 1; step < length; step++) best = scalar_minimum(best, x[(size_t)step * stride]);
  return best;
}

/* Sums along the columns [begin, end) of [length, inner]. */
static void sum_along(const float *x, float *out, int begin, int end, int length, int inner) {
  if (inner == 1) {
    if (begin < end) LANE_SUM(out[0], length, load(x + i));
    return;
  }
  for (int j = begin; j < end; j++) out[j] = 0;
  for (int step = 0; step < length; step++) {
    const float *from = x + (size_t)step * inner;
    int j = begin;
    for (; j + LANES <= end; j += LANES) store(out + j, load(out + j) + load(from + j));
    for (; j < end; j++) out[j] = out[j] + from[j];
  }
}

typedef struct {
  ReduceOp op;
  const float *x;
  float *out;
  int outer, length, inner;
} Reduction;

/* Threads own whole outer parts, or columns of the only one. */
static void reduce_part(void *pointer, int thread, int threads) {
  const Reduction *r = pointer;
  int first, last, begin, end, length = r->length, inner = r->inner;
  split_runs(r->outer, inner, thread, threads, &first, &last, &begin, &end);
  for (int o = first; o < last; o++) {
    const float *row = r->x + (size_t)o * length * inner;
    float *to = r->out + (size_t)o * inner;
    switch (r->op) {
      case REDUCE_SUM: sum_along(row, to, begin, end, length, inner); break;
      case REDUCE_MAX:
        for (int j = begin; j < end; j++) to[j] = max_along(row + j, length, inner);
        break;
      case REDUCE_MIN:
        for (int j = begin; j < end; j++) to[j] = min_along(row + j, length, inner);
        break;
    }
  }
}

EXPORT void reduce(ReduceOp op, const float *x, float *out, int outer, int length, int inner) {
  Reduction args = {op, x, out, outer, length, inner};
  run_elements(reduce_part, &args, (double)outer * length * inner);
}

typedef struct {
  const float *x;
  float *out;
  int outer, length, inner, reverse;
} CumulativeSum;

static void cumulative_sum_part(void *pointer, int thread, int threads) {
  const CumulativeSum *c = pointer;
  int first, last, begin, end, length = c->length, inner = c->inner;
  split_runs(c->outer, inner, thread, threads, &first, &last, &begin, &end);
  for (int o = first; o < last; o++) {
    size_t at = ((size_t)o * length + (c->reverse ? length - 1 : 0)) * inner;
    ptrdiff_t next = c->reverse ? -(ptrdiff_t)inner : inner;
    const float *x = c->x + at;
    float *out = c->out + at;
    for (int j = begin; length > 0 && j < end; j++) out[j] = x[j];
    for (int step = 1; step < length; step++, out += next) {
      x += next;
      for (int j = begin; j < end; j++) out[j + next] = out[j] + x[j];
    }
  }
}

EXPORT void cumulative_sum(const float *x, float *out, int outer, int length, int inner, int reverse) {
  CumulativeSum args = {x, out, outer, length, inner, reverse};
  run_elements(cumulative_sum_part, &args, (double)outer * length * inner);
}

#define SUM_CHAINS 8     /* chunks that are summed side by side: each is one chain of additions */
#define SUM_CHUNKS 256   /* chunks of one job */

typedef struct {
  const float *x;
  int count;
  double sums[SUM_CHUNKS];
} ChunkSums;

static void sum_chunks_of(void *pointer, int thread, int threads) {
  ChunkSums *c = pointer;
  int begin, end;
  split_range((c->count + CHUNK - 1) / CHUNK, SUM_CHAINS, thread, threads, &begin, &end);
  while (begin < end) {
    const float *x = c->x + (size_t)begin * CHUNK;
    int left = c->count - begin * CHUNK;
    double sum[SUM_CHAINS] = {0};
    if (left >= SUM_CHAINS * CHUNK) {
      for (int i = 0; i < CHUNK; i++)
        for (int j = 0; j < SUM_CHAINS; j++) sum[j] += x[j * CHUNK + i];
      for (int j = 0; j < SUM_CHAINS; j++) c->sums[begin++] = sum[j];
    } else {
      for (int i = 0; i < left && i < CHUNK; i++) sum[0] += x[i];
      c->sums[begin++] = sum[0];
    }
  }
}

EXPORT double sum_all(const float *x, int count) {
  double total = 0;
  ChunkSums args;
  for (int start = 0; start < count; start += SUM_CHUNKS * CHUNK) {
    args.x = x + start;
    args.count = count - start < SUM_CHUNKS * CHUNK ? count - start : SUM_CHUNKS * CHUNK;
    run_elements(sum_chunks_of, &args, args.count);
    for (int chunk = 0; chunk * CHUNK < args.count; chunk++) total += args.sums[chunk];
  }
  return total;
}

/* Nothing is computed with a NaN or an infinity, whose exponent has all bits. */
INLINE vint is_non_finite(vfloat x) { return ((vint)x & 0x7f800000) == 0x7f800000; }

EXPORT int first_non_finite(const float *x, int count) {
  int i = 0;
  for (; i + 16 <= count; i += 16) {
    vint found = is_non_finite(load(x + i));
    for (int j = LANES; j < 16; j += LANES) found |= is_non_finite(load(x + i + j));
    int any = 0;
    for (int lane = 0; lane < LANES; lane++) any |= found[lane];
    if (any) break;
  }
  for (; i < count; i++) {
    if (!(__builtin_fabsf(x[i]) < __builtin_inff())) return i;
  }
  return -1;
}

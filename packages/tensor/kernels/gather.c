/* Picking elements by index, and adding gradients back where they came from. */
#include "elements.h"
#include "kernels.h"

typedef struct {
  const int32_t *table;
  const int *ids;
  int32_t *out;
  int count, width;
} GatherRows;

static void gather_rows_part(void *pointer, int thread, int threads) {
  const GatherRows *g = pointer;
  int begin, end, width = g->width;
  split_range(g->count, 1, thread, threads, &begin, &end);
  for (int i = begin; i < end; i++)
    __builtin_memcpy(g->out + (size_t)i * width, g->table + (size_t)g->ids[i] * width, width * sizeof(float));
}

EXPORT void gather_rows(const int32_t *table, const int *ids, int32_t *out, int count, int width) {
  GatherRows args = {table, ids, out, count, width};
  run_elements(gather_rows_part, &args, (double)count * width);
}

typedef struct {
  const float *rows;
  const int *slots;
  float *out;
  int count, width, out_count, adds;
} ScatterRows;

/* Threads own columns, so that rows meet in rising order. */
static void scatter_columns(void *pointer, int thread, int threads) {
  const ScatterRows *s = pointer;
  int begin, end, width = s->width;
  split_range(width, 16, thread, threads, &begin, &end);
  for (int at = begin; !s->adds && at < s->out_count; at += width) __builtin_memset(s->out + at, 0, (end - begin) * sizeof(float));
  for (int n = 0; n < s->count; n++) {
    if (s->slots[n] < 0) continue;
    const float *from = s->rows + (size_t)n * width + begin;
    float *to = s->out + (size_t)s->slots[n] * width + begin;
#define ADD(LOAD, STORE) STORE(to + i, LOAD(to + i) + LOAD(from + i));
    EACH_VECTOR(i, end - begin, ADD);
#undef ADD
  }
}

EXPORT void scatter_add_rows(const float *rows, const int *slots, float *out, int count, int width, int out_count, int adds) {
  ScatterRows args = {rows, slots, out, count, width, out_count, adds};
  run_elements(scatter_columns, &args, (double)count * width + (adds ? 0 : out_count));
}

typedef struct {
  const float *from;
  const int *indices;
  float *to;
  int outer, length, count, inner;
} Gather;

static void gather_part(void *pointer, int thread, int threads) {
  const Gather *g = pointer;
  int begin, end, inner = g->inner;
  split_range(g->outer * g->count, 1, thread, threads, &begin, &end);
  for (int row = begin; row < end; row++) {
    const float *from = g->from + (size_t)(row / g->count) * g->length * inner;
    const int *indices = g->indices + (size_t)row * inner;
    float *to = g->to + (size_t)row * inner;
    for (int i = 0; i < inner; i++) to[i] = from[(size_t)indices[i] * inner + i];
  }
}

/* x is [outer, length, inner]; indices and out are [outer, count, inner]. */
EXPORT void gather(const float *x, const int *indices, float *out, int outer, int length, int count, int inner) {
  Gather args = {x, indices, out, outer, length, count, inner};
  run_elements(gather_part, &args, (double)outer * count * inner);
}

/* Threads own outer parts, or columns of the only one, so that elements meet in rising order. */
static void gather_gradient_part(void *pointer, int thread, int threads) {
  const Gather *g = pointer;
  int first, last, begin, end, inner = g->inner;
  split_runs(g->outer, inner, thread, threads, &first, &last, &begin, &end);
  for (int o = first; o < last; o++) {
    float *to = g->to + (size_t)o * g->length * inner;
    for (int step = 0; step < g->length; step++)
      for (int i = begin; i < end; i++) to[(size_t)step * inner + i] = 0;
    for (int j = 0; j < g->count; j++) {
      size_t at = ((size_t)o * g->count + j) * inner;
      for (int i = begin; i < end; i++) {
        float *sum = to + (size_t)g->indices[at + i] * inner + i;
        *sum = *sum + g->from[at + i];
      }
    }
  }
}

EXPORT void gather_gradient(const float *dy, const int *indices, float *dx, int outer, int length, int count, int inner) {
  Gather args = {dy, indices, dx, outer, length, count, inner};
  run_elements(gather_gradient_part, &args, (double)outer * (count + length) * inner);
}

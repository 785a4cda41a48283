/* Dropout by address and pooling over time. */
#include "kernels.h"
#include "philox.h"
#include "pool.h"

typedef struct {
  const float *x;
  float *out;
  int batch, time, features;
  float scale;
  uint32_t threshold, key0, key1, step;
  const int *examples;
  int time_offset;
} Dropout;

static void dropout_rows(void *pointer, int thread, int threads) {
  const Dropout *d = pointer;
  int first, last, features = d->features;
  split_range(d->batch, 1, thread, threads, &first, &last);
  const float *x = d->x + (size_t)first * d->time * features;
  float *out = d->out + (size_t)first * d->time * features;
  for (int row = first; row < last; row++) {
    for (int t = 0; t < d->time; t++, x += features, out += features) {
      for (int feature = 0; feature < features; feature += 4) {
        uint32_t bits[4];
        philox(feature / 4, d->time_offset + t, d->examples[row], d->step, d->key0, d->key1, bits);
        int count = features - feature < 4 ? features - feature : 4;
        for (int j = 0; j < count; j++) out[feature + j] = bits[j] >= d->threshold ? x[feature + j] * d->scale : 0.f;
      }
    }
  }
}

#define PARALLEL_DROPOUT 8192

EXPORT void dropout(const float *x, float *out, int batch, int time, int features, float scale, uint32_t threshold, uint32_t key0, uint32_t key1, uint32_t step, const int *examples, int time_offset) {
  Dropout args = {x, out, batch, time, features, scale, threshold, key0, key1, step, examples, time_offset};
  run_if_large(dropout_rows, &args, (double)batch * time * features, PARALLEL_DROPOUT);
}

typedef struct {
  PoolKind kind;
  const float *x;
  float *out; /* [batch, features] */
  int *chosen;
  const float *dy;
  float *dx;
  const int *lengths;
  int batch, time, features;
} Pool;

/* One row; out is zero for an empty one. */
static void pool_row(PoolKind kind, const float *x, float *out, int *chosen, int length, int features) {
  for (int j = 0; j < features; j++) out[j] = 0, chosen[j] = -1;
  if (length == 0) return;
  switch (kind) {
    case POOL_MAX:
      for (int j = 0; j < features; j++) out[j] = x[j], chosen[j] = 0;
      for (int t = 1; t < length; t++, x += features) {
        for (int j = 0; j < features; j++) {
          int larger = x[features + j] > out[j];
          out[j] = larger ? x[features + j] : out[j];
          chosen[j] = larger ? t : chosen[j];
        }
      }
      break;
    case POOL_MEAN:
      for (int t = 0; t < length; t++, x += features)
        for (int j = 0; j < features; j++) out[j] = out[j] + x[j];
      for (int j = 0; j < features; j++) out[j] = out[j] / (float)length;
      break;
    case POOL_LAST: __builtin_memcpy(out, x + (size_t)(length - 1) * features, features * sizeof(float)); break;
  }
}

static void pool_gradient_row(PoolKind kind, const float *dy, float *dx, const int *chosen, int length, int features) {
  if (length == 0) return;
  switch (kind) {
    case POOL_MAX:
      for (int j = 0; j < features; j++) dx[(size_t)chosen[j] * features + j] = dy[j];
      break;
    case POOL_MEAN:
      for (int t = 0; t < length; t++, dx += features)
        for (int j = 0; j < features; j++) dx[j] = dy[j] / (float)length;
      break;
    case POOL_LAST: __builtin_memcpy(dx + (size_t)(length - 1) * features, dy, features * sizeof(float)); break;
  }
}

static void pool_rows(void *pointer, int thread, int threads) {
  const Pool *p = pointer;
  int first, last;
  split_range(p->batch, 1, thread, threads, &first, &last);
  for (int row = first; row < last; row++) {
    size_t at = (size_t)row * p->features;
    pool_row(p->kind, p->x + at * p->time, p->out + at, p->chosen + at, p->lengths[row], p->features);
  }
}

static void pool_gradient_rows(void *pointer, int thread, int threads) {
  const Pool *p = pointer;
  int first, last;
  split_range(p->batch, 1, thread, threads, &first, &last);
  for (int row = first; row < last; row++) {
    size_t at = (size_t)row * p->features;
    __builtin_memset(p->dx + at * p->time, 0, (size_t)p->time * p->features * sizeof(float));
    pool_gradient_row(p->kind, p->dy + at, p->dx + at * p->time, p->chosen + at, p->lengths[row], p->features);
  }
}

#define PARALLEL_POOL 32768

static void run_pool(Pool *p, Job job) {
  run_if_large(job, p, (double)p->batch * p->time * p->features, PARALLEL_POOL);
}

EXPORT void pool(PoolKind kind, const float *x, float *out, int *chosen, const int *lengths, int batch, int time, int features) {
  Pool args = {kind, x, out, chosen, 0, 0, lengths, batch, time, features};
  run_pool(&args, pool_rows);
}

EXPORT void pool_gradient(PoolKind kind, const float *dy, float *dx, const int *chosen, const int *lengths, int batch, int time, int features) {
  Pool args = {kind, 0, 0, (int *)chosen, dy, dx, lengths, batch, time, features};
  run_pool(&args, pool_gradient_rows);
}

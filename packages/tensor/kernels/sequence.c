/* Dropout by address and pooling over time. */
#include "kernels.h"
#include "pool.h"

/* Philox4x32-10 (Salmon et al. 2011). */
INLINE void philox(uint32_t c0, uint32_t c1, uint32_t c2, uint32_t c3, uint32_t k0, uint32_t k1, uint32_t out[4]) {
  for (int round = 0; round < 10; round++) {
    uint64_t a = (uint64_t)0xd2511f53u * c0, b = (uint64_t)0xcd9e8d57u * c2;
    c0 = (uint32_t)(b >> 32) ^ c1 ^ k0;
    c1 = (uint32_t)b;
    c2 = (uint32_t)(a >> 32) ^ c3 ^ k1;
    c3 = (uint32_t)a;
    k0 += 0x9e3779b9u;
    k1 += 0xbb67ae85u;
  }
  out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

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

/* threshold: an element is kept when its 32 bits reach it. */
EXPORT void dropout(const float *x, float *out, int batch, int time, int features, float scale, uint32_t threshold, uint32_t key0, uint32_t key1, uint32_t step, const int *examples, int time_offset) {
  Dropout args = {x, out, batch, time, features, scale, threshold, key0, key1, step, examples, time_offset};
  if ((double)batch * time * features > PARALLEL_DROPOUT) run_parallel(dropout_rows, &args);
  else dropout_rows(&args, 0, 1);
}

enum { POOL_MAX, POOL_MEAN, POOL_LAST };

EXPORT void pool(int kind, const float *x, float *out, int *chosen, const int *lengths, int batch, int time, int features) {
  for (int row = 0; row < batch; row++, x += (size_t)time * features, out += features, chosen += features) {
    int length = lengths[row];
    for (int j = 0; j < features; j++) out[j] = 0, chosen[j] = -1;
    if (length == 0) continue;
    if (kind == POOL_LAST) __builtin_memcpy(out, x + (size_t)(length - 1) * features, features * sizeof(float));
    if (kind == POOL_MAX) {
      for (int j = 0; j < features; j++) out[j] = x[j], chosen[j] = 0;
      for (int t = 1; t < length; t++)
        for (int j = 0; j < features; j++)
          if (x[(size_t)t * features + j] > out[j]) out[j] = x[(size_t)t * features + j], chosen[j] = t;
    }
    if (kind == POOL_MEAN) {
      for (int t = 0; t < length; t++)
        for (int j = 0; j < features; j++) out[j] = out[j] + x[(size_t)t * features + j];
      for (int j = 0; j < features; j++) out[j] = out[j] / (float)length;
    }
  }
}

EXPORT void pool_gradient(int kind, const float *dy, float *dx, const int *chosen, const int *lengths, int batch, int time, int features) {
  __builtin_memset(dx, 0, (size_t)batch * time * features * sizeof(float));
  for (int row = 0; row < batch; row++, dx += (size_t)time * features, dy += features, chosen += features) {
    int length = lengths[row];
    if (length == 0) continue;
    for (int j = 0; j < features; j++) {
      if (kind == POOL_LAST) dx[(size_t)(length - 1) * features + j] = dy[j];
      if (kind == POOL_MAX) dx[(size_t)chosen[j] * features + j] = dy[j];
      if (kind == POOL_MEAN)
        for (int t = 0; t < length; t++) dx[(size_t)t * features + j] = dy[j] / (float)length;
    }
  }
}

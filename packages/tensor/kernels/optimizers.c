/* Optimizer steps in place; a sparse gradient is a dense one whose other rows are zero. */
#include "kernels.h"
#include "pool.h"

#define TINY_MOMENT 1e-30f

INLINE vfloat flush(vfloat moment) { return select_float(absolute(moment) < TINY_MOMENT, splat(0), moment); }

typedef struct Adam {
  float *parameter;
  const float *gradient;
  const int *slots; /* row of gradient for each row of the parameter, -1 where it is zero; null when dense */
  float *first, *second;
  int rows, width; /* a dense parameter is one row for each chunk */
  int count;
  float gradient_scale, beta1, beta2, one_minus_beta1, one_minus_beta2, epsilon, step_size, correction, l2, decay;
} Adam;

INLINE vfloat scaled_gradient(vfloat gradient, vfloat parameter, float scale, float l2) {
  vfloat g = gradient * scale;
  return l2 != 0 ? g + l2 * parameter : g;
}

/* g may be null for a row of zeros. */
INLINE void adam_run(const Adam *a, size_t begin, int count, const float *gradient) {
  float *parameter = a->parameter + begin, *first = a->first + begin, *second = a->second + begin;
  for (int i = 0; i < count; i += LANES) {
    vfloat p = load(parameter + i);
    vfloat g = scaled_gradient(gradient ? load(gradient + i) : splat(0), p, a->gradient_scale, a->l2);
    vfloat m = flush(a->beta1 * load(first + i) + a->one_minus_beta1 * g);
    vfloat v = flush(a->beta2 * load(second + i) + (a->one_minus_beta2 * g) * g);
    vfloat denominator = square_root(v) / a->correction + a->epsilon;
    vfloat next = p * a->decay - a->step_size * (m / denominator);
    if (count - i >= LANES) {
      store(first + i, m), store(second + i, v), store(parameter + i, next);
    } else {
      for (int j = 0; i + j < count; j++) first[i + j] = m[j], second[i + j] = v[j], parameter[i + j] = next[j];
    }
  }
}

#define ADAM_GRAIN 4096

static void adam_part(void *pointer, int thread, int threads) {
  const Adam *a = pointer;
  int begin, end;
  if (a->slots) {
    split_range(a->rows, 16, thread, threads, &begin, &end);
    for (int row = begin; row < end; row++) {
      const float *gradient = a->slots[row] < 0 ? 0 : a->gradient + (size_t)a->slots[row] * a->width;
      adam_run(a, (size_t)row * a->width, a->width, gradient);
    }
  } else {
    split_range(a->count, ADAM_GRAIN, thread, threads, &begin, &end);
    adam_run(a, begin, end - begin, a->gradient + begin);
  }
}

#define PARALLEL_ADAM 32768

EXPORT void adam_step(Adam *a) {
  run_if_large(adam_part, a, a->count, PARALLEL_ADAM);
}

INLINE float flush_one(float moment) { return __builtin_fabsf(moment) < TINY_MOMENT ? 0.f : moment; }

/* velocity may be null. */
EXPORT void sgd_step(float *parameter, const float *gradient, const int *slots, float *velocity, int rows, int width, float scale, float rate, float momentum, float l2, int nesterov) {
  for (int row = 0; row < rows; row++, parameter += width) {
    const float *from = !slots ? gradient + (size_t)row * width : slots[row] < 0 ? 0 : gradient + (size_t)slots[row] * width;
    for (int i = 0; i < width; i++) {
      float g = (from ? from[i] : 0.f) * scale;
      if (l2 != 0) g = g + l2 * parameter[i];
      if (velocity) {
        float *moment = velocity + (size_t)row * width + i;
        *moment = flush_one(momentum * *moment + g);
        g = nesterov ? g + momentum * *moment : *moment;
      }
      parameter[i] = parameter[i] - rate * g;
    }
  }
}

#define CHUNK_SIZE 4096
#define CHAINS 8

typedef struct {
  const float *values;
  const int *starts; /* [chunks + 1]: where the values of each chunk begin */
  double *sums;      /* [chunks] */
  int chunks;
} Squares;

/* A chunk is one chain of additions, so eight of them go side by side. */
static void sum_chunks(void *pointer, int thread, int threads) {
  const Squares *s = pointer;
  int begin, end;
  split_range(s->chunks, CHAINS, thread, threads, &begin, &end);
  for (int group = begin; group < end; group += CHAINS) {
    int chains = end - group < CHAINS ? end - group : CHAINS, common = CHUNK_SIZE;
    const float *from[CHAINS];
    int length[CHAINS];
    double sum[CHAINS] = {0};
    for (int j = 0; j < CHAINS; j++) {
      int chunk = group + (j < chains ? j : 0);
      from[j] = s->values + s->starts[chunk];
      length[j] = s->starts[chunk + 1] - s->starts[chunk];
      if (length[j] < common) common = length[j];
    }
    for (int i = 0; i < common; i++)
      for (int j = 0; j < CHAINS; j++) sum[j] += (double)from[j][i] * from[j][i];
    for (int j = 0; j < chains; j++) {
      for (int i = common; i < length[j]; i++) sum[j] += (double)from[j][i] * from[j][i];
      s->sums[group + j] = sum[j];
    }
  }
}

/* Lists the chunks of the dense flat index that the values lie in; rows rise, or are null when dense. */
static int find_chunks(const int *rows, int count, int width, int *starts) {
  int chunks = 0;
  int64_t current = -1;
  for (int i = 0; i < count;) {
    int64_t flat = rows ? (int64_t)rows[i / width] * width + i % width : i;
    int64_t chunk = flat / CHUNK_SIZE;
    if (chunk != current) starts[chunks++] = i;
    current = chunk;
    int left_of_chunk = (int)((chunk + 1) * CHUNK_SIZE - flat), left_of_row = rows ? width - i % width : count - i;
    i += left_of_chunk < left_of_row ? left_of_chunk : left_of_row;
  }
  starts[chunks] = count;
  return chunks;
}

/* starts and sums: room for one more than there are chunks, at most count / 4096 + 2 * rows + 2. */
EXPORT double sum_of_squares(const float *values, const int *rows, int count, int width, int *starts, double *sums) {
  Squares args = {values, starts, sums, find_chunks(rows, count, width, starts)};
  run_if_large(sum_chunks, &args, count, PARALLEL_ADAM);
  double total = 0;
  for (int chunk = 0; chunk < args.chunks; chunk++) total += sums[chunk];
  return total;
}

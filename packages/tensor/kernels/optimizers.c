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
  if (a->count > PARALLEL_ADAM) run_parallel(adam_part, a);
  else adam_part(a, 0, 1);
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

/* Chunks of the dense flat index; rows: [row_count] or null when dense. */
EXPORT double sum_of_squares(const float *values, const int *rows, int count, int width) {
  double total = 0, chunk = 0;
  int current = 0;
  for (int i = 0; i < count; i++) {
    int64_t flat = rows ? (int64_t)rows[i / width] * width + i % width : i;
    int own = (int)(flat / 4096);
    if (own != current) {
      total += chunk;
      chunk = 0;
      current = own;
    }
    chunk += (double)values[i] * values[i];
  }
  return total + chunk;
}

/* Elementwise kernels, strided copies and reductions. */
#include "kernels.h"

enum { NEG, EXP, LOG, TANH, SIGMOID, RELU, SQRT, SQUARE };
enum { ADD, SUB, MUL, DIV, MAXIMUM, GREATER };

INLINE vfloat unary_value(int op, vfloat x) {
  switch (op) {
    case NEG: return -x;
    case EXP: return vexp(x);
    case LOG: return vlog(x);
    case TANH: return vtanh(x);
    case SIGMOID: return vsigmoid(x);
    case RELU: return maximum(x, splat(0));
    case SQRT: return square_root(x);
    default: return x * x;
  }
}

INLINE vfloat unary_slope(int op, vfloat x, vfloat y, vfloat d) {
  switch (op) {
    case NEG: return -d;
    case EXP: return d * y;
    case LOG: return d / x;
    case TANH: return d * (1.f - y * y);
    case SIGMOID: return d * (y * (1.f - y));
    case RELU: return select_float(x > 0, d, splat(0));
    case SQRT: return d / (y + y);
    default: return d * (x + x);
  }
}

EXPORT void fill(float *out, int count, float value) {
  for (int i = 0; i < count; i += LANES) store(out + i, splat(value));
}

EXPORT void unary(int op, const float *x, float *out, int count) {
  for (int i = 0; i < count; i += LANES) store(out + i, unary_value(op, load(x + i)));
}

EXPORT void unary_gradient(int op, const float *x, const float *y, const float *dy, float *dx, int count) {
  for (int i = 0; i < count; i += LANES) store(dx + i, unary_slope(op, load(x + i), load(y + i), load(dy + i)));
}

INLINE vfloat binary_value(int op, vfloat a, vfloat b) {
  switch (op) {
    case ADD: return a + b;
    case SUB: return a - b;
    case MUL: return a * b;
    case DIV: return a / b;
    case MAXIMUM: return maximum(a, b);
    default: return select_float(a > b, splat(1.f), splat(0));
  }
}

/* One run of count elements; a stride is 0 (one value) or 1 (consecutive). */
INLINE void binary_run(int op, const float *a, int a_stride, const float *b, int b_stride, float *out, int count) {
  int i = 0;
  for (; i + LANES <= count; i += LANES) {
    vfloat left = a_stride ? load(a + i) : splat(*a);
    vfloat right = b_stride ? load(b + i) : splat(*b);
    store(out + i, binary_value(op, left, right));
  }
  for (; i < count; i++) out[i] = binary_value(op, splat(a[i * a_stride]), splat(b[i * b_stride]))[0];
}

/* runs: [outer] element offsets of a, then of b, for each run of count output elements. */
EXPORT void binary(int op, const float *a, const float *b, float *out, const int *runs, int outer, int a_stride, int b_stride, int count) {
  for (int run = 0; run < outer; run++) {
    binary_run(op, a + runs[run], a_stride, b + runs[outer + run], b_stride, out + (size_t)run * count, count);
  }
}

/* Copies or adds [outer] runs of count elements at the offsets in runs (from, then to), stepping by the two strides. */
EXPORT void copy_runs(const float *from, float *to, const int *runs, int outer, int from_stride, int to_stride, int count, int accumulate) {
  for (int run = 0; run < outer; run++) {
    const float *source = from + runs[run];
    float *target = to + runs[outer + run];
    int i = 0;
    if (from_stride == 1 && to_stride == 1) {
      for (; i + LANES <= count; i += LANES) store(target + i, accumulate ? load(target + i) + load(source + i) : load(source + i));
    }
    if (accumulate) {
      for (; i < count; i++) target[i * to_stride] = target[i * to_stride] + source[i * from_stride];
    } else {
      /* as integers: copying must not touch the bits of any element type */
      const int32_t *words = (const int32_t *)source;
      for (; i < count; i++) ((int32_t *)target)[i * to_stride] = words[i * from_stride];
    }
  }
}

static float max_along(const float *x, int length, int stride) {
  float best = x[0];
  for (int step = 1; step < length; step++) best = scalar_maximum(best, x[(size_t)step * stride]);
  return best;
}

EXPORT void reduce(int is_max, const float *x, float *out, int outer, int length, int inner) {
  for (int o = 0; o < outer; o++) {
    const float *row = x + (size_t)o * length * inner;
    float *to = out + (size_t)o * inner;
    if (is_max) {
      for (int j = 0; j < inner; j++) to[j] = max_along(row + j, length, inner);
    } else if (inner == 1) {
      LANE_SUM(to[0], length, load(row + i));
    } else {
      for (int j = 0; j < inner; j++) to[j] = 0;
      for (int step = 0; step < length; step++) {
        const float *from = row + (size_t)step * inner;
        int j = 0;
        for (; j + LANES <= inner; j += LANES) store(to + j, load(to + j) + load(from + j));
        for (; j < inner; j++) to[j] = to[j] + from[j];
      }
    }
  }
}

#define CHUNK 4096

EXPORT double sum_all(const float *x, int count) {
  double total = 0;
  for (int start = 0; start < count; start += CHUNK) {
    int end = start + CHUNK < count ? start + CHUNK : count;
    double chunk = 0;
    for (int i = start; i < end; i++) chunk += x[i];
    total += chunk;
  }
  return total;
}

EXPORT int first_non_finite(const float *x, int count) {
  for (int i = 0; i < count; i++) {
    if (!(__builtin_fabsf(x[i]) < __builtin_inff())) return i;
  }
  return -1;
}

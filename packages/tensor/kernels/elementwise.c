/* Elementwise kernels, strided copies and reductions. */
#include "kernels.h"
#include "pool.h"

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

/* Below this many elements a second thread costs more than it brings. */
#define PARALLEL_ELEMENTS 65536

static void run_elements(Job job, void *args, double elements) {
  run_if_large(job, args, elements, PARALLEL_ELEMENTS);
}

typedef struct {
  int op;
  const float *x, *y, *dy;
  float *out;
  int count;
} Unary;

/* One loop for each op, without a choice inside. */
#define EACH_UNARY(OP, VALUE) \
  case OP:                    \
    for (int i = begin; i < end; i += LANES) store(u->out + i, VALUE(OP)); \
    break;
#define ALL_UNARY(VALUE)                                                                                \
  EACH_UNARY(NEG, VALUE) EACH_UNARY(EXP, VALUE) EACH_UNARY(LOG, VALUE) EACH_UNARY(TANH, VALUE)          \
  EACH_UNARY(SIGMOID, VALUE) EACH_UNARY(RELU, VALUE) EACH_UNARY(SQRT, VALUE) EACH_UNARY(SQUARE, VALUE)

static void unary_part(void *pointer, int thread, int threads) {
  const Unary *u = pointer;
  int begin, end;
  split_range(u->count, 16, thread, threads, &begin, &end);
  switch (u->op) {
#define VALUE(OP) unary_value(OP, load(u->x + i))
    ALL_UNARY(VALUE)
#undef VALUE
  }
}

static void unary_gradient_part(void *pointer, int thread, int threads) {
  const Unary *u = pointer;
  int begin, end;
  split_range(u->count, 16, thread, threads, &begin, &end);
  switch (u->op) {
#define SLOPE(OP) unary_slope(OP, load(u->x + i), load(u->y + i), load(u->dy + i))
    ALL_UNARY(SLOPE)
#undef SLOPE
  }
}

EXPORT void unary(int op, const float *x, float *out, int count) {
  Unary args = {op, x, 0, 0, out, count};
  run_elements(unary_part, &args, count);
}

EXPORT void unary_gradient(int op, const float *x, const float *y, const float *dy, float *dx, int count) {
  Unary args = {op, x, y, dy, dx, count};
  run_elements(unary_gradient_part, &args, count);
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

typedef struct {
  int op;
  const float *a, *b;
  float *out;
  const int *runs;
  int outer, a_stride, b_stride, count;
} Binary;

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

/* The part of a walk that a thread owns: whole runs, or a piece of the only one. */
INLINE void split_runs(int outer, int count, int thread, int threads, int *first, int *last, int *begin, int *end) {
  *first = 0, *last = outer, *begin = 0, *end = count;
  if (outer == 1) split_range(count, 16, thread, threads, begin, end);
  else split_range(outer, 1, thread, threads, first, last);
}

static void binary_part(void *pointer, int thread, int threads) {
  const Binary *w = pointer;
  int first, last, begin, end;
  split_runs(w->outer, w->count, thread, threads, &first, &last, &begin, &end);
  for (int run = first; run < last; run++) {
    const float *a = w->a + w->runs[run] + begin * w->a_stride, *b = w->b + w->runs[w->outer + run] + begin * w->b_stride;
    binary_run(w->op, a, w->a_stride, b, w->b_stride, w->out + (size_t)run * w->count + begin, end - begin);
  }
}

/* runs: [outer] element offsets of a, then of b, for each run of count output elements. */
EXPORT void binary(int op, const float *a, const float *b, float *out, const int *runs, int outer, int a_stride, int b_stride, int count) {
  Binary args = {op, a, b, out, runs, outer, a_stride, b_stride, count};
  run_elements(binary_part, &args, (double)outer * count);
}

typedef struct {
  const float *from;
  float *to;
  const int *runs;
  int outer, from_stride, to_stride, count, accumulate;
} Copy;

static void copy_part(void *pointer, int thread, int threads) {
  const Copy *c = pointer;
  int first, last, begin, end;
  split_runs(c->outer, c->count, thread, threads, &first, &last, &begin, &end);
  for (int run = first; run < last; run++) {
    const float *source = c->from + c->runs[run];
    float *target = c->to + c->runs[c->outer + run];
    int i = begin;
    if (c->from_stride == 1 && c->to_stride == 1) {
      for (; i + LANES <= end; i += LANES) store(target + i, c->accumulate ? load(target + i) + load(source + i) : load(source + i));
    }
    if (c->accumulate) {
      for (; i < end; i++) target[i * c->to_stride] = target[i * c->to_stride] + source[i * c->from_stride];
    } else {
      /* as integers: copying must not touch the bits of any element type */
      const int32_t *words = (const int32_t *)source;
      for (; i < end; i++) ((int32_t *)target)[i * c->to_stride] = words[i * c->from_stride];
    }
  }
}

/* Copies or adds [outer] runs of count elements at the offsets in runs (from, then to), stepping by the two strides; no two
 * elements go to one place. */
EXPORT void copy_runs(const float *from, float *to, const int *runs, int outer, int from_stride, int to_stride, int count, int accumulate) {
  Copy args = {from, to, runs, outer, from_stride, to_stride, count, accumulate};
  run_elements(copy_part, &args, (double)outer * count);
}

static float max_along(const float *x, int length, int stride) {
  float best = x[0];
  for (int step = 1; step < length; step++) best = scalar_maximum(best, x[(size_t)step * stride]);
  return best;
}

typedef struct {
  int is_max;
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
    if (r->is_max) {
      for (int j = begin; j < end; j++) to[j] = max_along(row + j, length, inner);
    } else if (inner == 1) {
      if (begin < end) LANE_SUM(to[0], length, load(row + i));
    } else {
      for (int j = begin; j < end; j++) to[j] = 0;
      for (int step = 0; step < length; step++) {
        const float *from = row + (size_t)step * inner;
        int j = begin;
        for (; j + LANES <= end; j += LANES) store(to + j, load(to + j) + load(from + j));
        for (; j < end; j++) to[j] = to[j] + from[j];
      }
    }
  }
}

EXPORT void reduce(int is_max, const float *x, float *out, int outer, int length, int inner) {
  Reduction args = {is_max, x, out, outer, length, inner};
  run_elements(reduce_part, &args, (double)outer * length * inner);
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

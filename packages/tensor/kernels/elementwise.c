/* Elementwise kernels and strided copies. */
#include "elements.h"
#include "kernels.h"

INLINE vfloat unary_value(UnaryOp op, vfloat x) {
  switch (op) {
    case UNARY_NEG: return -x;
    case UNARY_EXP: return vexp(x);
    case UNARY_LOG: return vlog(x);
    case UNARY_TANH: return vtanh(x);
    case UNARY_SIGMOID: return vsigmoid(x);
    case UNARY_RELU: return maximum(x, splat(0));
    case UNARY_SQRT: return square_root(x);
    case UNARY_SQUARE: return x * x;
    case UNARY_ERF: return verf(x);
    case UNARY_SIN: return vsin(x);
    case UNARY_COS: return vcos(x);
    case UNARY_ABS: return absolute(x);
    case UNARY_SOFTSIGN: return x / (1.f + absolute(x));
  }
  __builtin_unreachable();
}

INLINE vfloat unary_slope(UnaryOp op, vfloat x, vfloat y, vfloat d) {
  switch (op) {
    case UNARY_NEG: return -d;
    case UNARY_EXP: return d * y;
    case UNARY_LOG: return d / x;
    case UNARY_TANH: return d * one_less_square(y);
    case UNARY_SIGMOID: return d * (y * (1.f - y));
    case UNARY_RELU: return select_float(x > 0, d, splat(0));
    case UNARY_SQRT: return d / (y + y);
    case UNARY_SQUARE: return d * (x + x);
    case UNARY_ERF: return d * (1.12837917f * vexp(-(x * x)));
    case UNARY_SIN: return d * vcos(x);
    case UNARY_COS: return -d * vsin(x);
    case UNARY_ABS: return select_float(x > 0, d, select_float(x < 0, -d, splat(0)));
    case UNARY_SOFTSIGN: return d / (1.f + absolute(x)) / (1.f + absolute(x));
  }
  __builtin_unreachable();
}

typedef struct {
  float *out;
  int count;
  float value;
} Fill;

static void fill_part(void *pointer, int thread, int threads) {
  const Fill *f = pointer;
  int begin, end;
  split_range(f->count, 16, thread, threads, &begin, &end);
  for (int i = begin; i < end; i += LANES) store(f->out + i, splat(f->value));
}

EXPORT void fill(float *out, int count, float value) {
  Fill args = {out, count, value};
  run_elements(fill_part, &args, count);
}

typedef struct {
  UnaryOp op;
  const float *x, *y, *dy;
  float *out;
  int count;
} Unary;

/* One loop for each op, without a choice inside. */
static void unary_part(void *pointer, int thread, int threads) {
  const Unary *u = pointer;
  int begin, end;
  split_range(u->count, 16, thread, threads, &begin, &end);
  switch (u->op) {
#define LOOP(OP) \
  case OP:       \
    for (int i = begin; i < end; i += LANES) store(u->out + i, unary_value(OP, load(u->x + i))); \
    break;
    EACH_UNARY_OP(LOOP)
#undef LOOP
  }
}

static void unary_gradient_part(void *pointer, int thread, int threads) {
  const Unary *u = pointer;
  int begin, end;
  split_range(u->count, 16, thread, threads, &begin, &end);
  switch (u->op) {
#define LOOP(OP) \
  case OP:       \
    for (int i = begin; i < end; i += LANES) \
      store(u->out + i, unary_slope(OP, load(u->x + i), load(u->y + i), load(u->dy + i))); \
    break;
    EACH_UNARY_OP(LOOP)
#undef LOOP
  }
}

EXPORT void unary(UnaryOp op, const float *x, float *out, int count) {
  Unary args = {op, x, 0, 0, out, count};
  run_elements(unary_part, &args, count);
}

EXPORT void unary_gradient(UnaryOp op, const float *x, const float *y, const float *dy, float *dx, int count) {
  Unary args = {op, x, y, dy, dx, count};
  run_elements(unary_gradient_part, &args, count);
}

INLINE vfloat binary_value(BinaryOp op, vfloat a, vfloat b) {
  switch (op) {
    case BINARY_ADD: return a + b;
    case BINARY_SUB: return a - b;
    case BINARY_MUL: return a * b;
    case BINARY_DIV: return a / b;
    case BINARY_MAXIMUM: return maximum(a, b);
    case BINARY_GREATER: return select_float(a > b, splat(1.f), splat(0));
    case BINARY_MINIMUM: return minimum(a, b);
    case BINARY_GREATER_EQUAL: return select_float(a >= b, splat(1.f), splat(0));
    case BINARY_EQUAL: return select_float(a == b, splat(1.f), splat(0));
    case BINARY_NOT_EQUAL: return select_float(a != b, splat(1.f), splat(0));
  }
  __builtin_unreachable();
}

typedef struct {
  BinaryOp op;
  const float *a, *b;
  float *out;
  const int *runs;
  int outer, a_stride, b_stride, count;
} Binary;

/* One run of count elements; a stride is 0 (one value) or 1 (consecutive). */
INLINE void binary_run(BinaryOp op, const float *a, int a_stride, const float *b, int b_stride, float *out, int count) {
  int i = 0;
  for (; i + LANES <= count; i += LANES) {
    vfloat left = a_stride ? load(a + i) : splat(*a);
    vfloat right = b_stride ? load(b + i) : splat(*b);
    store(out + i, binary_value(op, left, right));
  }
  for (; i < count; i++) out[i] = binary_value(op, splat(a[i * a_stride]), splat(b[i * b_stride]))[0];
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

EXPORT void binary(BinaryOp op, const float *a, const float *b, float *out, const int *runs, int outer, int a_stride, int b_stride, int count) {
  Binary args = {op, a, b, out, runs, outer, a_stride, b_stride, count};
  run_elements(binary_part, &args, (double)outer * count);
}

typedef struct {
  const float *condition, *a, *b;
  float *out;
  int count;
} Where;

static void where_part(void *pointer, int thread, int threads) {
  const Where *w = pointer;
  int begin, end;
  split_range(w->count, 16, thread, threads, &begin, &end);
  for (int i = begin; i < end; i += LANES)
    store(w->out + i, select_float(load(w->condition + i) != 0, load(w->a + i), load(w->b + i)));
}

EXPORT void where(const float *condition, const float *a, const float *b, float *out, int count) {
  Where args = {condition, a, b, out, count};
  run_elements(where_part, &args, count);
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

EXPORT void copy_runs(const float *from, float *to, const int *runs, int outer, int from_stride, int to_stride, int count, int accumulate) {
  Copy args = {from, to, runs, outer, from_stride, to_stride, count, accumulate};
  run_elements(copy_part, &args, (double)outer * count);
}

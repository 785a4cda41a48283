/* Kernels that work row by row: softmax, arg-max, top-k, cross-entropy. */
#include "cross_entropy.h"
#include "kernels.h"
#include "pool.h"
#include "rows.h"

/* Applies EXPRESSION (in `i`) to every element of a row; the tail goes element by element through a copy. */
#define EACH(out, classes, EXPRESSION)                                      \
  do {                                                                      \
    int i = 0;                                                              \
    for (; i + LANES <= (classes); i += LANES) store((out) + i, EXPRESSION); \
    if (i < (classes)) {                                                    \
      vfloat tail_ = EXPRESSION;                                            \
      for (int j_ = 0; i + j_ < (classes); j_++) (out)[i + j_] = tail_[j_]; \
    }                                                                       \
  } while (0)

typedef struct {
  const float *x; /* softmax: its input; gradient: its output */
  const float *dy;
  float *out;
  int rows, classes, is_log;
} Softmax;

static void softmax_rows(void *pointer, int thread, int threads) {
  const Softmax *s = pointer;
  int begin, end, classes = s->classes;
  split_range(s->rows, 1, thread, threads, &begin, &end);
  for (int row = begin; row < end; row++) {
    const float *x = s->x + (size_t)row * classes;
    float *out = s->out + (size_t)row * classes;
    if (s->is_log) {
      float shift, lse = log_sum_exp(x, classes, &shift);
      EACH(out, classes, (load(x + i) - shift) - lse);
      continue;
    }
    float top = row_max(x, classes), total;
    EACH(out, classes, vexp(load(x + i) - top));
    LANE_SUM(total, classes, load(out + i));
    EACH(out, classes, load(out + i) / total);
  }
}

static void softmax_gradient_rows(void *pointer, int thread, int threads) {
  const Softmax *s = pointer;
  int begin, end, classes = s->classes;
  split_range(s->rows, 1, thread, threads, &begin, &end);
  for (int row = begin; row < end; row++) {
    const float *y = s->x + (size_t)row * classes, *dy = s->dy + (size_t)row * classes;
    float *dx = s->out + (size_t)row * classes;
    float total;
    if (s->is_log) {
      LANE_SUM(total, classes, load(dy + i));
      EACH(dx, classes, load(dy + i) - vexp(load(y + i)) * total);
    } else {
      LANE_DOT(total, classes, load(dy + i), load(y + i));
      EACH(dx, classes, load(y + i) * (load(dy + i) - total));
    }
  }
}

#define PARALLEL_SOFTMAX 8192

EXPORT void softmax(const float *x, float *out, int rows, int classes, int is_log) {
  Softmax args = {x, 0, out, rows, classes, is_log};
  run_if_large(softmax_rows, &args, (double)rows * classes, PARALLEL_SOFTMAX);
}

EXPORT void softmax_gradient(const float *y, const float *dy, float *dx, int rows, int classes, int is_log) {
  Softmax args = {y, dy, dx, rows, classes, is_log};
  run_if_large(softmax_gradient_rows, &args, (double)rows * classes, PARALLEL_SOFTMAX);
}

typedef struct {
  const float *x;
  float *values;
  int *indices;
  int rows, classes, k;
} Choice;

static void arg_max_rows(void *pointer, int thread, int threads) {
  const Choice *a = pointer;
  int begin, end, classes = a->classes;
  split_range(a->rows, 1, thread, threads, &begin, &end);
  for (int row = begin; row < end; row++) {
    const float *x = a->x + (size_t)row * classes;
    int best = 0;
    for (int c = 1; c < classes; c++)
      if (is_larger(x[c], x[best])) best = c;
    a->indices[row] = best;
  }
}

/* Insertion into a short sorted list: rows are scanned once and few elements beat the k-th best. */
static void top_k_rows(void *pointer, int thread, int threads) {
  const Choice *a = pointer;
  int begin, end, classes = a->classes, k = a->k;
  split_range(a->rows, 1, thread, threads, &begin, &end);
  for (int row = begin; row < end; row++) {
    const float *x = a->x + (size_t)row * classes;
    float *values = a->values + (size_t)row * k;
    int *indices = a->indices + (size_t)row * k, held = 0;
    for (int c = 0; c < classes; c++) {
      if (held == k && !is_larger(x[c], values[k - 1])) continue;
      int at = held < k ? held++ : k - 1;
      for (; at > 0 && is_larger(x[c], values[at - 1]); at--) values[at] = values[at - 1], indices[at] = indices[at - 1];
      values[at] = x[c];
      indices[at] = c;
    }
  }
}

#define PARALLEL_CHOICE 8192

EXPORT void arg_max(const float *x, int *out, int rows, int classes) {
  Choice args = {x, 0, out, rows, classes, 1};
  run_if_large(arg_max_rows, &args, (double)rows * classes, PARALLEL_CHOICE);
}

EXPORT void top_k(const float *x, float *values, int *indices, int rows, int classes, int k) {
  Choice args = {x, values, indices, rows, classes, k};
  run_if_large(top_k_rows, &args, (double)rows * classes, PARALLEL_CHOICE);
}

typedef struct {
  const float *logits;
  const int *targets;
  const float *class_weights; /* or null */
  float *shifts, *log_sum_exps, *losses, *d_logits;
  int rows, classes;
  float smoothing, mean_weight, scale;
} CrossEntropy;

static void loss_rows(void *pointer, int thread, int threads) {
  CrossEntropy *args = pointer;
  int begin, end, classes = args->classes;
  split_range(args->rows, 1, thread, threads, &begin, &end);
  for (int row = begin; row < end; row++) {
    const float *x = args->logits + (size_t)row * classes, *w = args->class_weights;
    int target = args->targets[row];
    args->shifts[row] = args->log_sum_exps[row] = args->losses[row] = 0;
    if (target < 0) continue;
    float shift, lse = log_sum_exp(x, classes, &shift), total = 0;
    if (args->smoothing > 0) {
      if (w) LANE_DOT(total, classes, load(w + i), load(x + i) - shift);
      else LANE_SUM(total, classes, load(x + i) - shift);
    }
    RowLoss loss = {args->smoothing, w ? w[target] : 1.f, args->mean_weight, classes};
    args->shifts[row] = shift;
    args->log_sum_exps[row] = lse;
    args->losses[row] = row_loss(loss, lse, x[target] - shift, total);
  }
}

static void loss_gradient_rows(void *pointer, int thread, int threads) {
  CrossEntropy *args = pointer;
  int begin, end, classes = args->classes;
  split_range(args->rows, 1, thread, threads, &begin, &end);
  float share = args->smoothing / (float)classes;
  for (int row = begin; row < end; row++) {
    const float *x = args->logits + (size_t)row * classes, *w = args->class_weights;
    float *d = args->d_logits + (size_t)row * classes;
    int target = args->targets[row];
    if (target < 0) {
      __builtin_memset(d, 0, classes * sizeof(float));
      continue;
    }
    float own = (1.f - args->smoothing) * (w ? w[target] : 1.f);
    float all = own + args->smoothing * args->mean_weight;
    float shift = args->shifts[row], lse = args->log_sum_exps[row];
    if (w) EACH(d, classes, all * vexp((load(x + i) - shift) - lse) - share * load(w + i));
    else EACH(d, classes, all * vexp((load(x + i) - shift) - lse) - share);
    d[target] = d[target] - own;
    EACH(d, classes, args->scale * load(d + i));
  }
}

#define PARALLEL_LOSS 16384

static void run_rows(CrossEntropy *args, Job job) {
  run_if_large(job, args, (double)args->rows * args->classes, PARALLEL_LOSS);
}

/* losses: [rows], summed by the caller in float64. */
EXPORT void cross_entropy_forward(const float *logits, const int *targets, const float *class_weights, float *shifts, float *log_sum_exps, float *losses, int rows, int classes, float smoothing) {
  CrossEntropy args = {logits, targets, class_weights, shifts, log_sum_exps, losses, 0, rows, classes, smoothing, mean_weight(class_weights, classes), 0};
  run_rows(&args, loss_rows);
}

EXPORT void cross_entropy_backward(const float *logits, const int *targets, const float *class_weights, float *shifts, float *log_sum_exps, float *d_logits, int rows, int classes, float smoothing, float scale) {
  CrossEntropy args = {logits, targets, class_weights, shifts, log_sum_exps, 0, d_logits, rows, classes, smoothing, mean_weight(class_weights, classes), scale};
  run_rows(&args, loss_gradient_rows);
}

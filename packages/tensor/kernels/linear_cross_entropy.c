/* An output layer with softmax and cross-entropy, forward and backward.
 *
 * Logits are made and lie by class, weight x^T, so that the weight is read where it stands, once and in order; so are, backward, the
 * logits' gradients, as the left side of the weight's gradient. Threads own classes, whose blocks stay in the second-level cache
 * while their maximum is looked for and while they turn into gradients; sums over classes have an order, and there threads own rows. */
#include "cross_entropy.h"
#include "gemm.h"
#include "kernels.h"
#include "pool.h"

/* Rows of a block: whole blocks of the sums over rows. */
#define ROW_CHUNK (4 * PRODUCT_BLOCK)
/* Depth of a block, as whole blocks of the sums over features. */
#define DEPTH_CHUNK (4 * PRODUCT_BLOCK)
/* Most elements of the weight and the logits in a block of classes, and its bounds. */
#define BLOCK_ELEMENTS 262144
#define MOST_CLASSES 192
#define LEAST_CLASSES 24
/* Rows whose partial sums stay in the first-level cache. */
#define SUM_ROWS 256
/* Their logits lie apart from class to class, where the processor foresees nothing. */
#define PREFETCH_CLASSES 8
/* Elements that turn into gradients after those that are fetched when they do. */
#define PREFETCH_AHEAD 768
_Static_assert(LOSS_SUMS == 2 * SUM_LANES, "room for both sums");

static int classes_of_block(const LinearCrossEntropy *l) {
  int fitting = BLOCK_ELEMENTS / (least(l->features, DEPTH_CHUNK) + least(l->stride, ROW_CHUNK));
  return fitting < LEAST_CLASSES ? LEAST_CLASSES : least(fitting, MOST_CLASSES);
}

INLINE float *logits_of(const LinearCrossEntropy *l, int class) { return l->logits + (size_t)class * l->stride; }

/* ---- Forward ---- */

/* Threads own panels. */
static void pack_transposed_x(const LinearCrossEntropy *l, int thread, int threads) {
  int begin, end;
  split_range(l->rows, TILE_COLS, thread, threads, &begin, &end);
  Matrix x = {.from = l->x, .row_stride = l->features, .k = l->features, .n = l->rows, .transposed = 1};
  pack_columns(&x, l->packed_x, begin, end);
}

/* The products of some classes and rows. */
static void multiply_classes(const LinearCrossEntropy *l, int first, int count, int begin, int end) {
  const float *weights[MOST_CLASSES];
  float *logits[MOST_CLASSES];
  for (int c = 0; c < count; c++) logits[c] = logits_of(l, first + c);
  for (int start = 0; start < l->features || start == 0; start += DEPTH_CHUNK) {
    for (int c = 0; c < count; c++) weights[c] = l->weight + (size_t)(first + c) * l->features + start;
    RightSide b = deep_block(l->packed_x, l->features, l->rows, start, least(l->features - start, DEPTH_CHUNK));
    gemm_rows(&b, weights, count, logits, begin, end);
  }
}

static void add_bias_and_find_maxima(const LinearCrossEntropy *l, int first, int count, int begin, int end, float *maxima) {
  for (int class = first; class < first + count; class++) {
    float *logits = logits_of(l, class);
    for (int row = begin; row < end; row += LANES) {
      vfloat logit = load(logits + row);
      if (l->bias) store(logits + row, logit = logit + splat(l->bias[class]));
      store(maxima + row, maximum(load(maxima + row), logit));
    }
  }
}

/* Logits of the classes that a thread owns, and their maxima. */
static void make_logits(const LinearCrossEntropy *l, int thread, int threads) {
  int begin, end, block = classes_of_block(l);
  float *maxima = l->maxima + (size_t)thread * l->stride;
  split_range(l->classes, TILE_ROWS, thread, threads, &begin, &end);
  for (int row = 0; row < l->stride; row++) maxima[row] = -__builtin_inff();
  for (int first = begin; first < end; first += block) {
    int count = least(end - first, block);
    for (int row = 0; row < l->rows; row += ROW_CHUNK) {
      int last = least(l->rows, row + ROW_CHUNK);
      multiply_classes(l, first, count, row, last);
      add_bias_and_find_maxima(l, first, count, row, last, maxima);
    }
  }
}

/* The maxima of all threads become those of the first. */
static void join_maxima(const LinearCrossEntropy *l, int begin, int end, int threads) {
  for (int thread = 1; thread < threads; thread++)
    for (int row = begin; row < end; row += LANES)
      store(l->maxima + row, maximum(load(l->maxima + row), load(l->maxima + (size_t)thread * l->stride + row)));
}

/* Folds the partial sums of some rows into the first. */
static void fold_sums(float *sums, int stride, int begin, int end) {
  for (int width = SUM_LANES / 2; width >= 1; width /= 2) {
    for (int lane = 0; lane < width; lane++) {
      float *to = sums + (size_t)lane * stride, *from = to + (size_t)width * stride;
      for (int row = begin; row < end; row += LANES) store(to + row, load(to + row) + load(from + row));
    }
  }
}

/* Of the rows [begin, end): sums of exponentials, and of logits times class weights where there is smoothing. */
static void sum_over_classes(const LinearCrossEntropy *l, int begin, int end) {
  const float *w = l->class_weights, *shifts = l->shifts;
  float *of_logits = l->sums + (size_t)SUM_LANES * l->stride;
  for (int lane = 0; lane < (l->smoothing > 0 ? 2 : 1) * SUM_LANES; lane++)
    for (int row = begin; row < end; row += LANES) store(l->sums + (size_t)lane * l->stride + row, splat(0));
  for (int class = 0; class < l->classes; class++) {
    size_t lane = (size_t)(class % SUM_LANES) * l->stride;
    const float *logits = logits_of(l, class);
    float *sum = l->sums + lane, *total = of_logits + lane;
    for (int row = begin; row < end; row += LANES) {
      __builtin_prefetch(logits + (size_t)PREFETCH_CLASSES * l->stride + row);
      store(sum + row, load(sum + row) + vexp(load(logits + row) - load(l->maxima + row)));
    }
    if (l->smoothing == 0) continue;
    for (int row = begin; row < end; row += LANES)
      store(total + row, w ? fused(splat(w[class]), load(logits + row) - load(shifts + row), load(total + row))
                           : load(total + row) + (load(logits + row) - load(shifts + row)));
  }
  fold_sums(l->sums, l->stride, begin, end);
  if (l->smoothing > 0) fold_sums(of_logits, l->stride, begin, end);
}

static void find_losses(const LinearCrossEntropy *l, int begin, int end) {
  const float *w = l->class_weights, *totals = l->sums + (size_t)SUM_LANES * l->stride;
  float mean = mean_weight(w, l->classes);
  for (int row = begin; row < end; row += LANES)
    store(l->log_sum_exps + row, (load(l->maxima + row) - load(l->shifts + row)) + vlog(load(l->sums + row)));
  for (int row = begin; row < least(end, l->rows); row++) {
    int target = l->targets[row];
    if (target < 0) {
      l->shifts[row] = l->log_sum_exps[row] = l->losses[row] = 0;
      continue;
    }
    RowLoss loss = {l->smoothing, w ? w[target] : 1.f, mean, l->classes};
    l->losses[row] = row_loss(loss, l->log_sum_exps[row], logits_of(l, target)[row] - l->shifts[row], l->smoothing > 0 ? totals[row] : 0);
  }
}

static void forward_part(void *pointer, int thread, int threads) {
  const LinearCrossEntropy *l = pointer;
  int begin, end;
  pack_transposed_x(l, thread, threads);
  meet(threads);
  make_logits(l, thread, threads);
  meet(threads);
  split_range(l->stride, LANES, thread, threads, &begin, &end);
  join_maxima(l, begin, end, threads);
  for (int row = begin; row < end; row += LANES) store(l->shifts + row, shift_of(load(l->maxima + row)));
  for (int row = begin; row < end; row += SUM_ROWS) {
    int last = least(end, row + SUM_ROWS);
    sum_over_classes(l, row, last);
    find_losses(l, row, last);
  }
}

/* ---- Backward ---- */

/* Threads own rows of what is packed, and of what all classes share. */
static void prepare_backward(const LinearCrossEntropy *l, int thread, int threads) {
  const float *w = l->class_weights;
  float mean = mean_weight(w, l->classes);
  int begin, end;
  split_range(l->rows, 1, thread, threads, &begin, &end);
  for (int row = begin; row < end; row++) {
    int target = l->targets[row];
    l->own[row] = target < 0 ? 0 : (1.f - l->smoothing) * (w ? w[target] : 1.f);
    l->all[row] = l->own[row] + l->smoothing * mean;
    if (l->d_weight) pack_row(l->x + (size_t)row * l->features, l->packed_x, l->rows, l->features, row);
  }
  if (!l->d_x || l->is_packed) return;
  split_range(l->classes, 1, thread, threads, &begin, &end);
  for (int class = begin; class < end; class++)
    pack_row(l->weight + (size_t)class * l->features, l->packed_weight, l->classes, l->features, class);
}

/* Logits of some classes and rows become their gradients; those of rows that do not count, zeros. */
static void turn_into_gradients(const LinearCrossEntropy *l, int first, int count, int begin, int end) {
  float share = l->smoothing / (float)l->classes;
  for (int class = first; class < first + count; class++) {
    float *logits = logits_of(l, class), part = l->class_weights ? share * l->class_weights[class] : share;
    for (int row = begin; row < end; row += LANES) {
      vint target = (vint)load((const float *)l->targets + row);
      __builtin_prefetch(logits + row + PREFETCH_AHEAD, 1);
      vfloat log_prob = (load(logits + row) - load(l->shifts + row)) - load(l->log_sum_exps + row);
      vfloat d = load(l->all + row) * vexp(log_prob) - part;
      d = select_float(target == class, d - load(l->own + row), d);
      store(logits + row, select_float(target < 0, splat(0), l->scale * d));
    }
  }
}

/* Adds the rows [begin, end) to the gradients of some biases, in their order: lanes are classes. */
static void add_to_bias(const LinearCrossEntropy *l, int first, int count, int begin, int end) {
  for (int class = first; class < first + count; class += LANES) {
    int width = least(first + count - class, LANES);
    float *to = l->d_bias + class;
    vfloat sum = begin == 0 ? splat(0) : width == LANES ? load(to) : load_some(to, width);
    for (int row = begin; row < end; row += LANES) {
      vfloat block[LANES];
      UNROLL for (int lane = 0; lane < LANES; lane++) block[lane] = load(logits_of(l, class + least(lane, width - 1)) + row);
      transpose_block(block);
      for (int i = 0; i < least(end - row, LANES); i++) sum = sum + block[i];
    }
    if (width == LANES) store(to, sum);
    else store_some(to, sum, width);
  }
}

/* Goes on with the weight's gradient by the rows [begin, end). */
static void add_to_weight(const LinearCrossEntropy *l, int first, int count, int begin, int end) {
  const float *gradients[MOST_CLASSES];
  float *out[MOST_CLASSES];
  for (int c = 0; c < count; c++) {
    gradients[c] = logits_of(l, first + c) + begin;
    out[c] = l->d_weight + (size_t)(first + c) * l->features;
  }
  RightSide b = deep_block(l->packed_x, l->rows, l->features, begin, end - begin);
  gemm_rows(&b, gradients, count, out, 0, l->features);
}

/* Gradients of the logits of the classes that a thread owns, and of their weights. */
static void walk_classes_back(const LinearCrossEntropy *l, int thread, int threads) {
  int begin, end, block = classes_of_block(l);
  split_range(l->classes, TILE_ROWS, thread, threads, &begin, &end);
  for (int first = begin; first < end; first += block) {
    int count = least(end - first, block);
    for (int row = 0; row < l->rows || row == 0; row += ROW_CHUNK) {
      int last = least(l->rows, row + ROW_CHUNK);
      turn_into_gradients(l, first, count, row, last);
      if (l->d_bias) add_to_bias(l, first, count, row, last);
      if (l->d_weight) add_to_weight(l, first, count, row, last);
    }
  }
}

static void backward_part(void *pointer, int thread, int threads) {
  const LinearCrossEntropy *l = pointer;
  int first, last;
  prepare_backward(l, thread, threads);
  meet(threads);
  walk_classes_back(l, thread, threads);
  if (!l->d_x) return;
  meet(threads);
  split_range(l->rows, TILE_ROWS, thread, threads, &first, &last);
  Target target = {l->packed_weight, l->features, l->d_x};
  gemm_columns(l->logits, l->stride, first, last, l->classes, &target, 1, l->strips + thread * left_size(l->classes));
}

static double products(const LinearCrossEntropy *l) { return (double)l->rows * l->classes * l->features; }

EXPORT void linear_cross_entropy_forward(LinearCrossEntropy *args) {
  run_if_large(forward_part, args, products(args), PARALLEL_PRODUCTS);
}

EXPORT void linear_cross_entropy_backward(LinearCrossEntropy *args) {
  run_if_large(backward_part, args, products(args), PARALLEL_PRODUCTS);
  /* The sum along the last axis, which a column of one class is, has an order of its own. */
  if (args->d_bias && args->classes == 1) LANE_SUM(args->d_bias[0], args->rows, load(args->logits + i));
}

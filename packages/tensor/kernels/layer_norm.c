/* Layer normalization of the rows of [rows, features]; threads own rows, and columns of the gradients of gain and bias. */
#include "elements.h"
#include "kernels.h"

static void normalize_rows(void *pointer, int thread, int threads) {
  const LayerNorm *l = pointer;
  int first, last, features = l->features;
  split_range(l->rows, 1, thread, threads, &first, &last);
  for (int row = first; row < last; row++) {
    const float *x = l->x + (size_t)row * features, *gain = l->gain, *bias = l->bias;
    float *out = l->out + (size_t)row * features;
    float sum, squares;
    LANE_SUM(sum, features, load(x + i));
    float mean = sum / (float)features;
    LANE_DOT(squares, features, load(x + i) - mean, load(x + i) - mean);
    float inverse = 1.f / __builtin_sqrtf(squares / (float)features + l->epsilon);
    l->means[row] = mean;
    l->inverse_deviations[row] = inverse;
#define NORMALIZE(LOAD, STORE) STORE(out + i, fused((LOAD(x + i) - mean) * inverse, LOAD(gain + i), LOAD(bias + i)));
    EACH_VECTOR(i, features, NORMALIZE);
#undef NORMALIZE
  }
}

static void layer_norm_input_gradient(void *pointer, int thread, int threads) {
  const LayerNorm *l = pointer;
  int first, last, features = l->features;
  split_range(l->rows, 1, thread, threads, &first, &last);
  for (int row = first; row < last; row++) {
    const float *x = l->x + (size_t)row * features, *dy = l->dy + (size_t)row * features, *gain = l->gain;
    float *dx = l->dx + (size_t)row * features;
    float mean = l->means[row], inverse = l->inverse_deviations[row], sum, products;
    LANE_SUM(sum, features, load(dy + i) * load(gain + i));
    LANE_DOT(products, features, load(dy + i) * load(gain + i), (load(x + i) - mean) * inverse);
    float share = sum / (float)features, slope = products / (float)features;
#define GRADIENT(LOAD, STORE)                                                                \
  {                                                                                          \
    vfloat normalized = (LOAD(x + i) - mean) * inverse, d = LOAD(dy + i) * LOAD(gain + i);    \
    STORE(dx + i, inverse * fused(-normalized, splat(slope), d - share));                             \
  }
    EACH_VECTOR(i, features, GRADIENT);
#undef GRADIENT
  }
}

/* Rows are added in rising order. */
static void layer_norm_parameter_gradients(void *pointer, int thread, int threads) {
  const LayerNorm *l = pointer;
  int begin, end, features = l->features;
  split_range(features, 16, thread, threads, &begin, &end);
  for (int j = begin; j < end; j++) l->d_gain[j] = l->d_bias[j] = 0;
  for (int row = 0; row < l->rows; row++) {
    const float *x = l->x + (size_t)row * features + begin, *dy = l->dy + (size_t)row * features + begin;
    float *d_gain = l->d_gain + begin, *d_bias = l->d_bias + begin;
    float mean = l->means[row], inverse = l->inverse_deviations[row];
#define ADD_ROW(LOAD, STORE)                                                                      \
  {                                                                                               \
    STORE(d_gain + i, fused(LOAD(dy + i), (LOAD(x + i) - mean) * inverse, LOAD(d_gain + i)));        \
    STORE(d_bias + i, LOAD(d_bias + i) + LOAD(dy + i));                                           \
  }
    EACH_VECTOR(i, end - begin, ADD_ROW);
#undef ADD_ROW
  }
}

#define PARALLEL_NORM 8192

EXPORT void layer_norm(LayerNorm *l) { run_if_large(normalize_rows, l, (double)l->rows * l->features, PARALLEL_NORM); }

EXPORT void layer_norm_gradient(LayerNorm *l) {
  run_if_large(layer_norm_input_gradient, l, (double)l->rows * l->features, PARALLEL_NORM);
  run_if_large(layer_norm_parameter_gradients, l, (double)l->rows * l->features, PARALLEL_NORM);
}

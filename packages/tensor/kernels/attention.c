/* One attention step over the real steps of each row; threads own batch rows. */
#include "attention.h"
#include "pool.h"

INLINE float score_max(const float *x, int count) {
  float best = x[0];
  for (int i = 1; i < count; i++) best = scalar_maximum(best, x[i]);
  return best;
}

INTERNAL void attend_row(const Attention *a, int row) {
  int length = a->lengths[row];
  const float *query = a->query + (size_t)row * a->query_size;
  float *weights = a->weights + (size_t)row * a->weights_stride, *context = a->context + (size_t)row * a->context_stride;
  __builtin_memset(weights, 0, a->time * sizeof(float));
  __builtin_memset(context, 0, a->value_size * sizeof(float));
  if (length == 0) return;
  float *scores = a->scratch + (size_t)row * a->time;
  for (int t = 0; t < length; t++) {
    const float *key = a->keys + ((size_t)row * a->time + t) * a->query_size;
    if (a->tanhs) {
      float *tanhs = a->tanhs + ((size_t)row * a->time + t) * a->query_size;
#define KEEP_TANH(LOAD, STORE) STORE(tanhs + i, vtanh(LOAD(query + i) + LOAD(key + i)));
      EACH_VECTOR(i, a->query_size, KEEP_TANH);
#undef KEEP_TANH
      LANE_DOT(scores[t], a->query_size, load(a->energy + i), load(tanhs + i));
    } else if (a->energy) LANE_DOT(scores[t], a->query_size, load(a->energy + i), vtanh(load(query + i) + load(key + i)));
    else LANE_DOT(scores[t], a->query_size, load(query + i), load(key + i));
  }
  float top = score_max(scores, length), total;
  for (int t = 0; t < length; t++) scores[t] = scalar_exp(scores[t] - top);
  LANE_SUM(total, length, load(scores + i));
  for (int t = 0; t < length; t++) {
    const float *value = a->values + ((size_t)row * a->time + t) * a->value_size;
    float weight = scores[t] / total;
    weights[t] = weight;
#define ADD_VALUE(LOAD, STORE) STORE(context + i, fused(splat(weight), LOAD(value + i), LOAD(context + i)));
    EACH_VECTOR(i, a->value_size, ADD_VALUE);
#undef ADD_VALUE
  }
}

/* Adds the share of one score's gradient d. */
INLINE void add_query_gradient(const Attention *a, int row, int t, float d) {
  size_t query_at = (size_t)row * a->query_size, key_at = ((size_t)row * a->time + t) * a->query_size;
  float *d_query = a->d_query + query_at;
  if (a->energy) {
    const float *energy = a->energy, *tanhs = a->tanhs + key_at;
    float *d_energy = a->d_energy + query_at;
#define ADDITIVE(LOAD, STORE)                                                              \
  {                                                                                        \
    vfloat u = LOAD(tanhs + i);                                                            \
    STORE(d_energy + i, fused(splat(d), u, LOAD(d_energy + i)));                           \
    STORE(d_query + i, LOAD(d_query + i) + (d * LOAD(energy + i)) * one_less_square(u));   \
  }
    EACH_VECTOR(i, a->query_size, ADDITIVE);
#undef ADDITIVE
  } else {
    const float *key = a->keys + key_at;
#define DOT(LOAD, STORE) STORE(d_query + i, fused(splat(d), LOAD(key + i), LOAD(d_query + i)));
    EACH_VECTOR(i, a->query_size, DOT);
#undef DOT
  }
}

INTERNAL void query_gradient_row(const Attention *a, int row) {
  int length = a->lengths[row];
  const float *d_context = a->d_context + (size_t)row * a->context_stride, *weights = a->weights + (size_t)row * a->weights_stride;
  float *own = a->scratch + (size_t)row * a->time;
  __builtin_memset(a->d_query + (size_t)row * a->query_size, 0, a->query_size * sizeof(float));
  if (a->d_energy) __builtin_memset(a->d_energy + (size_t)row * a->query_size, 0, a->query_size * sizeof(float));
  for (int t = 0; t < length; t++) {
    const float *value = a->values + ((size_t)row * a->time + t) * a->value_size;
    LANE_DOT(own[t], a->value_size, load(d_context + i), load(value + i));
    if (a->d_weights) own[t] = own[t] + a->d_weights[(size_t)row * a->weights_stride + t];
  }
  float mean;
  LANE_DOT(mean, length, load(weights + i), load(own + i));
  for (int t = 0; t < length; t++) {
    own[t] = weights[t] * (own[t] - mean);
    add_query_gradient(a, row, t, own[t]);
  }
}

INTERNAL void memory_gradient_row(const Attention *a, int row) {
  int length = a->lengths[row];
  size_t at = (size_t)row * a->time;
  const float *query = a->query + (size_t)row * a->query_size, *energy = a->energy;
  const float *d_context = a->d_context + (size_t)row * a->context_stride;
  const float *weights = a->weights + (size_t)row * a->weights_stride, *d_scores = a->scratch + at;
  if (!a->add_to_keys) __builtin_memset(a->d_keys + (at + length) * a->query_size, 0, (size_t)(a->time - length) * a->query_size * sizeof(float));
  if (!a->add_to_values) __builtin_memset(a->d_values + (at + length) * a->value_size, 0, (size_t)(a->time - length) * a->value_size * sizeof(float));
  for (int t = 0; t < length; t++) {
    float *d_value = a->d_values + (at + t) * a->value_size, *d_key = a->d_keys + (at + t) * a->query_size;
    float weight = weights[t], d = d_scores[t];
#define VALUE(LOAD, STORE)                                                              \
  {                                                                                     \
    vfloat share = weight * LOAD(d_context + i);                                        \
    STORE(d_value + i, a->add_to_values ? LOAD(d_value + i) + share : share);           \
  }
    EACH_VECTOR(i, a->value_size, VALUE);
#undef VALUE
    if (energy) {
      const float *tanhs = a->tanhs + (at + t) * a->query_size;
#define ADDITIVE(LOAD, STORE)                                                           \
  {                                                                                     \
    vfloat inner = (d * LOAD(energy + i)) * one_less_square(LOAD(tanhs + i));           \
    STORE(d_key + i, a->add_to_keys ? LOAD(d_key + i) + inner : inner);                 \
  }
      EACH_VECTOR(i, a->query_size, ADDITIVE);
#undef ADDITIVE
    } else {
#define DOT(LOAD, STORE)                                                                \
  {                                                                                     \
    vfloat inner = d * LOAD(query + i);                                                 \
    STORE(d_key + i, a->add_to_keys ? LOAD(d_key + i) + inner : inner);                 \
  }
      EACH_VECTOR(i, a->query_size, DOT);
#undef DOT
    }
  }
}

static void attention_forward_rows(void *a, int thread, int threads) {
  int first, last;
  split_range(((Attention *)a)->batch, 1, thread, threads, &first, &last);
  for (int row = first; row < last; row++) attend_row(a, row);
}

static void attention_backward_rows(void *a, int thread, int threads) {
  int first, last;
  split_range(((Attention *)a)->batch, 1, thread, threads, &first, &last);
  for (int row = first; row < last; row++) {
    query_gradient_row(a, row);
    memory_gradient_row(a, row);
  }
}

#define PARALLEL_ATTENTION 8192

static void run_attention(Attention *a, Job job) {
  run_if_large(job, a, (double)a->batch * a->time * (a->query_size + a->value_size), PARALLEL_ATTENTION);
}

EXPORT void attention_forward(Attention *a) { run_attention(a, attention_forward_rows); }
EXPORT void attention_backward(Attention *a) { run_attention(a, attention_backward_rows); }

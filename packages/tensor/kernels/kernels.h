/* The kernels that backends call: one prototype for each, in the order of KERNELS. */
#pragma once
#include "vector.h"

struct Lstm;
struct Gru;
struct Rnn;
struct Attention;
struct Update;
struct Squares;
struct ProductSum;
struct LayerNorm;

EXPORT int kernel_interface(void);
EXPORT void fill(float *out, int count, float value);
EXPORT void unary(int op, const float *x, float *out, int count);
EXPORT void unary_gradient(int op, const float *x, const float *y, const float *dy, float *dx, int count);
EXPORT void binary(int op, const float *a, const float *b, float *out, const int *runs, int outer, int a_stride, int b_stride, int count);
EXPORT void copy_runs(const float *from, float *to, const int *runs, int outer, int from_stride, int to_stride, int count, int accumulate);
EXPORT void reduce(int op, const float *x, float *out, int outer, int length, int inner);
EXPORT void where(const float *condition, const float *a, const float *b, float *out, int count);
EXPORT void cumulative_sum(const float *x, float *out, int outer, int length, int inner, int reverse);
EXPORT double sum_all(const float *x, int count);
EXPORT int first_non_finite(const float *x, int count);
EXPORT int packed_elements(int k, int n);
EXPORT int left_elements(int k);
EXPORT void matmul(const float *a, const float *b, const float *bias, float *out, float *packed, float *strips, int batch, int m, int n, int k, int transpose_a, int transpose_b, int shared_b, int is_packed);
EXPORT void product_sum(struct ProductSum *args);
EXPORT void softmax(const float *x, float *out, int rows, int classes, int is_log);
EXPORT void softmax_gradient(const float *y, const float *dy, float *dx, int rows, int classes, int is_log);
EXPORT void layer_norm(struct LayerNorm *args);
EXPORT void layer_norm_gradient(struct LayerNorm *args);
EXPORT void arg_max(const float *x, int *out, int rows, int classes);
EXPORT void top_k(const float *x, float *values, int *indices, int rows, int classes, int k);
EXPORT void cross_entropy_forward(const float *logits, const int *targets, const float *class_weights, float *log_sum_exps, float *losses, int rows, int classes, float smoothing);
EXPORT void cross_entropy_backward(const float *logits, const int *targets, const float *class_weights, float *log_sum_exps, float *d_logits, int rows, int classes, float smoothing, float scale);
EXPORT void gather_rows(const int32_t *table, const int *ids, int32_t *out, int count, int width);
EXPORT void scatter_add_rows(const float *rows, const int *slots, float *out, int count, int width, int out_count);
EXPORT void gather(const float *x, const int *indices, float *out, int outer, int length, int count, int inner);
EXPORT void gather_gradient(const float *dy, const int *indices, float *dx, int outer, int length, int count, int inner);
EXPORT void dropout(const float *x, float *out, int batch, int time, int features, float scale, uint32_t threshold, uint32_t key0, uint32_t key1, uint32_t step, const int *examples, int time_offset);
EXPORT void pool(int kind, const float *x, float *out, int *chosen, const int *lengths, int batch, int time, int features);
EXPORT void pool_gradient(int kind, const float *dy, float *dx, const int *chosen, const int *lengths, int batch, int time, int features);
EXPORT void lstm_forward(struct Lstm *args);
EXPORT void lstm_forward_both(struct Lstm *first, struct Lstm *second);
EXPORT void lstm_backward(struct Lstm *args);
EXPORT void gru_forward(struct Gru *args);
EXPORT void gru_backward(struct Gru *args);
EXPORT void rnn_forward(struct Rnn *args);
EXPORT void rnn_backward(struct Rnn *args);
EXPORT void attention_forward(struct Attention *args);
EXPORT void attention_backward(struct Attention *args);
EXPORT void optimizer_step(struct Update *args);
EXPORT double sum_of_squares(struct Squares *args);
EXPORT double multiply_add_chains(int iterations, float *ends);

#define KERNELS(X)                                                                                              \
  X(kernel_interface) X(fill) X(unary) X(unary_gradient) X(binary) X(copy_runs) X(reduce) X(sum_all) X(first_non_finite)            \
  X(packed_elements) X(left_elements) X(matmul) X(product_sum) X(softmax) X(softmax_gradient) X(arg_max) X(top_k) X(cross_entropy_forward)      \
  X(cross_entropy_backward) X(gather_rows) X(scatter_add_rows) X(dropout) X(pool) X(pool_gradient)              \
  X(lstm_forward) X(lstm_forward_both) X(lstm_backward) X(attention_forward) X(attention_backward) X(optimizer_step)                 \
  X(sum_of_squares) X(gru_forward) X(gru_backward) X(rnn_forward) X(rnn_backward)                               \
  X(where) X(cumulative_sum) X(layer_norm) X(layer_norm_gradient) X(gather) X(gather_gradient)        \
  X(multiply_add_chains)

/* The kernels' interface: the one place that lists constants, ops, structs of arguments and kernels.
 *
 * Both compilers read it, and so does scripts/kernels, which makes three files of it: the TypeScript side, the addon's calls, and
 * kernels.generated.h with lists for macros. It keeps to the forms that scripts/kernels reads: `#define NAME number`, an enum whose
 * names begin alike, a struct of 4-byte numbers, pointers and other structs, and `EXPORT type name(parameters);`. By a hash of these
 * declarations a program refuses kernels that were built from others. */
#pragma once
#include "vector.h"

/* ---- Constants ---- */

/* Elements of the chunks that whole tensors are summed in. */
#define CHUNK 4096
/* Columns of a transposed left side that are packed at a time. */
#define LEFT_ROWS 48

/* Partial sums of a row's loss: SUM_LANES of exponentials, then as many of logits, for the smoothing. */
#define LOSS_SUMS 32

/* Most vectors that are made orthonormal at a time. */
#define ORTHONORMAL_COLUMNS 32

/* ---- Closed sets: a switch over one has no default, so that an op without a case does not compile ---- */

typedef enum {
  UNARY_NEG, UNARY_EXP, UNARY_LOG, UNARY_TANH, UNARY_SIGMOID, UNARY_RELU,
  UNARY_SQRT, UNARY_SQUARE, UNARY_ERF, UNARY_SIN, UNARY_COS, UNARY_ABS, UNARY_SOFTSIGN,
} UnaryOp;

typedef enum {
  BINARY_ADD, BINARY_SUB, BINARY_MUL, BINARY_DIV, BINARY_MAXIMUM, BINARY_MINIMUM,
  BINARY_GREATER, BINARY_GREATER_EQUAL, BINARY_EQUAL, BINARY_NOT_EQUAL,
} BinaryOp;

typedef enum { REDUCE_SUM, REDUCE_MAX, REDUCE_MIN } ReduceOp;

typedef enum { POOL_MAX, POOL_MEAN, POOL_LAST } PoolKind;

typedef enum { RNN_TANH, RNN_RELU } RnnActivation;

typedef enum {
  UPDATE_ADAM, UPDATE_NADAM, UPDATE_ADAMAX, UPDATE_LAMB, UPDATE_RMSPROP, UPDATE_ADAGRAD, UPDATE_ADADELTA, UPDATE_SGD, UPDATE_ASGD, UPDATE_LION,
} UpdateKind;

/* ---- Structs: fields that belong to the other pass, or to an option that is off, are null ---- */

typedef struct ProductSum {
  int m, n, rows, terms;
  const int *term_ends; /* [terms]: rows up to the end of each term */
  const float *left, *right;
  const int *left_at, *right_at; /* [terms]: where each term begins, in elements after left and right */
  float *out, *packed, *strips;  /* strips: [threads, LEFT_ROWS, rows] */
} ProductSum;

/* An output layer with its loss. Logits, and then their gradient, lie by class: [classes, stride], stride the rows rounded up to
 * whole vectors. */
typedef struct LinearCrossEntropy {
  int rows, classes, features, stride;
  const float *x;             /* [rows, features] */
  const float *weight, *bias; /* [classes, features]; [classes], or null */
  const float *class_weights; /* [classes], or null */
  const int *targets;
  float smoothing;
  float *logits, *shifts, *log_sum_exps; /* shifts, log_sum_exps: [stride] */
  float *packed_x;              /* forward: x^T; backward: x, where d_weight is wanted */
  float *maxima;                /* forward: [threads, stride] */
  float *sums;                  /* forward: [LOSS_SUMS, stride] */
  float *losses;                /* forward: [rows] */
  float scale;                  /* backward, as is all that follows */
  float *own, *all;             /* [stride]: factors of the target's part and of all classes' */
  float *packed_weight;         /* where d_x is wanted */
  int is_packed;                /* packed_weight holds the weight already */
  float *strips;                /* [threads] left_size(classes) */
  float *d_x, *d_weight, *d_bias; /* or null */
} LinearCrossEntropy;

/* A row as whole numbers times a scale. */
typedef struct RowOfX {
  float scale, norm;
  float margin; /* what sums of its products with a weight of norm 1 are off by at most */
} RowOfX;

/* The likeliest class of each row of an output layer. `stride`: features rounded up to 64. */
typedef struct Likeliest {
  int rows, classes, features, excluded_count;
  const float *x;             /* [rows, features] */
  const float *weight, *bias; /* [classes, features]; [classes], or null */
  const int *excluded;        /* classes that are not chosen */
  int *out;                   /* [rows] */
  int is_coarse;              /* coarse, scales, losses and sizes are those of the weight already */
  int *coarse;                /* bytes [classes, stride]: the weight as whole numbers times a class's scale */
  float *scales;              /* [classes], as the next two */
  float *losses, *sizes;      /* norms: of what a class loses so, and of what it is at most */
  int *coarse_x;              /* halves [rows, stride] */
  RowOfX *rows_of_x;          /* [rows] */
  float *sums;                /* [threads, stride] */
  float *least, *most;        /* [rows, classes]: between which logits lie */
  float *logits;              /* [classes] */
  int *candidates;            /* [classes] */
} Likeliest;

typedef struct LayerNorm {
  int rows, features;
  float epsilon;
  const float *x, *gain, *bias;
  float *out, *means, *inverse_deviations;
  const float *dy;
  float *dx, *d_gain, *d_bias;
} LayerNorm;

typedef struct Attention {
  int batch, time, query_size, value_size;
  int context_stride, weights_stride; /* from one row of context, of weights and of their gradients to the next */
  int add_to_keys, add_to_values; /* whether d_keys and d_values hold sums to add to */
  const int *lengths;
  const float *query, *keys, *values;
  const float *energy; /* [query_size], or null for dot products */
  float *context, *weights;
  float *tanhs; /* [batch, time, query_size]: tanh(query + key) for the backward pass; null for dot products and without one */
  const float *d_context;
  const float *d_weights; /* or null */
  float *d_query, *d_keys, *d_values;
  float *d_energy; /* [batch, query_size], or null */
  float *scratch;  /* [batch, time]; of the backward pass: gradients of the scores */
} Attention;

/* One layer in one direction over a padded batch. */
typedef struct Sequence {
  int batch, time, input_size, hidden_size, reverse, positions;
  const int *lengths;     /* [batch] */
  const int *position_at; /* [time + 1]: first position of each time step */
  const int *rows;        /* [positions]: batch row of each position */
} Sequence;

/* The arguments that layers of all kinds share: the first fields of their structs. A weight's gate gradients are those of what it
 * made: both arrays are the same one where pre-activations are plain sums. */
typedef struct Recurrent {
  Sequence sequence;
  int gates;         /* blocks of hidden_size rows in the weights */
  int state_size;    /* features of the hidden state */
  int is_packed;     /* packed_ih and packed_hh hold the weights already */
  int output_stride; /* from one step of output, and of its gradient, to the next; the layer's features are the first */
  const float *input, *weight_ih, *weight_hh, *bias_ih, *bias_hh;
  const float *initial_hidden; /* [batch, state]; zeros where the caller gave none */
  const float *mask;           /* [batch, state]: factors of the hidden state before the hidden products; null: none */
  float *output, *hidden_state;
  const float *d_output, *d_hidden_state;              /* null: zeros */
  float *d_input;                                      /* or null */
  float *d_weight_ih, *d_weight_hh, *d_initial_hidden; /* d_weights: both or neither */
  float *d_gates_ih, *d_gates_hh;                      /* [positions, gates * hidden] */
  float *packed_ih, *packed_hh;                        /* forward: W^T, see the layers; backward: W */
  float *packed_inputs, *packed_previous; /* [positions] rows of x and of the previous h, packed for the weight gradients */
  float *strips;                          /* [threads] left_size(positions) */
  float *masked;                          /* [positions, state], with a mask: what the hidden products see */
  float *products;                        /* [batch, state]: gradients that come through the hidden products */
} Recurrent;

typedef struct Lstm {
  Recurrent base;
  const float *initial_cell; /* [batch, hidden]; zeros where the caller gave none */
  float *cell_state;
  float *gates, *cells, *tanh_cells;
  const float *d_cell_state; /* null: zeros */
  float *d_initial_cell;
  float *d_gates; /* [positions, 4 hidden]: of the pre-activations */
  float *d_bias;
  float *bias; /* forward: summed biases, packed like a row of the weights; as they lie where has_extras */
  RnnActivation activation; /* of candidate and cell */
  int has_extras;
  /* From here on null, or infinite, where an option is off; the work space is [positions, ...]. */
  float cell_clip;
  const float *weight_hr; /* [state, hidden] */
  float *d_weight_hr, *packed_hr, *unprojected, *d_state, *d_unprojected, *packed_unprojected, *hr_strips;
  const float *peepholes; /* [3 hidden]: of i, f and o */
  float *d_peepholes, *cells_before;
  const float *gain_ih, *gain_hh, *gain_cell, *bias_cell;
  float *d_gain_ih, *d_gain_hh, *d_gain_cell, *d_bias_cell;
  float *norm_ih, *norm_hh, *norm_cell, *norm_scales; /* normalized values; [positions, 3]: their scales */
  float *d_cells;                                     /* of the argument of the cell's tanh */
} Lstm;

typedef struct Gru {
  Recurrent base;
  float *gates; /* [positions, 4 hidden]: reset, update, the candidate's hidden part, candidate */
  float *d_bias_ih, *d_bias_hh;
  float *bias; /* forward: r, z, b_in, b_hn of each group, packed like a row of the weights */
} Gru;

typedef struct Rnn {
  Recurrent base;
  RnnActivation activation;
  float *d_bias;
  float *bias; /* forward: summed biases, whole panels */
} Rnn;

/* An LSTM that attends to a source at each step. Where no size of [batch] is given, arrays hold all steps: [time, batch, ...]. */
typedef struct AttentionalLstm {
  Lstm lstm;           /* of the first step alone, reading inputs */
  Attention attention; /* of the first step */
  int time, vector_size, attentional_size;
  int is_query_packed, is_combine_packed;
  const float *input; /* [batch, time, vector] */
  const float *initial_hidden, *initial_cell;
  const float *initial_attentional; /* [batch, attentional]; null: none is fed */
  const float *weight_query;        /* [query, hidden]; null: the hidden state is the query */
  const float *weight_combine;      /* [attentional, value + hidden] */
  float *output;                    /* [batch, time, attentional] */
  float *hidden_state, *cell_state; /* [batch, hidden]: the last ones */
  float *inputs;                    /* a token's vector, then the attentional vector before it, if that is fed */
  float *hidden, *cells;            /* [time + 1, batch, hidden]: states before the first step and after each */
  float *queries;                   /* null: hidden */
  float *combined;                  /* [value + hidden]: context, then hidden state */
  float *packed_query, *packed_combine; /* forward: W^T; backward: W */
  const float *d_output, *d_hidden_state, *d_cell_state; /* null: zeros */
  float *d_input;                                        /* or null */
  float *d_initial_attentional;                          /* or null */
  float *d_combine;   /* [attentional]: before the tanh */
  float *d_combined;  /* [value + hidden] */
  float *d_inputs;    /* [batch, inputs]: of the step at hand */
  float *d_projected; /* [batch, hidden]: of the hidden state, through the query's weight */
  float *d_energy;    /* [query], or null */
  float *sums;        /* [4 hidden + query] */
} AttentionalLstm;

/* One parameter of a step. Places are counted in elements from the start of the table, so that they mean the same in any address
 * space; 0 is none. */
typedef struct Segment {
  int gradient, rows; /* rows rise and are unique; none when dense */
  int row_count, width, count;
  int parameter;
  int mean, square; /* moments: of the gradient, and of its square (Adagrad's is a sum) */
  int velocity;     /* a moment of the steps; LAMB only writes it: the direction of the step */
  int largest;      /* the largest square so far (AMSGrad), or the largest gradient, which fades (Adamax) */
  int average;      /* ASGD: of the parameter */
  float step_size;
  float decay;                          /* factor of the parameter before the step */
  float gradient_factor;                /* of what joins a velocity, or NAdam's mean */
  float mean_factor;                    /* NAdam: of the mean that the gradient joins */
  float correction;                     /* divides Adam's and LAMB's root of the square, and NAdam's square */
  float mean_correction, average_share; /* LAMB, ASGD */
} Segment;

typedef struct Update {
  const Segment *table;
  int segments;
  UpdateKind kind;
  int lazy;     /* rows without a gradient stay as they are */
  int nesterov; /* SGD */
  float gradient_scale;
  float l2, direction_l2;           /* share of the parameter that joins its gradient; that joins LAMB's direction */
  float mean_memory, square_memory; /* what stays of a moment: Adam's betas, RMSprop's alpha */
  float mean_share, square_share;   /* what the gradient adds to it: 1 - memory */
  float momentum, momentum_share;   /* momentum: of the velocity; Lion: of the mean in its direction, with the gradient's share */
  float epsilon;
  float inner_epsilon; /* added below the root, where epsilon is added to the root; Adamax: to each gradient's size */
} Update;

/* One gradient of a norm; places as in a Segment. */
typedef struct Squared {
  int gradient, rows;
  int count, width; /* count: stored elements */
} Squared;

typedef struct Squares {
  const Squared *table;
  int gradients, chunks; /* chunks: the kernel counts them */
  int *starts;           /* [gradients + 1]: the first chunk of each */
  int *places;           /* [chunks]: where its values begin */
  int *lengths;          /* [chunks] */
  double *sums;          /* [chunks] */
  double *totals;        /* [gradients] */
} Squares;

/* ---- Kernels ---- */

EXPORT int kernel_interface(void);

EXPORT void fill(float *out, int count, float value);
EXPORT void unary(UnaryOp op, const float *x, float *out, int count);
EXPORT void unary_gradient(UnaryOp op, const float *x, const float *y, const float *dy, float *dx, int count);
/* runs: [outer] element offsets of a, then of b, for each run of count output elements; a stride is 0 or 1. */
EXPORT void binary(BinaryOp op, const float *a, const float *b, float *out, const int *runs, int outer, int a_stride, int b_stride, int count);
/* Copies or adds [outer] runs of count elements at the offsets in runs (from, then to), stepping by the two strides; no two
 * elements go to one place. */
EXPORT void copy_runs(const float *from, float *to, const int *runs, int outer, int from_stride, int to_stride, int count, int accumulate);
EXPORT void where(const float *condition, const float *a, const float *b, float *out, int count);
EXPORT void reduce(ReduceOp op, const float *x, float *out, int outer, int length, int inner);
EXPORT void cumulative_sum(const float *x, float *out, int outer, int length, int inner, int reverse);
EXPORT double sum_all(const float *x, int count);
EXPORT int first_non_finite(const float *x, int count);

EXPORT int packed_elements(int k, int n);
EXPORT int left_elements(int k);
EXPORT void matmul(const float *a, const float *b, const float *bias, float *out, float *packed, float *strips, int batch, int m, int n, int k, int transpose_a, int transpose_b, int shared_b, int is_packed, int is_kept);
EXPORT void product_sum(ProductSum *args);

EXPORT void softmax(const float *x, float *out, int rows, int classes, int is_log);
EXPORT void softmax_gradient(const float *y, const float *dy, float *dx, int rows, int classes, int is_log);
EXPORT void layer_norm(LayerNorm *args);
EXPORT void layer_norm_gradient(LayerNorm *args);
EXPORT void arg_max(const float *x, int *out, int rows, int classes);
EXPORT void top_k(const float *x, float *values, int *indices, int rows, int classes, int k);
EXPORT void likeliest(Likeliest *args);
EXPORT void cross_entropy_forward(const float *logits, const int *targets, const float *class_weights, float *shifts, float *log_sum_exps, float *losses, int rows, int classes, float smoothing);
EXPORT void cross_entropy_backward(const float *logits, const int *targets, const float *class_weights, float *shifts, float *log_sum_exps, float *d_logits, int rows, int classes, float smoothing, float scale);

EXPORT void linear_cross_entropy_forward(LinearCrossEntropy *args);
EXPORT void linear_cross_entropy_backward(LinearCrossEntropy *args);

EXPORT void gather_rows(const int32_t *table, const int *ids, int32_t *out, int count, int width);
/* adds: out holds what the rows are added to, and does not start at zero. */
EXPORT void scatter_add_rows(const float *rows, const int *slots, float *out, int count, int width, int out_count, int adds);
EXPORT void gather(const float *x, const int *indices, float *out, int outer, int length, int count, int inner);
EXPORT void gather_gradient(const float *dy, const int *indices, float *dx, int outer, int length, int count, int inner);
/* An element is kept when its 32 bits reach the threshold. */
EXPORT void dropout(const float *x, float *out, int batch, int time, int features, float scale, uint32_t threshold, uint32_t key0, uint32_t key1, uint32_t step, const int *examples, int time_offset);
EXPORT void pool(PoolKind kind, const float *x, float *out, int *chosen, const int *lengths, int batch, int time, int features);
EXPORT void pool_gradient(PoolKind kind, const float *dy, float *dx, const int *chosen, const int *lengths, int batch, int time, int features);

EXPORT void lstm_forward(Lstm *args);
EXPORT void lstm_forward_both(Lstm *first, Lstm *second);
EXPORT void lstm_backward(Lstm *args);
EXPORT void gru_forward(Gru *args);
EXPORT void gru_backward(Gru *args);
EXPORT void rnn_forward(Rnn *args);
EXPORT void rnn_backward(Rnn *args);
EXPORT void attention_forward(Attention *args);
EXPORT void attention_backward(Attention *args);
EXPORT void attentional_lstm_forward(AttentionalLstm *args);
EXPORT void attentional_lstm_backward(AttentionalLstm *args);

EXPORT void optimizer_step(Update *args);
EXPORT void sums_of_squares(Squares *args);

/* Numbers of the stream with that key from position `first` + 2^32 * `first_high` on: even for uniform ones. limits: low, high. */
EXPORT void draw_uniform(double *out, int count, uint32_t first, uint32_t first_high, uint32_t key0, uint32_t key1, const double *limits);
EXPORT void draw_normal(double *out, int count, uint32_t first, uint32_t first_high, uint32_t key0, uint32_t key1);

/* vectors: [count, size], made orthonormal in place; blocks: [threads, size, ORTHONORMAL_COLUMNS]. */
EXPORT void orthonormalize(double *vectors, int count, int size, double *blocks);

/* Peak speed: chains of fused multiply-adds that wait for nothing; returns how many operations each thread did. */
EXPORT double multiply_add_chains(int iterations, float *ends);

#include "kernels.generated.h"

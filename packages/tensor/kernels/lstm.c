/* A whole LSTM layer in one direction, forward and backward.
 *
 * Real positions are numbered by time, then by row, and only they are computed. Threads own batch rows through the whole
 * sequence, so that the recurrence needs no barrier; weight gradients are one product over all positions, split by gate rows. */
#include "gemm.h"
#include "kernels.h"
#include "pool.h"

typedef struct Lstm {
  int batch, time, input_size, hidden_size, reverse, positions;
  int is_packed;          /* packed_ih and packed_hh hold the weights already */
  const int *lengths;     /* [batch] */
  const int *position_at; /* [time + 1]: first position of each time step */
  const int *rows;        /* [positions]: batch row of each position */
  const float *input, *weight_ih, *weight_hh, *bias_ih, *bias_hh;
  const float *initial_hidden, *initial_cell; /* [batch, hidden]; zeros where the caller gave none */
  float *output, *hidden_state, *cell_state;
  float *gates, *cells, *tanh_cells;
  const float *d_output, *d_hidden_state, *d_cell_state;
  float *d_input, *d_weight_ih, *d_weight_hh, *d_bias, *d_initial_hidden, *d_initial_cell; /* d_weights: both or neither */
  float *d_gates;                          /* [positions, 4 hidden] */
  float *bias;                             /* [4 hidden]: summed biases; backward: block sums */
  float *packed_ih, *packed_hh;            /* forward: W^T, backward: W; see the passes */
  float *packed_inputs, *packed_previous;  /* [positions] rows of x and of the previous h, packed for the weight gradients */
  const float **previous;                  /* [positions]: row of the previous hidden state */
} Lstm;

/* Rows of the time step are consecutive positions in rising row order; those of [first, last) are a range of them. */
INLINE void step_range(const Lstm *l, int t, int first, int last, int *begin, int *end) {
  int at = l->position_at[t], stop = l->position_at[t + 1];
  while (at < stop && l->rows[at] < first) at++;
  *begin = at;
  while (at < stop && l->rows[at] < last) at++;
  *end = at;
}

INLINE int time_of_step(const Lstm *l, int step) { return l->reverse ? l->time - 1 - step : step; }
INLINE float *output_row(const Lstm *l, int row, int t) { return l->output + ((size_t)row * l->time + t) * l->hidden_size; }
INLINE const float *input_row(const Lstm *l, int row, int t) { return l->input + ((size_t)row * l->time + t) * l->input_size; }

/* The step that the layer reads first in this row has no previous output. */
INLINE int is_first(const Lstm *l, int row, int t) { return l->reverse ? t == l->lengths[row] - 1 : t == 0; }

INLINE const float *previous_hidden(const Lstm *l, int row, int t) {
  if (is_first(l, row, t)) return l->initial_hidden + (size_t)row * l->hidden_size;
  return output_row(l, row, t + (l->reverse ? 1 : -1));
}

/* Position of a row in the step before (in reading order): found by walking that step's rows. */
INLINE int position_of(const Lstm *l, int row, int t) {
  int low = l->position_at[t], high = l->position_at[t + 1] - 1;
  while (low < high) {
    int middle = (low + high) / 2;
    if (l->rows[middle] < row) low = middle + 1;
    else high = middle;
  }
  return low;
}

INLINE const float *previous_cell(const Lstm *l, int row, int t) {
  if (is_first(l, row, t)) return l->initial_cell + (size_t)row * l->hidden_size;
  return l->cells + (size_t)position_of(l, row, t + (l->reverse ? 1 : -1)) * l->hidden_size;
}

/* The rows that a thread owns: about as many positions for each. */
static void split_rows(const Lstm *l, int thread, int threads, int *first, int *last) {
  *first = *last = 0;
  int64_t before = 0;
  for (int row = 0; row < l->batch; row++) {
    if (before * threads < (int64_t)l->positions * thread) *first = row + 1;
    if (before * threads < (int64_t)l->positions * (thread + 1)) *last = row + 1;
    before += l->lengths[row];
  }
  if (thread == threads - 1) *last = l->batch; /* with the empty rows at the end */
}

static void pack_forward(void *pointer, int thread, int threads) {
  Lstm *l = pointer;
  int gates = 4 * l->hidden_size, begin, end;
  split_range(gates, TILE_COLS, thread, threads, &begin, &end);
  pack_columns(l->weight_ih, 1, l->input_size, l->input_size, gates, l->packed_ih, begin, end);
  pack_columns(l->weight_hh, 1, l->hidden_size, l->hidden_size, gates, l->packed_hh, begin, end);
}

/* Activations and cell update of one position: pre-activations become gates in place. */
INLINE void update_cell(Lstm *l, int position, int row, int t) {
  int hidden = l->hidden_size;
  float *gate = l->gates + (size_t)position * 4 * hidden;
  const float *before = previous_cell(l, row, t);
  float *cell = l->cells + (size_t)position * hidden, *tanh_cell = l->tanh_cells + (size_t)position * hidden;
  float *out = output_row(l, row, t);
#define CELL(LOAD, STORE)                                                                                   \
  {                                                                                                         \
    vfloat i = vsigmoid(LOAD(gate + unit)), f = vsigmoid(LOAD(gate + hidden + unit));                       \
    vfloat g = vtanh(LOAD(gate + 2 * hidden + unit)), o = vsigmoid(LOAD(gate + 3 * hidden + unit));         \
    vfloat c = f * LOAD(before + unit) + i * g;                                                             \
    vfloat tanh_c = vtanh(c);                                                                               \
    STORE(gate + unit, i), STORE(gate + hidden + unit, f);                                                  \
    STORE(gate + 2 * hidden + unit, g), STORE(gate + 3 * hidden + unit, o);                                 \
    STORE(cell + unit, c), STORE(tanh_cell + unit, tanh_c), STORE(out + unit, o * tanh_c);                  \
  }
  EACH_VECTOR(unit, hidden, CELL);
#undef CELL
}

#define ROW_BLOCK 64

/* The input part of all positions of the owned rows: pre-activation = bias, then input products in the same accumulator. */
static void input_part(Lstm *l, int first, int last) {
  int gates = 4 * l->hidden_size;
  const float *a_rows[ROW_BLOCK];
  float *out_rows[ROW_BLOCK];
  int filled = 0;
  for (int t = 0; t < l->time; t++) {
    int begin, end;
    step_range(l, t, first, last, &begin, &end);
    for (int position = begin; position < end; position++) {
      float *gate = l->gates + (size_t)position * gates;
      for (int j = 0; j < gates; j++) gate[j] = l->bias[j];
      a_rows[filled] = input_row(l, l->rows[position], t);
      out_rows[filled++] = gate;
      if (filled == ROW_BLOCK) {
        gemm_rows(a_rows, filled, l->packed_ih, l->input_size, gates, out_rows, 0, gates, CHAIN);
        filled = 0;
      }
    }
  }
  gemm_rows(a_rows, filled, l->packed_ih, l->input_size, gates, out_rows, 0, gates, CHAIN);
}

static void lstm_forward_rows(void *pointer, int thread, int threads) {
  Lstm *l = pointer;
  int first, last, gates = 4 * l->hidden_size;
  split_rows(l, thread, threads, &first, &last);
  if (first == last) return;
  input_part(l, first, last);
  for (int step = 0; step < l->time; step++) {
    int t = time_of_step(l, step), begin, end;
    step_range(l, t, first, last, &begin, &end);
    for (int block = begin; block < end; block += ROW_BLOCK) {
      int count = end - block < ROW_BLOCK ? end - block : ROW_BLOCK;
      const float *a_rows[ROW_BLOCK];
      float *out_rows[ROW_BLOCK];
      for (int i = 0; i < count; i++) {
        a_rows[i] = previous_hidden(l, l->rows[block + i], t);
        out_rows[i] = l->gates + (size_t)(block + i) * gates;
      }
      gemm_rows(a_rows, count, l->packed_hh, l->hidden_size, gates, out_rows, 0, gates, CHAIN);
      for (int i = 0; i < count; i++) update_cell(l, block + i, l->rows[block + i], t);
    }
  }
  for (int row = first; row < last; row++) {
    int length = l->lengths[row], hidden = l->hidden_size;
    for (int t = length; t < l->time; t++) __builtin_memset(output_row(l, row, t), 0, hidden * sizeof(float));
    int end = l->reverse ? 0 : length - 1;
    const float *h = length ? output_row(l, row, end) : l->initial_hidden + (size_t)row * hidden;
    const float *c = length ? l->cells + (size_t)position_of(l, row, end) * hidden : l->initial_cell + (size_t)row * hidden;
    __builtin_memcpy(l->hidden_state + (size_t)row * hidden, h, hidden * sizeof(float));
    __builtin_memcpy(l->cell_state + (size_t)row * hidden, c, hidden * sizeof(float));
  }
}

/* Below this many multiplications a second thread costs more than it brings. */
#define PARALLEL_PRODUCTS 65536

static int is_large_lstm(const Lstm *l) {
  return l->batch > 1 && (double)l->positions * l->hidden_size * (l->hidden_size + l->input_size) * 4 > PARALLEL_PRODUCTS;
}

static void run_lstm(const Lstm *l, Job job) {
  if (is_large_lstm(l)) run_parallel(job, (void *)l);
  else job((void *)l, 0, 1);
}

EXPORT void lstm_forward(Lstm *l) {
  for (int gate = 0; gate < 4 * l->hidden_size; gate++) l->bias[gate] = l->bias_ih[gate] + l->bias_hh[gate];
  if (!l->is_packed) run_lstm(l, pack_forward);
  run_lstm(l, lstm_forward_rows);
}

/* Backward: dh of the previous step = dgates W_hh, dx = dgates W_ih; both sum over the gates, so W is packed as it lies. */
static void pack_backward(void *pointer, int thread, int threads) {
  Lstm *l = pointer;
  int gates = 4 * l->hidden_size, begin, end;
  split_range(l->hidden_size, TILE_COLS, thread, threads, &begin, &end);
  pack_columns(l->weight_hh, l->hidden_size, 1, gates, l->hidden_size, l->packed_hh, begin, end);
  split_range(l->input_size, TILE_COLS, thread, threads, &begin, &end);
  pack_columns(l->weight_ih, l->input_size, 1, gates, l->input_size, l->packed_ih, begin, end);
}

/* Gate gradients of one position; d_hidden and d_cell hold the recurrent part and d_cell moves on to the step before. */
INLINE void cell_gradient(Lstm *l, int position, int row, int t) {
  int hidden = l->hidden_size;
  const float *gate = l->gates + (size_t)position * 4 * hidden, *tanh_cell = l->tanh_cells + (size_t)position * hidden;
  const float *before = previous_cell(l, row, t), *dy = l->d_output + ((size_t)row * l->time + t) * hidden;
  const float *d_hidden = l->d_initial_hidden + (size_t)row * hidden;
  float *d_cell = l->d_initial_cell + (size_t)row * hidden, *d_gate = l->d_gates + (size_t)position * 4 * hidden;
#define CELL(LOAD, STORE)                                                                                   \
  {                                                                                                         \
    vfloat i = LOAD(gate + unit), f = LOAD(gate + hidden + unit);                                           \
    vfloat g = LOAD(gate + 2 * hidden + unit), o = LOAD(gate + 3 * hidden + unit);                          \
    vfloat tanh_c = LOAD(tanh_cell + unit);                                                                 \
    vfloat dh = LOAD(dy + unit) + LOAD(d_hidden + unit);                                                    \
    vfloat dc = LOAD(d_cell + unit) + (dh * o) * (1.f - tanh_c * tanh_c);                                   \
    STORE(d_gate + unit, (dc * g) * (i * (1.f - i)));                                                       \
    STORE(d_gate + hidden + unit, (dc * LOAD(before + unit)) * (f * (1.f - f)));                            \
    STORE(d_gate + 2 * hidden + unit, (dc * i) * (1.f - g * g));                                            \
    STORE(d_gate + 3 * hidden + unit, (dh * tanh_c) * (o * (1.f - o)));                                     \
    STORE(d_cell + unit, dc * f);                                                                           \
  }
  EACH_VECTOR(unit, hidden, CELL);
#undef CELL
}

static void lstm_backward_rows(void *pointer, int thread, int threads) {
  Lstm *l = pointer;
  int first, last, gates = 4 * l->hidden_size, hidden = l->hidden_size;
  split_rows(l, thread, threads, &first, &last);
  size_t owned = (size_t)(last - first) * hidden;
  __builtin_memcpy(l->d_initial_hidden + (size_t)first * hidden, l->d_hidden_state + (size_t)first * hidden, owned * sizeof(float));
  __builtin_memcpy(l->d_initial_cell + (size_t)first * hidden, l->d_cell_state + (size_t)first * hidden, owned * sizeof(float));
  const float *a_rows[ROW_BLOCK];
  float *out_rows[ROW_BLOCK];
  for (int step = l->time - 1; step >= 0; step--) {
    int t = time_of_step(l, step), begin, end;
    step_range(l, t, first, last, &begin, &end);
    for (int block = begin; block < end; block += ROW_BLOCK) {
      int count = end - block < ROW_BLOCK ? end - block : ROW_BLOCK;
      for (int i = 0; i < count; i++) {
        int row = l->rows[block + i];
        cell_gradient(l, block + i, row, t);
        a_rows[i] = l->d_gates + (size_t)(block + i) * gates;
        out_rows[i] = l->d_initial_hidden + (size_t)row * hidden;
      }
      gemm_rows(a_rows, count, l->packed_hh, gates, hidden, out_rows, 0, hidden, PRODUCT);
    }
  }
  int filled = 0;
  for (int t = 0; t < l->time; t++) {
    int begin, end;
    step_range(l, t, first, last, &begin, &end);
    for (int position = begin; position < end; position++) {
      a_rows[filled] = l->d_gates + (size_t)position * gates;
      out_rows[filled++] = l->d_input + ((size_t)l->rows[position] * l->time + t) * l->input_size;
      if (filled == ROW_BLOCK) {
        gemm_rows(a_rows, filled, l->packed_ih, gates, l->input_size, out_rows, 0, l->input_size, PRODUCT);
        filled = 0;
      }
    }
  }
  gemm_rows(a_rows, filled, l->packed_ih, gates, l->input_size, out_rows, 0, l->input_size, PRODUCT);
  for (int row = first; row < last; row++) {
    size_t padding = (size_t)(l->time - l->lengths[row]) * l->input_size;
    __builtin_memset(l->d_input + ((size_t)row * l->time + l->lengths[row]) * l->input_size, 0, padding * sizeof(float));
  }
}

/* Packs the right sides of the weight gradients: rows of x and of the previous hidden state, by position. */
static void pack_positions(void *pointer, int thread, int threads) {
  Lstm *l = pointer;
  int begin, end;
  split_range(l->hidden_size, TILE_COLS, thread, threads, &begin, &end);
  pack_rows_by_pointer(l->previous, l->positions, l->hidden_size, l->packed_previous, begin, end);
  split_range(l->input_size, TILE_COLS, thread, threads, &begin, &end);
  pack_rows_by_pointer(l->previous + l->positions, l->positions, l->input_size, l->packed_inputs, begin, end);
}

/* Sums gate gradients over positions, in blocks like a product with ones. */
static void bias_gradient(Lstm *l, int begin, int end) {
  int gates = 4 * l->hidden_size;
  for (int gate = begin; gate < end; gate++) l->d_bias[gate] = 0;
  for (int block = 0; block < l->positions; block += PRODUCT_BLOCK) {
    int stop = block + PRODUCT_BLOCK < l->positions ? block + PRODUCT_BLOCK : l->positions;
    float *sum = l->bias;
    for (int gate = begin; gate < end; gate++) sum[gate] = 0;
    for (int position = block; position < stop; position++) {
      const float *d_gate = l->d_gates + (size_t)position * gates;
      for (int gate = begin; gate < end; gate++) sum[gate] = sum[gate] + d_gate[gate];
    }
    for (int gate = begin; gate < end; gate++) l->d_bias[gate] = block == 0 ? sum[gate] : l->d_bias[gate] + sum[gate];
  }
}

/* dW = dgates^T x: rows are gates, the sum runs over positions; each thread owns a range of gates. */
static void weight_gradients(void *pointer, int thread, int threads) {
  Lstm *l = pointer;
  int gates = 4 * l->hidden_size, begin, end;
  split_range(gates, 16, thread, threads, &begin, &end);
  gemm_columns(l->d_gates, gates, begin, end, l->packed_inputs, l->positions, l->input_size, l->d_weight_ih, 0, l->input_size);
  gemm_columns(l->d_gates, gates, begin, end, l->packed_previous, l->positions, l->hidden_size, l->d_weight_hh, 0, l->hidden_size);
  bias_gradient(l, begin, end);
}

EXPORT void lstm_backward(Lstm *l) {
  if (!l->is_packed) run_lstm(l, pack_backward);
  run_lstm(l, lstm_backward_rows);
  if (!l->d_weight_ih) {
    bias_gradient(l, 0, 4 * l->hidden_size);
    return;
  }
  for (int t = 0; t < l->time; t++) {
    for (int position = l->position_at[t]; position < l->position_at[t + 1]; position++) {
      l->previous[position] = previous_hidden(l, l->rows[position], t);
      l->previous[l->positions + position] = input_row(l, l->rows[position], t);
    }
  }
  run_lstm(l, pack_positions);
  run_lstm(l, weight_gradients);
}

/* A whole LSTM layer in one direction, forward and backward.
 *
 * Forward, a tile holds all four gates of LANES units: it starts from the bias, goes on over the input and the previous hidden
 * state in one accumulator, and ends in the cell update, so that pre-activations never reach memory. Weight gradients are one
 * product over all positions, split by gate rows. */
#include "gemm.h"
#include "kernels.h"
#include "recurrent.h"

typedef struct Lstm {
  Sequence sequence;
  int is_packed; /* packed_ih and packed_hh hold the weights already */
  const float *input, *weight_ih, *weight_hh, *bias_ih, *bias_hh;
  const float *initial_hidden, *initial_cell; /* [batch, hidden]; zeros where the caller gave none */
  float *output, *hidden_state, *cell_state;
  float *gates, *cells, *tanh_cells;
  const float *d_output, *d_hidden_state, *d_cell_state; /* null: zeros */
  float *d_input; /* or null */
  float *d_weight_ih, *d_weight_hh, *d_bias, *d_initial_hidden, *d_initial_cell; /* d_weights: both or neither */
  float *d_gates;                         /* [positions, 4 hidden] */
  float *bias;                            /* forward: summed biases, packed like a row of the weights; backward: block sums */
  float *packed_ih, *packed_hh;           /* forward: W^T by groups of units, backward: W */
  float *packed_inputs, *packed_previous; /* [positions] rows of x and of the previous h, packed for the weight gradients */
  const float **previous;                 /* [2 positions]: rows of the previous hidden states, then of x */
  float *strips;                          /* [threads] left_size(positions) */
} Lstm;

enum { INPUT_GATE, FORGET_GATE, CELL_CANDIDATE, OUTPUT_GATE, GATES };
_Static_assert(GATES == TILE_VECTORS, "a tile holds one vector of each gate");

/* A group is LANES units; its panel has their four gates side by side. */
INLINE int group_count(int hidden_size) { return (hidden_size + LANES - 1) / LANES; }

/* ---- Forward ---- */

static void pack_group(const Lstm *l, int group) {
  int hidden = l->sequence.hidden_size, input = l->sequence.input_size;
  int unit = group * LANES, count = hidden - unit < LANES ? hidden - unit : LANES;
  float *panel_ih = l->packed_ih + (size_t)group * TILE_COLS * input, *panel_hh = l->packed_hh + (size_t)group * TILE_COLS * hidden;
  for (int gate = 0; gate < GATES; gate++) {
    size_t row = (size_t)gate * hidden + unit;
    pack_vector(l->weight_ih + row * input, input, count, input, panel_ih, gate);
    pack_vector(l->weight_hh + row * hidden, hidden, count, hidden, panel_hh, gate);
  }
}

static void pack_forward(void *pointer, int thread, int threads) {
  const Lstm *l = pointer;
  int first, last;
  split_range(group_count(l->sequence.hidden_size), 1, thread, threads, &first, &last);
  for (int group = first; group < last; group++) pack_group(l, group);
}

static void sum_biases(const Lstm *l) {
  int hidden = l->sequence.hidden_size;
  for (int gate = 0; gate < GATES; gate++) {
    for (int unit = 0; unit < hidden; unit++) {
      float *to = l->bias + unit / LANES * TILE_COLS + gate * LANES + unit % LANES;
      *to = l->bias_ih[gate * hidden + unit] + l->bias_hh[gate * hidden + unit];
    }
  }
}

/* Some rows of one step: where each finds its inputs and leaves its outputs. */
typedef struct {
  const float *input[STEP_ROWS], *hidden[STEP_ROWS], *cell[STEP_ROWS];
  float *output[STEP_ROWS];
  int position; /* of the first row */
} Step;

static void begin_step(Step *step, const Lstm *l, int t, int position, int count) {
  const Sequence *s = &l->sequence;
  step->position = position;
  for (int i = 0; i < count; i++) {
    int row = s->rows[position + i];
    step->input[i] = l->input + padded_at(s, row, t, s->input_size);
    step->hidden[i] = previous_output(s, l->initial_hidden, l->output, row, t, s->hidden_size);
    step->cell[i] = previous_state(s, l->initial_cell, l->cells, row, t, s->hidden_size);
    step->output[i] = l->output + padded_at(s, row, t, s->hidden_size);
  }
}

/* Activations and cell update of one row and group. */
INLINE void update_cell(const Lstm *l, const Step *step, int i, int unit, const vfloat pre[GATES]) {
  int hidden = l->sequence.hidden_size, left = hidden - unit;
  size_t position = step->position + i;
  float *gate = l->gates + position * GATES * hidden + unit;
  float *cell = l->cells + position * hidden + unit, *tanh_cell = l->tanh_cells + position * hidden + unit;
  vfloat input_gate = vsigmoid(pre[INPUT_GATE]), forget_gate = vsigmoid(pre[FORGET_GATE]);
  vfloat candidate = vtanh(pre[CELL_CANDIDATE]), output_gate = vsigmoid(pre[OUTPUT_GATE]);
#define CELL(LOAD, STORE)                                                                                  \
  {                                                                                                        \
    vfloat c = forget_gate * LOAD(step->cell[i] + unit) + input_gate * candidate;                          \
    vfloat tanh_c = vtanh(c);                                                                              \
    STORE(gate, input_gate), STORE(gate + hidden, forget_gate);                                            \
    STORE(gate + 2 * hidden, candidate), STORE(gate + 3 * hidden, output_gate);                            \
    STORE(cell, c), STORE(tanh_cell, tanh_c), STORE(step->output[i] + unit, output_gate * tanh_c);         \
  }
#define LOAD_EDGE(p) load_some(p, left)
#define STORE_EDGE(p, v) store_some(p, v, left)
  if (left >= LANES) CELL(load, store)
  else CELL(LOAD_EDGE, STORE_EDGE)
#undef CELL
}

/* Not inlined into each of the tiles that end in it. */
static __attribute__((noinline)) void update_cells(const Lstm *l, const Step *step, int row, int rows, int unit, Tile pre) {
  for (int r = 0; r < rows; r++) update_cell(l, step, row + r, unit, pre[r]);
}

INLINE void forward_tile(const Lstm *l, const Step *step, int rows, int row, int group) {
  int input = l->sequence.input_size, hidden = l->sequence.hidden_size;
  Tile pre;
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int v = 0; v < GATES; v++) pre[r][v] = load(l->bias + group * TILE_COLS + v * LANES);
  }
  multiply(pre, rows, GATES, step->input + row, 1, l->packed_ih + (size_t)group * TILE_COLS * input, input);
  multiply(pre, rows, GATES, step->hidden + row, 1, l->packed_hh + (size_t)group * TILE_COLS * hidden, hidden);
  update_cells(l, step, row, rows, group * LANES, pre);
}

static void forward_step(const Lstm *l, const Step *step, int count, const Share *share) {
  for (int group = share->first_unit / LANES; group * LANES < share->last_unit; group++) {
    for (int row = 0; row < count; row += TILE_ROWS) {
#define TILE(rows) forward_tile(l, step, rows, row, group)
      WITH_ROWS(count - row, TILE)
#undef TILE
    }
  }
}

/* The states behind each row's last step. */
static void copy_last_states(const Lstm *l, const Share *share) {
  const Sequence *s = &l->sequence;
  int hidden = s->hidden_size;
  for (int row = share->first_row; row < share->last_row; row++) {
    int end = s->reverse ? 0 : s->lengths[row] - 1;
    const float *h = l->initial_hidden + (size_t)row * hidden, *c = l->initial_cell + (size_t)row * hidden;
    if (s->lengths[row]) h = l->output + padded_at(s, row, end, hidden), c = l->cells + (size_t)position_of(s, row, end) * hidden;
    __builtin_memcpy(l->hidden_state + (size_t)row * hidden, h, hidden * sizeof(float));
    __builtin_memcpy(l->cell_state + (size_t)row * hidden, c, hidden * sizeof(float));
  }
}

static int owns_lstm_units(const Lstm *l, int threads) {
  const Sequence *s = &l->sequence;
  return owns_units(s, threads, (size_t)GATES * s->hidden_size * (s->hidden_size + s->input_size));
}

static void lstm_forward_steps(void *pointer, int thread, int threads) {
  const Lstm *l = pointer;
  const Sequence *s = &l->sequence;
  int by_units = owns_lstm_units(l, threads);
  Share share = share_of(s, by_units, LANES, thread, threads);
  for (int number = 0; number < s->time; number++) {
    int t = time_of_step(s, number), begin, end;
    step_range(s, t, share.first_row, share.last_row, &begin, &end);
    for (int position = begin; position < end; position += STEP_ROWS) {
      int count = end - position < STEP_ROWS ? end - position : STEP_ROWS;
      Step step;
      begin_step(&step, l, t, position, count);
      forward_step(l, &step, count, &share);
    }
    if (by_units) meet(threads);
  }
  if (by_units && thread > 0) return;
  clear_padding(s, l->output, s->hidden_size, share.first_row, share.last_row);
  copy_last_states(l, &share);
}

/* Below this many multiplications a second thread costs more than it brings. */
#define PARALLEL_PRODUCTS 65536

static void run_lstm(const Lstm *l, Job job) {
  const Sequence *s = &l->sequence;
  double products = (double)s->positions * s->hidden_size * (s->hidden_size + s->input_size) * GATES;
  run_if_large(job, (void *)l, products, PARALLEL_PRODUCTS);
}

EXPORT void lstm_forward(Lstm *l) {
  sum_biases(l);
  if (!l->is_packed) run_lstm(l, pack_forward);
  run_lstm(l, lstm_forward_steps);
}

/* ---- Backward ---- */

/* dh of the previous step = dgates W_hh, dx = dgates W_ih; both sum over the gates, so W is packed as it lies. */
static void pack_backward(void *pointer, int thread, int threads) {
  const Lstm *l = pointer;
  int hidden = l->sequence.hidden_size, input = l->sequence.input_size, begin, end;
  Matrix weight_hh = {.from = l->weight_hh, .row_stride = hidden, .k = GATES * hidden, .n = hidden};
  Matrix weight_ih = {.from = l->weight_ih, .row_stride = input, .k = GATES * hidden, .n = input};
  split_range(hidden, TILE_COLS, thread, threads, &begin, &end);
  pack_columns(&weight_hh, l->packed_hh, begin, end);
  if (!l->d_input) return;
  split_range(input, TILE_COLS, thread, threads, &begin, &end);
  pack_columns(&weight_ih, l->packed_ih, begin, end);
}

/* Gate gradients of one position in some units; the gradients of the initial states hold the recurrent part, and that of the cell
 * moves on to the step before. */
INLINE void cell_gradient(const Lstm *l, int position, int row, int t, const Share *share) {
  const Sequence *s = &l->sequence;
  int hidden = s->hidden_size, first = share->first_unit;
  const float *gate = l->gates + (size_t)position * GATES * hidden + first;
  const float *tanh_cell = l->tanh_cells + (size_t)position * hidden + first;
  const float *before = previous_state(s, l->initial_cell, l->cells, row, t, hidden) + first;
  const float *dy = l->d_output ? l->d_output + padded_at(s, row, t, hidden) + first : 0;
  const float *d_hidden = l->d_initial_hidden + (size_t)row * hidden + first;
  float *d_cell = l->d_initial_cell + (size_t)row * hidden + first;
  float *d_gate = l->d_gates + (size_t)position * GATES * hidden + first;
#define CELL(LOAD, STORE)                                                                                   \
  {                                                                                                         \
    vfloat i = LOAD(gate + unit), f = LOAD(gate + hidden + unit);                                           \
    vfloat g = LOAD(gate + 2 * hidden + unit), o = LOAD(gate + 3 * hidden + unit);                          \
    vfloat tanh_c = LOAD(tanh_cell + unit);                                                                 \
    vfloat dh = (dy ? LOAD(dy + unit) : splat(0)) + LOAD(d_hidden + unit);                                  \
    vfloat dc = LOAD(d_cell + unit) + (dh * o) * (1.f - tanh_c * tanh_c);                                   \
    STORE(d_gate + unit, (dc * g) * (i * (1.f - i)));                                                       \
    STORE(d_gate + hidden + unit, (dc * LOAD(before + unit)) * (f * (1.f - f)));                            \
    STORE(d_gate + 2 * hidden + unit, (dc * i) * (1.f - g * g));                                            \
    STORE(d_gate + 3 * hidden + unit, (dh * tanh_c) * (o * (1.f - o)));                                     \
    STORE(d_cell + unit, dc * f);                                                                           \
  }
  EACH_VECTOR(unit, share->last_unit - first, CELL);
#undef CELL
}

/* The owned part of a [batch, hidden] gradient at the end of the sequence. */
static void begin_state_gradient(const Lstm *l, const Share *share, const float *from, float *to) {
  int hidden = l->sequence.hidden_size, width = (share->last_unit - share->first_unit) * (int)sizeof(float);
  for (int row = share->first_row; row < share->last_row; row++) {
    size_t at = (size_t)row * hidden + share->first_unit;
    if (from) __builtin_memcpy(to + at, from + at, width);
    else __builtin_memset(to + at, 0, width);
  }
}

static void lstm_backward_steps(void *pointer, int thread, int threads) {
  const Lstm *l = pointer;
  const Sequence *s = &l->sequence;
  int hidden = s->hidden_size, by_units = owns_lstm_units(l, threads);
  Share share = share_of(s, by_units, TILE_COLS, thread, threads);
  RightSide weight_hh = whole_right_side(l->packed_hh, GATES * hidden, hidden, PRODUCT);
  begin_state_gradient(l, &share, l->d_hidden_state, l->d_initial_hidden);
  begin_state_gradient(l, &share, l->d_cell_state, l->d_initial_cell);
  const float *a_rows[STEP_ROWS];
  float *out_rows[STEP_ROWS];
  for (int number = s->time - 1; number >= 0; number--) {
    int t = time_of_step(s, number), begin, end;
    step_range(s, t, share.first_row, share.last_row, &begin, &end);
    for (int position = begin; position < end; position++) cell_gradient(l, position, s->rows[position], t, &share);
    if (by_units) meet(threads);
    for (int position = begin; position < end; position += STEP_ROWS) {
      int count = end - position < STEP_ROWS ? end - position : STEP_ROWS;
      for (int i = 0; i < count; i++) {
        a_rows[i] = l->d_gates + (size_t)(position + i) * GATES * hidden;
        out_rows[i] = l->d_initial_hidden + (size_t)s->rows[position + i] * hidden;
      }
      gemm_rows(&weight_hh, a_rows, count, out_rows, share.first_unit, share.last_unit);
    }
  }
}

/* Gradients of the inputs; threads own positions. */
static void input_gradients(void *pointer, int thread, int threads) {
  const Lstm *l = pointer;
  const Sequence *s = &l->sequence;
  int gates = GATES * s->hidden_size, first, last;
  RightSide weight_ih = whole_right_side(l->packed_ih, gates, s->input_size, PRODUCT);
  const float *a_rows[STEP_ROWS];
  float *out_rows[STEP_ROWS];
  split_range(s->positions, TILE_ROWS, thread, threads, &first, &last);
  for (int position = first, t = 0; position < last;) {
    int count = 0;
    for (; count < STEP_ROWS && position < last; position++) {
      while (position >= s->position_at[t + 1]) t++;
      a_rows[count] = l->d_gates + (size_t)position * gates;
      out_rows[count++] = l->d_input + padded_at(s, s->rows[position], t, s->input_size);
    }
    gemm_rows(&weight_ih, a_rows, count, out_rows, 0, s->input_size);
  }
  split_range(s->batch, 1, thread, threads, &first, &last);
  clear_padding(s, l->d_input, s->input_size, first, last);
}

/* Packs the right sides of the weight gradients: rows of x and of the previous hidden state, by position. */
static void pack_positions(void *pointer, int thread, int threads) {
  const Lstm *l = pointer;
  const Sequence *s = &l->sequence;
  Matrix previous = {.rows = l->previous, .k = s->positions, .n = s->hidden_size};
  Matrix inputs = {.rows = l->previous + s->positions, .k = s->positions, .n = s->input_size};
  int begin, end;
  split_range(s->hidden_size, TILE_COLS, thread, threads, &begin, &end);
  pack_columns(&previous, l->packed_previous, begin, end);
  split_range(s->input_size, TILE_COLS, thread, threads, &begin, &end);
  pack_columns(&inputs, l->packed_inputs, begin, end);
}

/* Sums gate gradients over positions, in blocks like a product with ones. */
static void bias_gradient(const Lstm *l, int begin, int end) {
  int gates = GATES * l->sequence.hidden_size, positions = l->sequence.positions;
  for (int gate = begin; gate < end; gate++) l->d_bias[gate] = 0;
  for (int block = 0; block < positions; block += PRODUCT_BLOCK) {
    int stop = block + PRODUCT_BLOCK < positions ? block + PRODUCT_BLOCK : positions;
    float *sum = l->bias;
    for (int gate = begin; gate < end; gate++) sum[gate] = 0;
    for (int position = block; position < stop; position++) {
      const float *d_gate = l->d_gates + (size_t)position * gates;
      for (int gate = begin; gate < end; gate++) sum[gate] = sum[gate] + d_gate[gate];
    }
    for (int gate = begin; gate < end; gate++) l->d_bias[gate] = block == 0 ? sum[gate] : l->d_bias[gate] + sum[gate];
  }
}

/* dW = dgates^T [x, h]: rows are gates, the sum runs over positions; each thread owns a range of gates. */
static void weight_gradients(void *pointer, int thread, int threads) {
  const Lstm *l = pointer;
  const Sequence *s = &l->sequence;
  int gates = GATES * s->hidden_size, begin, end;
  Target targets[] = {{l->packed_inputs, s->input_size, l->d_weight_ih}, {l->packed_previous, s->hidden_size, l->d_weight_hh}};
  split_range(gates, TILE_ROWS, thread, threads, &begin, &end);
  gemm_columns(l->d_gates, gates, begin, end, s->positions, targets, 2, l->strips + thread * left_size(s->positions));
  bias_gradient(l, begin, end);
}

static void list_positions(const Lstm *l) {
  const Sequence *s = &l->sequence;
  for (int t = 0; t < s->time; t++) {
    for (int position = s->position_at[t]; position < s->position_at[t + 1]; position++) {
      int row = s->rows[position];
      l->previous[position] = previous_output(s, l->initial_hidden, l->output, row, t, s->hidden_size);
      l->previous[s->positions + position] = l->input + padded_at(s, row, t, s->input_size);
    }
  }
}

EXPORT void lstm_backward(Lstm *l) {
  if (!l->is_packed) run_lstm(l, pack_backward);
  run_lstm(l, lstm_backward_steps);
  if (l->d_input) run_lstm(l, input_gradients);
  if (!l->d_weight_ih) {
    bias_gradient(l, 0, GATES * l->sequence.hidden_size);
    return;
  }
  list_positions(l);
  run_lstm(l, pack_positions);
  run_lstm(l, weight_gradients);
}

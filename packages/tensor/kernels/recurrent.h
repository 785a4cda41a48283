/* What the recurrent layers share: real positions, the walk over time, and how threads divide a sequence.
 *
 * Real positions are numbered by time, then by row, and only they are computed. A thread owns either batch rows, and then walks
 * the sequence alone, or hidden units of all rows, and then meets the others after each step: the weights that it reads at each
 * step stay in its cache. */
#pragma once
#include "gemm.h"
#include "kernels.h"
#include "pool.h"

/* What a thread owns through the whole sequence: rows [first_row, last_row) and units [first_unit, last_unit). */
typedef struct {
  int first_row, last_row, first_unit, last_unit;
} Share;

/* Rows of a time step are consecutive positions in rising row order; those of [first, last) are a range of them. */
INLINE void step_range(const Sequence *s, int t, int first, int last, int *begin, int *end) {
  int at = s->position_at[t], stop = s->position_at[t + 1];
  while (at < stop && s->rows[at] < first) at++;
  *begin = at;
  if (last == s->batch) at = stop;
  while (at < stop && s->rows[at] < last) at++;
  *end = at;
}

INLINE int time_of_step(const Sequence *s, int step) { return s->reverse ? s->time - 1 - step : step; }

/* The step that the layer reads before this one, or -1 at the row's first. */
INLINE int previous_time(const Sequence *s, int row, int t) {
  if (s->reverse) return t == s->lengths[row] - 1 ? -1 : t + 1;
  return t - 1;
}

/* Where [row, t] lies in a padded [batch, time, size] array. */
INLINE size_t padded_at(const Sequence *s, int row, int t, int size) { return ((size_t)row * s->time + t) * size; }

/* Position of a row at a time step. */
INLINE int position_of(const Sequence *s, int row, int t) {
  int low = s->position_at[t], high = s->position_at[t + 1] - 1;
  if (high - low == s->batch - 1) return low + row;
  while (low < high) {
    int middle = (low + high) / 2;
    if (s->rows[middle] < row) low = middle + 1;
    else high = middle;
  }
  return low;
}

/* Row of a state before the step at t: of the initial state, or of the position of the step before. */
INLINE const float *previous_state(const Sequence *s, const float *initial, const float *states, int row, int t, int size) {
  int before = previous_time(s, row, t);
  return before < 0 ? initial + (size_t)row * size : states + (size_t)position_of(s, row, before) * size;
}

/* The rows that a thread owns: about as many positions for each. */
static void split_rows(const Sequence *s, int thread, int threads, int *first, int *last) {
  *first = *last = 0;
  int64_t before = 0;
  for (int row = 0; row < s->batch; row++) {
    if (before * threads < (int64_t)s->positions * thread) *first = row + 1;
    if (before * threads < (int64_t)s->positions * (thread + 1)) *last = row + 1;
    before += s->lengths[row];
  }
  if (thread == threads - 1) *last = s->batch; /* with the empty rows at the end */
}

/* Bytes of weights that every thread may read at each step without losing them from its cache. */
#define CACHED_WEIGHTS (1 << 20)

/* Multiplications of a step below which meeting after it costs more than it brings. */
#define STEP_PRODUCTS 49152

/* Whether threads own units: where the weights are large, or there are too few rows to go round. */
INLINE int owns_units(const Sequence *s, int threads, size_t weights) {
  if (threads == 1 || weights * s->batch < STEP_PRODUCTS) return 0;
  return weights * sizeof(float) > CACHED_WEIGHTS || s->batch < threads * TILE_ROWS;
}

/* Units are split in multiples of grain. */
INLINE Share share_of(const Sequence *s, int by_units, int grain, int thread, int threads) {
  Share share = {0, s->batch, 0, s->hidden_size};
  if (by_units) split_range(s->hidden_size, grain, thread, threads, &share.first_unit, &share.last_unit);
  else split_rows(s, thread, threads, &share.first_row, &share.last_row);
  return share;
}

/* Zeros the padding of the first `size` features of a [batch, time, stride] array in the rows [first, last). */
INLINE void clear_padding(const Sequence *s, float *array, int size, int stride, int first, int last) {
  for (int row = first; row < last; row++)
    for (int t = s->lengths[row]; t < s->time; t++) __builtin_memset(array + padded_at(s, row, t, stride), 0, size * sizeof(float));
}

/* Rows of a step that a thread works on at once. */
#define STEP_ROWS 96

/* ---- Layers ---- */

INLINE float *output_at(const Recurrent *r, int row, int t) { return r->output + padded_at(&r->sequence, row, t, r->output_stride); }

/* The output's gradient from a feature on, or null for zeros. */
INLINE const float *d_output_at(const Recurrent *r, int row, int t, int feature) {
  return r->d_output ? r->d_output + padded_at(&r->sequence, row, t, r->output_stride) + feature : 0;
}

/* The hidden state before the step at t. */
INLINE const float *previous_hidden(const Recurrent *r, int row, int t) {
  int before = previous_time(&r->sequence, row, t);
  return before < 0 ? r->initial_hidden + (size_t)row * r->state_size : output_at(r, row, before);
}

/* What the hidden products of a position see. */
INLINE const float *seen_hidden(const Recurrent *r, int position, int row, int t) {
  return r->mask ? r->masked + (size_t)position * r->state_size : previous_hidden(r, row, t);
}

/* Fills masked for some positions and features. */
INLINE void mask_hidden(const Recurrent *r, int t, int begin, int end, int first, int last) {
  int size = r->state_size;
  for (int position = begin; position < end; position++) {
    int row = r->sequence.rows[position];
    const float *hidden = previous_hidden(r, row, t);
    for (int i = first; i < last; i++) r->masked[(size_t)position * size + i] = hidden[i] * r->mask[(size_t)row * size + i];
  }
}

/* A layer's part of one time step: the positions [begin, end), in the units of the share. */
typedef void (*StepJob)(const void *layer, int t, int begin, int end, const Share *share);

INLINE int owns_recurrent_units(const Recurrent *r, int threads) {
  const Sequence *s = &r->sequence;
  return owns_units(s, threads, (size_t)r->gates * s->hidden_size * (r->state_size + s->input_size));
}

/* Does all steps of what a thread owns. A layer that needs whole rows in its steps has by_units 0. */
INLINE void walk_forward(const void *layer, const Recurrent *r, StepJob step, int by_units, int grain, int thread, int threads) {
  const Sequence *s = &r->sequence;
  int size = r->state_size;
  Share share = share_of(s, by_units, grain, thread, threads);
  for (int number = 0; number < s->time; number++) {
    int t = time_of_step(s, number), begin, end;
    step_range(s, t, share.first_row, share.last_row, &begin, &end);
    if (r->mask) {
      mask_hidden(r, t, begin, end, by_units ? share.first_unit : 0, by_units ? share.last_unit : size);
      if (by_units) meet(threads);
    }
    step(layer, t, begin, end, &share);
    if (by_units) meet(threads);
  }
  if (by_units && thread > 0) return;
  clear_padding(s, r->output, size, r->output_stride, share.first_row, share.last_row);
  for (int row = share.first_row; row < share.last_row; row++) {
    const float *h = r->initial_hidden + (size_t)row * size;
    if (s->lengths[row]) h = output_at(r, row, s->reverse ? 0 : s->lengths[row] - 1);
    __builtin_memcpy(r->hidden_state + (size_t)row * size, h, size * sizeof(float));
  }
}

/* Columns [first, last) of the share's rows of a [batch, size] gradient at the end of the sequence. */
INLINE void begin_state_gradient(const Share *share, const float *from, float *to, int size, int first, int last) {
  for (int row = share->first_row; row < share->last_row; row++) {
    size_t at = (size_t)row * size + first, bytes = (size_t)(last - first) * sizeof(float);
    if (from) __builtin_memcpy(to + at, from + at, bytes);
    else __builtin_memset(to + at, 0, bytes);
  }
}

/* From gate gradients of some positions to the gradient of the hidden state before, in the columns [first, last). What the layer
 * has carried past its gates is added to, if any. */
INLINE void hidden_gradient(const Recurrent *r, const RightSide *weight_hh, int begin, int end, int first, int last, int is_carried) {
  const Sequence *s = &r->sequence;
  int gates = r->gates * s->hidden_size, size = r->state_size;
  float *to = is_carried || r->mask ? r->products : r->d_initial_hidden;
  const float *a_rows[STEP_ROWS];
  float *out_rows[STEP_ROWS];
  for (int position = begin; position < end; position += STEP_ROWS) {
    int count = end - position < STEP_ROWS ? end - position : STEP_ROWS;
    for (int i = 0; i < count; i++) {
      a_rows[i] = r->d_gates_hh + (size_t)(position + i) * gates;
      out_rows[i] = to + (size_t)s->rows[position + i] * size;
    }
    gemm_rows(weight_hh, a_rows, count, out_rows, first, last);
    if (to == r->d_initial_hidden) continue;
    for (int i = 0; i < count; i++) {
      size_t at = (size_t)s->rows[position + i] * size;
      float *d_hidden = r->d_initial_hidden + at;
      for (int k = first; k < last; k++) {
        float product = r->mask ? out_rows[i][k] * r->mask[at + k] : out_rows[i][k];
        d_hidden[k] = is_carried ? d_hidden[k] + product : product;
      }
    }
  }
}

/* The walk back: gate_gradients fills d_gates of a step, is_carried as in hidden_gradient. */
INLINE void walk_backward(const void *layer, const Recurrent *r, StepJob gate_gradients, int is_carried, int by_units, int thread, int threads) {
  const Sequence *s = &r->sequence;
  int size = r->state_size;
  Share share = share_of(s, by_units, TILE_COLS, thread, threads);
  int first = by_units ? share.first_unit : 0, last = by_units ? share.last_unit : size;
  RightSide weight_hh = whole_right_side(r->packed_hh, r->gates * s->hidden_size, size, PRODUCT);
  begin_state_gradient(&share, r->d_hidden_state, r->d_initial_hidden, size, first, last);
  for (int number = s->time - 1; number >= 0; number--) {
    int t = time_of_step(s, number), begin, end;
    step_range(s, t, share.first_row, share.last_row, &begin, &end);
    gate_gradients(layer, t, begin, end, &share);
    if (by_units) meet(threads);
    hidden_gradient(r, &weight_hh, begin, end, first, last, is_carried);
    weight_hh.goes_back = !weight_hh.goes_back;
  }
}

/* Below this many multiplications a second thread costs more than it brings. */
#define PARALLEL_PRODUCTS 65536

/* Runs a job on all threads where the layer's products are worth it. */
INTERNAL void run_recurrent(const Recurrent *r, Job job, void *layer);

/* A group is LANES units; its panel has a vector of each of their gates side by side. */
INLINE int group_count(int hidden_size) { return (hidden_size + LANES - 1) / LANES; }

/* The panels [first, last) in turn. Every other step goes back over them: what the step before read last is still in the cache. */
INLINE int panel_of_turn(int turn, int first, int last, int goes_back) { return goes_back ? first + last - 1 - turn : turn; }

/* The panel after that; the last one is the first of the next step. */
INLINE int next_panel(int turn, int first, int last, int goes_back) {
  return panel_of_turn(turn + 1 < last ? turn + 1 : turn, first, last, goes_back);
}

/* Where a tile lies: its first row among those of a step, its place among their tiles, its panel, and the panel after that. */
typedef struct {
  int row, place, tiles, panel, next;
} TileAt;

/* Adds the products of a tile's rows with its panel of a packed weight of k columns. */
INLINE void multiply_panel(Tile tile, int rows, int vectors, const float *const *step_rows, const float *packed, int k, TileAt at) {
  size_t size = (size_t)TILE_COLS * k;
  const float *panel = packed + at.panel * size;
  multiply(tile, rows, vectors, step_rows + at.row, 1, panel, k, look_ahead(packed + at.next * size, k, at.place, at.tiles), 0, pack_nothing());
}

/* Fewer rows than a tile has, in more positions. */
INLINE int has_few_rows(const Recurrent *r) { return r->sequence.batch < TILE_ROWS && r->sequence.positions >= TILE_ROWS; }

/* Bytes of weights that no cache near a processor holds, and rows that are too few to make up for reading them at each step. */
#define DISTANT_WEIGHTS (6 << 20)
#define DISTANT_ROWS 32

/* Where reading the weights takes the time of a step, the input parts of all steps go first: then the steps read half of them. */
INLINE int inputs_go_first(const Recurrent *r) {
  const Sequence *s = &r->sequence;
  size_t weights = (size_t)r->gates * s->hidden_size * (r->state_size + s->input_size) * sizeof(float);
  return has_few_rows(r) || (s->batch <= DISTANT_ROWS && weights >= DISTANT_WEIGHTS && s->time > 1);
}

/* The input parts of `count` positions from `position` on, in the units of a group. */
typedef void (*InputGroup)(const void *layer, const float *const *inputs, int count, int position, int group, int next);

/* All input parts; threads own positions. */
INLINE void walk_inputs(const void *layer, const Recurrent *r, InputGroup input_group, int thread, int threads) {
  const Sequence *s = &r->sequence;
  const float *inputs[STEP_ROWS];
  int first, last, groups = group_count(s->hidden_size);
  split_range(s->positions, TILE_ROWS, thread, threads, &first, &last);
  for (int t = 0; first < last; first += STEP_ROWS) {
    int count = last - first < STEP_ROWS ? last - first : STEP_ROWS;
    for (int i = 0; i < count; i++) {
      while (first + i >= s->position_at[t + 1]) t++;
      inputs[i] = r->input + padded_at(s, s->rows[first + i], t, s->input_size);
    }
    int goes_back = first / STEP_ROWS % 2;
    for (int turn = 0; turn < groups; turn++) {
      input_group(layer, inputs, count, first, panel_of_turn(turn, 0, groups, goes_back), next_panel(turn, 0, groups, goes_back));
    }
  }
}

/* Zeros a packed row, its idle lanes included: what memory holds there may be denormal, and slow to add to. */
INLINE void clear_panels(float *row, int columns) { __builtin_memset(row, 0, packed_size(1, columns) * sizeof(float)); }

/* Jobs on a layer: both weights in groups, as forward tiles read them; and as they lie, for the backward pass. */
INTERNAL void pack_groups(void *layer, int thread, int threads);
INTERNAL void pack_as_they_lie(void *layer, int thread, int threads);

/* Gradients of inputs and weights, where wanted, from those of the gates. */
INTERNAL void input_and_weight_gradients(const Recurrent *r);

/* Sums over count rows of some columns of values, times those of factors (null: times 1), in blocks like a product. */
INTERNAL void column_sums(const float *values, int stride, const float *factors, int factor_stride, int count, float *sums, int columns);

/* Of what enters a state, and of a cell state on its way to the output. */
INLINE vfloat activated(RnnActivation activation, vfloat x) {
  switch (activation) {
    case RNN_TANH: return vtanh(x);
    case RNN_RELU: return maximum(x, splat(0));
  }
  __builtin_unreachable();
}

/* The gradient of the function's argument from its value and the value's gradient. */
INLINE vfloat activation_slope(RnnActivation activation, vfloat y, vfloat dy) {
  switch (activation) {
    case RNN_TANH: return dy * one_less_square(y);
    case RNN_RELU: return select_float(y > 0, dy, splat(0));
  }
  __builtin_unreachable();
}

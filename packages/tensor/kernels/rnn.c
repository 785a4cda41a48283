/* A whole layer of a simple recurrent network in one direction, forward and backward.
 *
 * Forward, a tile holds TILE_COLS units: it starts from the bias, goes on over the input and the previous hidden state in one
 * accumulator, and leaves activated. */
#include "kernels.h"
#include "recurrent.h"

/* ---- Forward ---- */

static void pack_rnn_forward(void *layer, int thread, int threads) {
  const Recurrent *r = layer;
  int hidden = r->sequence.hidden_size, input = r->sequence.input_size, begin, end;
  Matrix weight_ih = {.from = r->weight_ih, .row_stride = input, .k = input, .n = hidden, .transposed = 1};
  Matrix weight_hh = {.from = r->weight_hh, .row_stride = hidden, .k = hidden, .n = hidden, .transposed = 1};
  split_range(hidden, TILE_COLS, thread, threads, &begin, &end);
  pack_columns(&weight_ih, r->packed_ih, begin, end);
  pack_columns(&weight_hh, r->packed_hh, begin, end);
}

typedef struct {
  const float *input[STEP_ROWS], *seen[STEP_ROWS];
  float *output[STEP_ROWS];
} RnnStep;

static void begin_rnn_step(RnnStep *step, const Recurrent *r, int t, int position, int count) {
  const Sequence *s = &r->sequence;
  for (int i = 0; i < count; i++) {
    int row = s->rows[position + i];
    step->input[i] = r->input + padded_at(s, row, t, s->input_size);
    step->seen[i] = seen_hidden(r, position + i, row, t);
    step->output[i] = output_at(r, row, t);
  }
}

/* Not inlined into each of the tiles that end in it. */
static __attribute__((noinline)) void activate_tile(const Rnn *n, const RnnStep *step, int row, int rows, int unit, Tile pre) {
  for (int i = 0; i < rows; i++) {
    for (int v = 0; v < TILE_VECTORS; v++) {
      int at = unit + v * LANES, left = n->base.sequence.hidden_size - at;
      if (left <= 0) break;
      vfloat h = activated(n->activation, pre[i][v]);
      if (left >= LANES) store(step->output[row + i] + at, h);
      else store_some(step->output[row + i] + at, h, left);
    }
  }
}

INLINE void rnn_tile(const Rnn *n, const RnnStep *step, int rows, TileAt at) {
  const Recurrent *r = &n->base;
  int input = r->sequence.input_size, hidden = r->sequence.hidden_size, unit = at.panel * TILE_COLS;
  Tile pre;
  UNROLL for (int i = 0; i < rows; i++) {
    UNROLL for (int v = 0; v < TILE_VECTORS; v++) pre[i][v] = load(n->bias + unit + v * LANES);
  }
  multiply_panel(pre, rows, TILE_VECTORS, step->input, r->packed_ih, input, at);
  multiply_panel(pre, rows, TILE_VECTORS, step->seen, r->packed_hh, hidden, at);
  activate_tile(n, step, at.row, rows, unit, pre);
}

static void rnn_step(const void *layer, int t, int begin, int end, const Share *share) {
  const Rnn *n = layer;
  int first = share->first_unit / TILE_COLS, last = (share->last_unit + TILE_COLS - 1) / TILE_COLS;
  for (int position = begin; position < end; position += STEP_ROWS) {
    int count = end - position < STEP_ROWS ? end - position : STEP_ROWS;
    RnnStep step;
    begin_rnn_step(&step, &n->base, t, position, count);
    for (int turn = first; turn < last; turn++) {
      int panel = panel_of_turn(turn, first, last, t % 2), next = next_panel(turn, first, last, t % 2);
#define TILE(rows, row, place, tiles) rnn_tile(n, &step, rows, (TileAt){row, place, tiles, panel, next})
      EACH_TILE(count, TILE)
#undef TILE
    }
  }
}

static void rnn_forward_steps(void *layer, int thread, int threads) {
  const Rnn *n = layer;
  walk_forward(n, &n->base, rnn_step, owns_recurrent_units(&n->base, threads), TILE_COLS, thread, threads);
}

EXPORT void rnn_forward(Rnn *n) {
  const Recurrent *r = &n->base;
  clear_panels(n->bias, r->sequence.hidden_size);
  for (int unit = 0; unit < r->sequence.hidden_size; unit++) n->bias[unit] = r->bias_ih[unit] + r->bias_hh[unit];
  if (!r->is_packed) run_recurrent(r, pack_rnn_forward, n);
  run_recurrent(r, rnn_forward_steps, n);
}

/* ---- Backward ---- */

static void rnn_step_gradients(const void *layer, int t, int begin, int end, const Share *share) {
  const Rnn *n = layer;
  const Recurrent *r = &n->base;
  const Sequence *s = &r->sequence;
  int hidden = s->hidden_size, first = share->first_unit;
  for (int position = begin; position < end; position++) {
    int row = s->rows[position];
    const float *y = output_at(r, row, t) + first;
    const float *dy = d_output_at(r, row, t, first);
    const float *d_hidden = r->d_initial_hidden + (size_t)row * hidden + first;
    float *d_gate = r->d_gates_ih + (size_t)position * hidden + first;
#define CELL(LOAD, STORE)                                                                                       \
  {                                                                                                             \
    vfloat h = LOAD(y + unit), dh = (dy ? LOAD(dy + unit) : splat(0)) + LOAD(d_hidden + unit);                  \
    STORE(d_gate + unit, activation_slope(n->activation, h, dh));                                                      \
  }
    EACH_VECTOR(unit, share->last_unit - first, CELL);
#undef CELL
  }
}

static void rnn_backward_steps(void *layer, int thread, int threads) {
  const Rnn *n = layer;
  walk_backward(n, &n->base, rnn_step_gradients, 0, owns_recurrent_units(&n->base, threads), thread, threads);
}

EXPORT void rnn_backward(Rnn *n) {
  const Recurrent *r = &n->base;
  int hidden = r->sequence.hidden_size;
  if (!r->is_packed) run_recurrent(r, pack_as_they_lie, n);
  run_recurrent(r, rnn_backward_steps, n);
  input_and_weight_gradients(r);
  column_sums(r->d_gates_ih, hidden, 0, 0, r->sequence.positions, n->d_bias, hidden);
}

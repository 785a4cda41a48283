/* A whole LSTM layer in one direction, forward and backward.
 *
 * Forward, a tile holds all four gates of LANES units: it starts from the bias, goes on over the input and the previous hidden
 * state in one accumulator, and ends in the cell update, so that pre-activations never reach memory. Weight gradients are one
 * product over all positions, split by gate rows. */
#include "kernels.h"
#include "lstm.h"

_Static_assert(GATES == TILE_VECTORS, "a tile holds one vector of each gate");

/* ---- Forward ---- */

INTERNAL void sum_biases(const Lstm *l) {
  const Recurrent *r = &l->base;
  int hidden = r->sequence.hidden_size;
  clear_panels(l->bias, GATES * hidden);
  for (int gate = 0; gate < GATES; gate++) {
    for (int unit = 0; unit < hidden; unit++) {
      float *to = l->bias + unit / LANES * TILE_COLS + gate * LANES + unit % LANES;
      *to = r->bias_ih[gate * hidden + unit] + r->bias_hh[gate * hidden + unit];
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
  const Recurrent *r = &l->base;
  const Sequence *s = &r->sequence;
  step->position = position;
  for (int i = 0; i < count; i++) {
    int row = s->rows[position + i];
    step->input[i] = r->input + padded_at(s, row, t, s->input_size);
    step->hidden[i] = previous_hidden(r, row, t);
    step->cell[i] = previous_cell(l, row, t);
    step->output[i] = output_at(r, row, t);
  }
}

/* Activations and cell update of one row and group. */
INLINE void update_cell(const Lstm *l, const Step *step, int i, int unit, const vfloat pre[GATES]) {
  int hidden = l->base.sequence.hidden_size, left = hidden - unit;
  size_t position = step->position + i;
  float *gate = l->gates + position * GATES * hidden + unit;
  float *cell = l->cells + position * hidden + unit, *tanh_cell = l->tanh_cells + position * hidden + unit;
  vfloat input_gate = vsigmoid(pre[INPUT_GATE]), forget_gate = vsigmoid(pre[FORGET_GATE]);
  vfloat candidate = activated(l->activation, pre[CELL_CANDIDATE]), output_gate = vsigmoid(pre[OUTPUT_GATE]);
#define CELL(LOAD, STORE)                                                                                  \
  {                                                                                                        \
    vfloat c = fused(forget_gate, LOAD(step->cell[i] + unit), input_gate * candidate);                     \
    vfloat tanh_c = activated(l->activation, c);                                                           \
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

INLINE void begin_tile(const Lstm *l, Tile pre, int rows, const float *const *inputs, TileAt at) {
  int input = l->base.sequence.input_size;
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int v = 0; v < GATES; v++) pre[r][v] = load(l->bias + at.panel * TILE_COLS + v * LANES);
  }
  multiply_panel(pre, rows, GATES, inputs, l->base.packed_ih, input, at);
}

/* Input parts that go first wait where the gates will lie. */
INLINE void input_tile(const Lstm *l, int rows, const float *const *inputs, int position, TileAt at) {
  int hidden = l->base.sequence.hidden_size, unit = at.panel * LANES, left = hidden - unit;
  Tile pre;
  begin_tile(l, pre, rows, inputs, at);
  for (int r = 0; r < rows; r++) {
    for (int v = 0; v < GATES; v++) {
      float *gate = l->gates + ((size_t)(position + at.row + r) * GATES + v) * hidden + unit;
      if (left >= LANES) store(gate, pre[r][v]);
      else store_some(gate, pre[r][v], left);
    }
  }
}

static void input_group(const void *layer, const float *const *inputs, int count, int position, int group, int next) {
#define TILE(rows, row, place, tiles) input_tile(layer, rows, inputs, position, (TileAt){row, place, tiles, group, next})
  EACH_TILE(count, TILE)
#undef TILE
}

static void input_parts(void *layer, int thread, int threads) {
  walk_inputs(layer, &((Lstm *)layer)->base, input_group, thread, threads);
}

INLINE void forward_tile(const Lstm *l, const Step *step, int rows, TileAt at) {
  int hidden = l->base.sequence.hidden_size;
  Tile pre;
  if (inputs_go_first(&l->base)) {
    const float *gate = l->gates + (size_t)(step->position + at.row) * GATES * hidden + at.panel * LANES;
    UNROLL for (int r = 0; r < rows; r++) {
      UNROLL for (int v = 0; v < GATES; v++) pre[r][v] = load(gate + (r * GATES + v) * hidden);
    }
  } else {
    begin_tile(l, pre, rows, step->input, at);
  }
  multiply_panel(pre, rows, GATES, step->hidden, l->base.packed_hh, hidden, at);
  update_cells(l, step, at.row, rows, at.panel * LANES, pre);
}

INTERNAL void lstm_step(const void *layer, int t, int begin, int end, const Share *share) {
  const Lstm *l = layer;
  int first = share->first_unit / LANES, last = group_count(share->last_unit);
  for (int position = begin; position < end; position += STEP_ROWS) {
    int count = end - position < STEP_ROWS ? end - position : STEP_ROWS;
    Step step;
    begin_step(&step, l, t, position, count);
    for (int turn = first; turn < last; turn++) {
      int group = panel_of_turn(turn, first, last, t % 2), next = next_panel(turn, first, last, t % 2);
#define TILE(rows, row, place, tiles) forward_tile(l, &step, rows, (TileAt){row, place, tiles, group, next})
      EACH_TILE(count, TILE)
#undef TILE
    }
  }
}

static void lstm_forward_steps(void *layer, int thread, int threads) {
  const Lstm *l = layer;
  walk_forward(l, &l->base, lstm_step, owns_recurrent_units(&l->base, threads), LANES, thread, threads);
}

/* A whole layer on the calling thread. */
static void forward_alone(Lstm *l) {
  sum_biases(l);
  if (!l->base.is_packed) pack_groups(l, 0, 1);
  if (inputs_go_first(&l->base)) input_parts(l, 0, 1);
  lstm_forward_steps(l, 0, 1);
  copy_last_cells(l, 0, l->base.sequence.batch);
}

static void forward_each(void *pair, int thread, int threads) {
  Lstm **layers = pair;
  for (int i = thread; i < 2; i += threads) forward_alone(layers[i]);
}

/* Few rows leave little to divide at each step: then the layers go to a thread each, and no step has to meet another. */
EXPORT void lstm_forward_both(Lstm *first, Lstm *second) {
  int share_panels = first->base.packed_ih == second->base.packed_ih || first->base.packed_hh == second->base.packed_hh;
  if (has_few_rows(&first->base) && !share_panels && !first->has_extras && !second->has_extras) {
    run_recurrent(&first->base, forward_each, (Lstm *[]){first, second});
  } else {
    lstm_forward(first);
    lstm_forward(second);
  }
}

EXPORT void lstm_forward(Lstm *l) {
  if (l->has_extras) {
    extended_lstm_forward(l);
    return;
  }
  sum_biases(l);
  if (!l->base.is_packed) run_recurrent(&l->base, pack_groups, l);
  if (inputs_go_first(&l->base)) run_recurrent(&l->base, input_parts, l);
  run_recurrent(&l->base, lstm_forward_steps, l);
  copy_last_cells(l, 0, l->base.sequence.batch);
}

/* ---- Backward ---- */

/* Gate gradients of one position in some units. */
INLINE void cell_gradient(const Lstm *l, int position, int row, int t, const Share *share) {
  const Recurrent *r = &l->base;
  const Sequence *s = &r->sequence;
  int hidden = s->hidden_size, first = share->first_unit;
  const float *gate = l->gates + (size_t)position * GATES * hidden + first;
  const float *tanh_cell = l->tanh_cells + (size_t)position * hidden + first;
  const float *before = previous_cell(l, row, t) + first;
  const float *dy = d_output_at(r, row, t, first);
  const float *d_hidden = r->d_initial_hidden + (size_t)row * hidden + first;
  float *d_cell = l->d_initial_cell + (size_t)row * hidden + first;
  float *d_gate = l->d_gates + (size_t)position * GATES * hidden + first;
#define CELL(LOAD, STORE)                                                                                   \
  {                                                                                                         \
    vfloat i = LOAD(gate + unit), f = LOAD(gate + hidden + unit);                                           \
    vfloat g = LOAD(gate + 2 * hidden + unit), o = LOAD(gate + 3 * hidden + unit);                          \
    vfloat tanh_c = LOAD(tanh_cell + unit);                                                                 \
    vfloat dh = (dy ? LOAD(dy + unit) : splat(0)) + LOAD(d_hidden + unit);                                  \
    vfloat dc = LOAD(d_cell + unit) + activation_slope(l->activation, tanh_c, dh * o);                      \
    STORE(d_gate + unit, (dc * g) * (i * (1.f - i)));                                                       \
    STORE(d_gate + hidden + unit, (dc * LOAD(before + unit)) * (f * (1.f - f)));                            \
    STORE(d_gate + 2 * hidden + unit, activation_slope(l->activation, g, dc * i));                          \
    STORE(d_gate + 3 * hidden + unit, (dh * tanh_c) * (o * (1.f - o)));                                     \
    STORE(d_cell + unit, dc * f);                                                                           \
  }
  EACH_VECTOR(unit, share->last_unit - first, CELL);
#undef CELL
}

INTERNAL void lstm_step_gradients(const void *layer, int t, int begin, int end, const Share *share) {
  const Lstm *l = layer;
  for (int position = begin; position < end; position++) {
    cell_gradient(l, position, l->base.sequence.rows[position], t, share);
  }
}

static void lstm_backward_steps(void *layer, int thread, int threads) {
  const Lstm *l = layer;
  const Recurrent *r = &l->base;
  int by_units = owns_recurrent_units(r, threads);
  Share share = share_of(&r->sequence, by_units, TILE_COLS, thread, threads);
  begin_state_gradient(&share, l->d_cell_state, l->d_initial_cell, r->sequence.hidden_size, share.first_unit, share.last_unit);
  walk_backward(l, r, lstm_step_gradients, 0, by_units, thread, threads);
}

EXPORT void lstm_backward(Lstm *l) {
  if (l->has_extras) {
    extended_lstm_backward(l);
    return;
  }
  const Recurrent *r = &l->base;
  if (!r->is_packed) run_recurrent(r, pack_as_they_lie, l);
  run_recurrent(r, lstm_backward_steps, l);
  input_and_weight_gradients(r);
  int gates = GATES * r->sequence.hidden_size;
  column_sums(l->d_gates, gates, 0, 0, r->sequence.positions, l->d_bias, gates);
}

/* A whole GRU layer in one direction, forward and backward.
 *
 * Forward, a tile holds four vectors of a group: reset and update gate, from the bias over both products, and the two parts of the
 * candidate, which are a chain each. */
#include "kernels.h"
#include "recurrent.h"

enum { RESET_GATE, UPDATE_GATE, HIDDEN_PART, CANDIDATE, GRU_VALUES };

/* ---- Forward ---- */

static void gru_biases(const Gru *g) {
  const float *ih = g->base.bias_ih, *hh = g->base.bias_hh;
  int hidden = g->base.sequence.hidden_size;
  clear_panels(g->bias, 4 * g->base.sequence.hidden_size);
  for (int unit = 0; unit < hidden; unit++) {
    float *to = g->bias + unit / LANES * TILE_COLS + unit % LANES;
    to[RESET_GATE * LANES] = ih[unit] + hh[unit];
    to[UPDATE_GATE * LANES] = ih[hidden + unit] + hh[hidden + unit];
    to[HIDDEN_PART * LANES] = hh[2 * hidden + unit];
    to[CANDIDATE * LANES] = ih[2 * hidden + unit];
  }
}

/* Where a value of a position lies in some units. */
INLINE float *gru_value(const Gru *g, int position, int value, int unit) {
  int hidden = g->base.sequence.hidden_size;
  return g->gates + ((size_t)position * GRU_VALUES + value) * hidden + unit;
}

/* Some rows of one step: where each finds its inputs and leaves its outputs. */
typedef struct {
  const float *input[STEP_ROWS], *seen[STEP_ROWS], *hidden[STEP_ROWS];
  float *output[STEP_ROWS];
  int position; /* of the first row */
} GruStep;

static void begin_gru_step(GruStep *step, const Gru *g, int t, int position, int count) {
  const Recurrent *r = &g->base;
  const Sequence *s = &r->sequence;
  step->position = position;
  for (int i = 0; i < count; i++) {
    int row = s->rows[position + i];
    step->input[i] = r->input + padded_at(s, row, t, s->input_size);
    step->seen[i] = seen_hidden(r, position + i, row, t);
    step->hidden[i] = previous_hidden(r, row, t);
    step->output[i] = output_at(r, row, t);
  }
}

/* Not inlined into each of the tiles that end in it. */
static __attribute__((noinline)) void update_gru(const Gru *g, const GruStep *step, int row, int rows, int unit, Tile pre) {
  int hidden = g->base.sequence.hidden_size, left = hidden - unit;
  for (int i = 0; i < rows; i++) {
    float *gate = gru_value(g, step->position + row + i, RESET_GATE, unit);
    const float *before = step->hidden[row + i] + unit;
    vfloat reset = vsigmoid(pre[i][RESET_GATE]), update = vsigmoid(pre[i][UPDATE_GATE]), part = pre[i][HIDDEN_PART];
    vfloat candidate = vtanh(fused(reset, part, pre[i][CANDIDATE]));
#define CELL(LOAD, STORE)                                                                         \
  {                                                                                               \
    vfloat h = fused(update, LOAD(before), (1.f - update) * candidate);                                \
    STORE(gate, reset), STORE(gate + hidden, update);                                             \
    STORE(gate + 2 * hidden, part), STORE(gate + 3 * hidden, candidate);                          \
    STORE(step->output[row + i] + unit, h);                                                       \
  }
#define LOAD_EDGE(p) load_some(p, left)
#define STORE_EDGE(p, v) store_some(p, v, left)
    if (left >= LANES) CELL(load, store)
    else CELL(LOAD_EDGE, STORE_EDGE)
#undef CELL
  }
}

/* What the three vectors of a panel go to: all but the candidate's hidden part, which the hidden weights' third goes to. */
static const int input_values[] = {RESET_GATE, UPDATE_GATE, CANDIDATE};
#define INPUT_VALUES 3

INLINE void begin_gru_tile(const Gru *g, Tile pre, int rows, const float *const *inputs, TileAt at) {
  const float *bias = g->bias + (size_t)at.panel * TILE_COLS;
  UNROLL for (int i = 0; i < rows; i++) {
    UNROLL for (int v = 0; v < INPUT_VALUES; v++) pre[i][v] = load(bias + input_values[v] * LANES);
  }
  multiply_panel(pre, rows, INPUT_VALUES, inputs, g->base.packed_ih, g->base.sequence.input_size, at);
}

/* Input parts that go first wait where their values will lie. */
INLINE void gru_input_tile(const Gru *g, int rows, const float *const *inputs, int position, TileAt at) {
  int unit = at.panel * LANES, left = g->base.sequence.hidden_size - unit;
  Tile pre;
  begin_gru_tile(g, pre, rows, inputs, at);
  for (int i = 0; i < rows; i++) {
    for (int v = 0; v < INPUT_VALUES; v++) {
      float *to = gru_value(g, position + at.row + i, input_values[v], unit);
      if (left >= LANES) store(to, pre[i][v]);
      else store_some(to, pre[i][v], left);
    }
  }
}

static void gru_input_group(const void *layer, const float *const *inputs, int count, int position, int group, int next) {
#define TILE(rows, row, place, tiles) gru_input_tile(layer, rows, inputs, position, (TileAt){row, place, tiles, group, next})
  EACH_TILE(count, TILE)
#undef TILE
}

static void gru_input_parts(void *layer, int thread, int threads) {
  walk_inputs(layer, &((Gru *)layer)->base, gru_input_group, thread, threads);
}

INLINE void gru_tile(const Gru *g, const GruStep *step, int rows, TileAt at) {
  const Recurrent *r = &g->base;
  int hidden = r->sequence.hidden_size;
  const float *bias = g->bias + (size_t)at.panel * TILE_COLS;
  Tile pre;
  if (inputs_go_first(r)) {
    UNROLL for (int i = 0; i < rows; i++) {
      UNROLL for (int v = 0; v < INPUT_VALUES; v++)
        pre[i][v] = load(gru_value(g, step->position + at.row + i, input_values[v], at.panel * LANES));
    }
  } else {
    begin_gru_tile(g, pre, rows, step->input, at);
  }
  UNROLL for (int i = 0; i < rows; i++) {
    pre[i][CANDIDATE] = pre[i][2]; /* its hidden part is a chain of its own */
    pre[i][HIDDEN_PART] = load(bias + HIDDEN_PART * LANES);
  }
  multiply_panel(pre, rows, INPUT_VALUES, step->seen, r->packed_hh, hidden, at);
  update_gru(g, step, at.row, rows, at.panel * LANES, pre);
}

static void gru_step(const void *layer, int t, int begin, int end, const Share *share) {
  const Gru *g = layer;
  int first = share->first_unit / LANES, last = group_count(share->last_unit);
  for (int position = begin; position < end; position += STEP_ROWS) {
    int count = end - position < STEP_ROWS ? end - position : STEP_ROWS;
    GruStep step;
    begin_gru_step(&step, g, t, position, count);
    for (int turn = first; turn < last; turn++) {
      int group = panel_of_turn(turn, first, last, t % 2), next = next_panel(turn, first, last, t % 2);
#define TILE(rows, row, place, tiles) gru_tile(g, &step, rows, (TileAt){row, place, tiles, group, next})
      EACH_TILE(count, TILE)
#undef TILE
    }
  }
}

static void gru_forward_steps(void *layer, int thread, int threads) {
  const Gru *g = layer;
  walk_forward(g, &g->base, gru_step, owns_recurrent_units(&g->base, threads), LANES, thread, threads);
}

EXPORT void gru_forward(Gru *g) {
  gru_biases(g);
  if (!g->base.is_packed) run_recurrent(&g->base, pack_groups, g);
  if (inputs_go_first(&g->base)) run_recurrent(&g->base, gru_input_parts, g);
  run_recurrent(&g->base, gru_forward_steps, g);
}

/* ---- Backward ---- */

/* Gate gradients of one position in some units; the gradient of the hidden state moves on past the gates. */
INLINE void gru_gate_gradients(const Gru *g, int position, int row, int t, int first, int last) {
  const Recurrent *r = &g->base;
  const Sequence *s = &r->sequence;
  int hidden = s->hidden_size;
  const float *gate = g->gates + (size_t)position * GRU_VALUES * hidden + first;
  const float *before = previous_hidden(r, row, t) + first;
  const float *dy = d_output_at(r, row, t, first);
  float *d_hidden = r->d_initial_hidden + (size_t)row * hidden + first;
  float *d_ih = r->d_gates_ih + (size_t)position * 3 * hidden + first, *d_hh = r->d_gates_hh + (size_t)position * 3 * hidden + first;
#define CELL(LOAD, STORE)                                                                                   \
  {                                                                                                         \
    vfloat reset = LOAD(gate + unit), update = LOAD(gate + hidden + unit);                                  \
    vfloat part = LOAD(gate + 2 * hidden + unit), candidate = LOAD(gate + 3 * hidden + unit);               \
    vfloat dh = (dy ? LOAD(dy + unit) : splat(0)) + LOAD(d_hidden + unit);                                  \
    vfloat d_candidate = (dh * (1.f - update)) * one_less_square(candidate);                             \
    vfloat d_update = (dh * (LOAD(before + unit) - candidate)) * (update * (1.f - update));                 \
    vfloat d_reset = (d_candidate * part) * (reset * (1.f - reset));                                        \
    STORE(d_ih + unit, d_reset), STORE(d_ih + hidden + unit, d_update);                                     \
    STORE(d_ih + 2 * hidden + unit, d_candidate);                                                           \
    STORE(d_hh + unit, d_reset), STORE(d_hh + hidden + unit, d_update);                                     \
    STORE(d_hh + 2 * hidden + unit, d_candidate * reset);                                                   \
    STORE(d_hidden + unit, dh * update);                                                                    \
  }
  EACH_VECTOR(unit, last - first, CELL);
#undef CELL
}

static void gru_step_gradients(const void *layer, int t, int begin, int end, const Share *share) {
  const Gru *g = layer;
  for (int position = begin; position < end; position++) {
    gru_gate_gradients(g, position, g->base.sequence.rows[position], t, share->first_unit, share->last_unit);
  }
}

static void gru_backward_steps(void *layer, int thread, int threads) {
  const Gru *g = layer;
  walk_backward(g, &g->base, gru_step_gradients, 1, owns_recurrent_units(&g->base, threads), thread, threads);
}

EXPORT void gru_backward(Gru *g) {
  const Recurrent *r = &g->base;
  int gates = 3 * r->sequence.hidden_size, positions = r->sequence.positions;
  if (!r->is_packed) run_recurrent(r, pack_as_they_lie, g);
  run_recurrent(r, gru_backward_steps, g);
  input_and_weight_gradients(r);
  column_sums(r->d_gates_ih, gates, 0, 0, positions, g->d_bias_ih, gates);
  column_sums(r->d_gates_hh, gates, 0, 0, positions, g->d_bias_hh, gates);
}

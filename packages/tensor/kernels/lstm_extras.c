/* An LSTM layer with any of its options: recurrent dropout mask, projection, peepholes, layer normalization, cell clip.
 *
 * Products of a step go to memory, then each row gets the arithmetic of the options. Threads own rows, since normalization and
 * projection need whole ones. */
#include "lstm.h"

#define NORM_EPSILON 1e-5f

/* ---- Forward ---- */

static void pack_extended_forward(void *layer, int thread, int threads) {
  const Lstm *l = layer;
  const Recurrent *r = &l->base;
  int hidden = r->sequence.hidden_size, input = r->sequence.input_size, state = r->state_size, begin, end;
  split_range(GATES * hidden, TILE_COLS, thread, threads, &begin, &end);
  if (!r->is_packed) {
    Matrix weight_ih = {.from = r->weight_ih, .row_stride = input, .k = input, .n = GATES * hidden, .transposed = 1};
    Matrix weight_hh = {.from = r->weight_hh, .row_stride = state, .k = state, .n = GATES * hidden, .transposed = 1};
    pack_columns(&weight_ih, r->packed_ih, begin, end);
    pack_columns(&weight_hh, r->packed_hh, begin, end);
  }
  if (!l->weight_hr) return;
  Matrix weight_hr = {.from = l->weight_hr, .row_stride = hidden, .k = hidden, .n = state, .transposed = 1};
  split_range(state, TILE_COLS, thread, threads, &begin, &end);
  pack_columns(&weight_hr, l->packed_hr, begin, end);
}

/* To mean 0 and variance 1, in place; returns the factor of the centred values. */
static float normalize(float *values, int count) {
  float total;
  LANE_SUM(total, count, load(values + i));
  float mean = total / (float)count;
  for (int k = 0; k < count; k++) values[k] = values[k] - mean;
  LANE_DOT(total, count, load(values + i), load(values + i));
  float variance = total / (float)count;
  float scale = 1.f / square_root(splat(variance + NORM_EPSILON))[0];
  for (int k = 0; k < count; k++) values[k] = values[k] * scale;
  return scale;
}

/* Gradients of normalized values become those of the values before, in place. */
static void normalize_gradient(float *gradients, const float *normalized, float scale, int count) {
  float mean, along;
  LANE_SUM(mean, count, load(gradients + i));
  LANE_DOT(along, count, load(gradients + i), load(normalized + i));
  mean = mean / (float)count;
  along = along / (float)count;
#define CENTRED(LOAD, STORE) STORE(gradients + k, fused(-LOAD(normalized + k), splat(along), LOAD(gradients + k) - mean) * scale);
  EACH_VECTOR(k, count, CENTRED);
#undef CENTRED
}

/* Rows of one step for the products; with normalization each part has its own, else both go on from the biases. */
static void pre_activations(const Lstm *l, int t, int position, int count) {
  const Recurrent *r = &l->base;
  const Sequence *s = &r->sequence;
  int gates = GATES * s->hidden_size, has_norm = l->gain_ih != 0;
  const float *inputs[STEP_ROWS], *hidden[STEP_ROWS];
  float *ih[STEP_ROWS], *hh[STEP_ROWS];
  for (int i = 0; i < count; i++) {
    int row = s->rows[position + i];
    size_t at = (size_t)(position + i) * gates;
    inputs[i] = r->input + padded_at(s, row, t, s->input_size);
    hidden[i] = seen_hidden(r, position + i, row, t);
    ih[i] = has_norm ? l->norm_ih + at : l->gates + at;
    hh[i] = has_norm ? l->norm_hh + at : l->gates + at;
    if (!has_norm) __builtin_memcpy(ih[i], l->bias, gates * sizeof(float));
  }
  RightSide weight_ih = whole_right_side(r->packed_ih, s->input_size, gates, has_norm ? PRODUCT : CHAIN);
  RightSide weight_hh = whole_right_side(r->packed_hh, r->state_size, gates, has_norm ? PRODUCT : CHAIN);
  gemm_rows(&weight_ih, inputs, count, ih, 0, gates);
  gemm_rows(&weight_hh, hidden, count, hh, 0, gates);
  for (int i = 0; has_norm && i < count; i++) {
    float *pre = l->gates + (size_t)(position + i) * gates, *scales = l->norm_scales + (size_t)(position + i) * 3;
    scales[0] = normalize(ih[i], gates);
    scales[1] = normalize(hh[i], gates);
#define JOIN_PARTS(LOAD, STORE)                                                             \
  {                                                                                         \
    vfloat input_part = fused(LOAD(l->gain_ih + k), LOAD(ih[i] + k), LOAD(l->bias + k));    \
    STORE(pre + k, fused(LOAD(l->gain_hh + k), LOAD(hh[i] + k), input_part));               \
  }
    EACH_VECTOR(k, gates, JOIN_PARTS);
#undef JOIN_PARTS
  }
}

INLINE vfloat clip(vfloat c, float limit) { return at_least(at_most(c, limit), -limit); }

/* Pre-activations of one position become gates; fills its cell, the cell's tanh, and its output before a projection. */
static void extended_cell(const Lstm *l, int position, int row, int t, float *out) {
  int hidden = l->base.sequence.hidden_size;
  float *gate = l->gates + (size_t)position * GATES * hidden;
  float *cell = l->cells + (size_t)position * hidden, *tanh_cell = l->tanh_cells + (size_t)position * hidden;
  const float *before = previous_cell(l, row, t), *peephole = l->peepholes;
#define CELL(LOAD, STORE)                                                                                   \
  {                                                                                                         \
    vfloat i = LOAD(gate + unit), f = LOAD(gate + hidden + unit), o = LOAD(gate + 3 * hidden + unit);       \
    if (peephole) i = fused(LOAD(peephole + unit), LOAD(before + unit), i);                                 \
    if (peephole) f = fused(LOAD(peephole + hidden + unit), LOAD(before + unit), f);                        \
    i = vsigmoid(i), f = vsigmoid(f);                                                                       \
    vfloat g = activated(l->activation, LOAD(gate + 2 * hidden + unit));                                    \
    vfloat c = clip(fused(f, LOAD(before + unit), i * g), l->cell_clip);                                    \
    if (peephole) o = fused(LOAD(peephole + 2 * hidden + unit), c, o);                                      \
    STORE(gate + unit, i), STORE(gate + hidden + unit, f), STORE(gate + 2 * hidden + unit, g);              \
    STORE(gate + 3 * hidden + unit, vsigmoid(o)), STORE(cell + unit, c), STORE(tanh_cell + unit, c);        \
  }
  EACH_VECTOR(unit, hidden, CELL);
#undef CELL
  if (l->gain_cell) {
    float *norm = l->norm_cell + (size_t)position * hidden;
    __builtin_memcpy(norm, cell, hidden * sizeof(float));
    l->norm_scales[(size_t)position * 3 + 2] = normalize(norm, hidden);
#define SCALE(LOAD, STORE) STORE(tanh_cell + k, fused(LOAD(l->gain_cell + k), LOAD(norm + k), LOAD(l->bias_cell + k)));
    EACH_VECTOR(k, hidden, SCALE);
#undef SCALE
  }
#define CELL(LOAD, STORE)                                                                                   \
  {                                                                                                         \
    vfloat tanh_c = activated(l->activation, LOAD(tanh_cell + unit));                                       \
    STORE(tanh_cell + unit, tanh_c), STORE(out + unit, LOAD(gate + 3 * hidden + unit) * tanh_c);            \
  }
  EACH_VECTOR(unit, hidden, CELL);
#undef CELL
}

static void extended_step(const void *layer, int t, int begin, int end, const Share *share) {
  (void)share;
  const Lstm *l = layer;
  const Recurrent *r = &l->base;
  const Sequence *s = &r->sequence;
  RightSide weight_hr = whole_right_side(l->packed_hr, s->hidden_size, r->state_size, PRODUCT);
  const float *unprojected[STEP_ROWS];
  float *output[STEP_ROWS];
  for (int position = begin; position < end; position += STEP_ROWS) {
    int count = end - position < STEP_ROWS ? end - position : STEP_ROWS;
    pre_activations(l, t, position, count);
    for (int i = 0; i < count; i++) {
      int row = s->rows[position + i];
      output[i] = output_at(r, row, t);
      float *out = l->weight_hr ? l->unprojected + (size_t)(position + i) * s->hidden_size : output[i];
      extended_cell(l, position + i, row, t, out);
      unprojected[i] = out;
    }
    if (l->weight_hr) gemm_rows(&weight_hr, unprojected, count, output, 0, r->state_size);
  }
}

static void extended_forward_steps(void *layer, int thread, int threads) {
  const Lstm *l = layer;
  walk_forward(l, &l->base, extended_step, 0, 1, thread, threads);
}

INTERNAL void extended_lstm_forward(Lstm *l) {
  const Recurrent *r = &l->base;
  for (int k = 0; k < GATES * r->sequence.hidden_size; k++) l->bias[k] = r->bias_ih[k] + r->bias_hh[k];
  if (!r->is_packed || l->weight_hr) run_recurrent(r, pack_extended_forward, l);
  run_recurrent(r, extended_forward_steps, l);
  copy_last_cells(l, 0, r->sequence.batch);
}

/* ---- Backward ---- */

/* From the gradient of the output before a projection to those of the output gate and of the cell. */
static void extended_output_gradient(const Lstm *l, int position, int row, const float *d_out) {
  int hidden = l->base.sequence.hidden_size;
  size_t at = (size_t)position * hidden;
  const float *output_gate = l->gates + at * GATES + 3 * hidden, *tanh_cell = l->tanh_cells + at;
  float *d_output_gate = l->d_gates + at * GATES + 3 * hidden, *d_tanh = l->d_cells + at, *d_cell = l->d_initial_cell + (size_t)row * hidden;
  float *share = l->d_unprojected + at; /* read as d_out up to where it is written */
#define CELL(LOAD, STORE)                                                              \
  {                                                                                    \
    vfloat o = LOAD(output_gate + unit), tanh_c = LOAD(tanh_cell + unit);              \
    vfloat dh = LOAD(d_out + unit);                                                    \
    vfloat d_argument = activation_slope(l->activation, tanh_c, dh * o);               \
    STORE(d_output_gate + unit, (dh * tanh_c) * (o * (1.f - o)));                      \
    STORE(d_tanh + unit, d_argument), STORE(share + unit, d_argument);                 \
  }
  EACH_VECTOR(unit, hidden, CELL);
#undef CELL
  if (l->gain_cell) {
    for (int k = 0; k < hidden; k++) share[k] = share[k] * l->gain_cell[k];
    normalize_gradient(share, l->norm_cell + at, l->norm_scales[(size_t)position * 3 + 2], hidden);
  }
#define CELL(LOAD, STORE)                                                                                       \
  {                                                                                                             \
    vfloat dc = LOAD(d_cell + unit) + LOAD(share + unit);                                                       \
    if (l->peepholes) dc = fused(LOAD(d_output_gate + unit), LOAD(l->peepholes + 2 * hidden + unit), dc);       \
    STORE(d_cell + unit, dc);                                                                                   \
  }
  EACH_VECTOR(unit, hidden, CELL);
#undef CELL
}

/* From the gradient of the cell to those of the other gates; the cell's moves on to the step before. */
static void extended_gate_gradients(const Lstm *l, int position, int row, int t) {
  int hidden = l->base.sequence.hidden_size, gates = GATES * hidden;
  const float *gate = l->gates + (size_t)position * gates, *before = previous_cell(l, row, t), *peephole = l->peepholes;
  float *d_gate = l->d_gates + (size_t)position * gates, *d_cell = l->d_initial_cell + (size_t)row * hidden;
#define CELL(LOAD, STORE)                                                                                            \
  {                                                                                                                  \
    vfloat i = LOAD(gate + unit), f = LOAD(gate + hidden + unit), g = LOAD(gate + 2 * hidden + unit);                \
    vfloat c = fused(f, LOAD(before + unit), i * g);                                                                 \
    vfloat dc = select_float(absolute(c) > l->cell_clip, splat(0), LOAD(d_cell + unit));                             \
    vfloat d_input = (dc * g) * (i * (1.f - i)), d_forget = (dc * LOAD(before + unit)) * (f * (1.f - f));            \
    STORE(d_gate + unit, d_input), STORE(d_gate + hidden + unit, d_forget);                                          \
    STORE(d_gate + 2 * hidden + unit, activation_slope(l->activation, g, dc * i));                                   \
    dc = dc * f;                                                                                                     \
    if (peephole) dc = fused(d_forget, LOAD(peephole + hidden + unit), fused(d_input, LOAD(peephole + unit), dc));   \
    STORE(d_cell + unit, dc);                                                                                        \
  }
  EACH_VECTOR(unit, hidden, CELL);
#undef CELL
  if (peephole) __builtin_memcpy(l->cells_before + (size_t)position * hidden, before, hidden * sizeof(float));
  if (!l->gain_ih) return;
  const float *scales = l->norm_scales + (size_t)position * 3;
  float *d_ih = l->base.d_gates_ih + (size_t)position * gates, *d_hh = l->base.d_gates_hh + (size_t)position * gates;
  for (int k = 0; k < gates; k++) d_ih[k] = d_gate[k] * l->gain_ih[k], d_hh[k] = d_gate[k] * l->gain_hh[k];
  normalize_gradient(d_ih, l->norm_ih + (size_t)position * gates, scales[0], gates);
  normalize_gradient(d_hh, l->norm_hh + (size_t)position * gates, scales[1], gates);
}

static void extended_step_gradients(const void *layer, int t, int begin, int end, const Share *share) {
  (void)share;
  const Lstm *l = layer;
  const Recurrent *r = &l->base;
  const Sequence *s = &r->sequence;
  int hidden = s->hidden_size, state = r->state_size;
  RightSide weight_hr = whole_right_side(l->packed_hr, state, hidden, PRODUCT);
  for (int position = begin; position < end; position++) {
    int row = s->rows[position];
    const float *dy = d_output_at(r, row, t, 0), *d_hidden = r->d_initial_hidden + (size_t)row * state;
    float *d_state = l->d_state + (size_t)position * state, *d_out = l->d_unprojected + (size_t)position * hidden;
    for (int k = 0; k < state; k++) d_state[k] = (dy ? dy[k] : 0) + d_hidden[k];
    const float *d_state_row = d_state;
    if (l->weight_hr) gemm_rows(&weight_hr, &d_state_row, 1, &d_out, 0, hidden);
    extended_output_gradient(l, position, row, l->weight_hr ? d_out : d_state);
    extended_gate_gradients(l, position, row, t);
  }
}

static void extended_backward_steps(void *layer, int thread, int threads) {
  const Lstm *l = layer;
  const Recurrent *r = &l->base;
  int hidden = r->sequence.hidden_size;
  Share share = share_of(&r->sequence, 0, 1, thread, threads);
  begin_state_gradient(&share, l->d_cell_state, l->d_initial_cell, hidden, 0, hidden);
  walk_backward(l, r, extended_step_gradients, 0, 0, thread, threads);
}

/* dW_hr = d_state^T (o * tanh(c)), the sum over positions. */
static void projection_gradient(void *layer, int thread, int threads) {
  const Lstm *l = layer;
  const Sequence *s = &l->base.sequence;
  int state = l->base.state_size, begin, end;
  Target target = {l->packed_unprojected, s->hidden_size, l->d_weight_hr};
  split_range(state, TILE_ROWS, thread, threads, &begin, &end);
  gemm_columns(l->d_state, state, begin, end, s->positions, &target, 1, l->hr_strips + thread * left_size(s->positions));
}

static void pack_unprojected(const Lstm *l) {
  const Sequence *s = &l->base.sequence;
  int hidden = s->hidden_size;
  for (int position = 0; position < s->positions; position++) {
    const float *output_gate = l->gates + (size_t)position * GATES * hidden + 3 * hidden, *tanh_cell = l->tanh_cells + (size_t)position * hidden;
    for (int k = 0; k < hidden; k++) l->unprojected[(size_t)position * hidden + k] = output_gate[k] * tanh_cell[k];
  }
  Matrix unprojected = {.from = l->unprojected, .row_stride = hidden, .k = s->positions, .n = hidden};
  pack_columns(&unprojected, l->packed_unprojected, 0, hidden);
}

/* Columns of gate `gate` of [positions, 4 hidden] times [positions, hidden]: sums over positions. */
static void peephole_gradient(const Lstm *l, int gate, const float *cells, float *sums) {
  const Sequence *s = &l->base.sequence;
  int hidden = s->hidden_size;
  column_sums(l->d_gates + gate * hidden, GATES * hidden, cells, hidden, s->positions, sums, hidden);
}

INTERNAL void extended_lstm_backward(Lstm *l) {
  const Recurrent *r = &l->base;
  int hidden = r->sequence.hidden_size, gates = GATES * hidden, positions = r->sequence.positions;
  if (!r->is_packed) run_recurrent(r, pack_as_they_lie, l);
  if (l->weight_hr) {
    Matrix weight_hr = {.from = l->weight_hr, .row_stride = hidden, .k = r->state_size, .n = hidden};
    pack_columns(&weight_hr, l->packed_hr, 0, hidden);
  }
  run_recurrent(r, extended_backward_steps, l);
  input_and_weight_gradients(r);
  column_sums(l->d_gates, gates, 0, 0, positions, l->d_bias, gates);
  if (l->weight_hr) {
    pack_unprojected(l);
    run_recurrent(r, projection_gradient, l);
  }
  if (l->peepholes) {
    peephole_gradient(l, INPUT_GATE, l->cells_before, l->d_peepholes);
    peephole_gradient(l, FORGET_GATE, l->cells_before, l->d_peepholes + hidden);
    peephole_gradient(l, OUTPUT_GATE, l->cells, l->d_peepholes + 2 * hidden);
  }
  if (l->gain_ih) {
    column_sums(l->d_gates, gates, l->norm_ih, gates, positions, l->d_gain_ih, gates);
    column_sums(l->d_gates, gates, l->norm_hh, gates, positions, l->d_gain_hh, gates);
    column_sums(l->d_cells, hidden, l->norm_cell, hidden, positions, l->d_gain_cell, hidden);
    column_sums(l->d_cells, hidden, 0, 0, positions, l->d_bias_cell, hidden);
  }
}

/* An LSTM that attends to a source at each step and is fed what it found (Luong, Pham & Manning 2015): the decoder of a translator.
 *
 * Arrays of all steps lie step by step, so that each step is an LSTM layer of one step, an attention step and a product, which this
 * file only leads from one to the next. Threads own batch rows through the whole sequence, or columns of each product, and then meet
 * after it (recurrent.h). Gradients that are sums over steps wait for the end of the walk, where each thread finishes the keys and
 * values of a row while they lie in its cache. */
#include "attention.h"
#include "lstm.h"

/* ---- The parts of one step ---- */

INLINE int batch_of(const AttentionalLstm *d) { return d->attention.batch; }
INLINE int hidden_of(const AttentionalLstm *d) { return d->lstm.base.sequence.hidden_size; }
INLINE int inputs_of(const AttentionalLstm *d) { return d->lstm.base.sequence.input_size; }
INLINE int combined_of(const AttentionalLstm *d) { return d->attention.value_size + hidden_of(d); }

/* Where a step begins in an array of all steps. */
INLINE size_t step_at(const AttentionalLstm *d, int t, int size) { return (size_t)t * batch_of(d) * size; }

/* Where the attentional vector of a row lies, or its gradient. */
INLINE size_t attentional_at(const AttentionalLstm *d, int row, int t) { return ((size_t)row * d->time + t) * d->attentional_size; }

INLINE Lstm lstm_at(const AttentionalLstm *d, int t) {
  Lstm l = d->lstm;
  Recurrent *r = &l.base;
  int hidden = hidden_of(d);
  r->input = d->inputs + step_at(d, t, inputs_of(d));
  r->initial_hidden = d->hidden + step_at(d, t, hidden);
  r->output = d->hidden + step_at(d, t + 1, hidden);
  l.initial_cell = d->cells + step_at(d, t, hidden);
  l.cells = d->cells + step_at(d, t + 1, hidden);
  l.gates += step_at(d, t, GATES * hidden);
  l.tanh_cells += step_at(d, t, hidden);
  if (l.d_gates) r->d_gates_ih = r->d_gates_hh = l.d_gates += step_at(d, t, GATES * hidden);
  return l;
}

INLINE Attention attention_at(const AttentionalLstm *d, int t) {
  Attention a = d->attention;
  a.query = d->queries ? d->queries + step_at(d, t, a.query_size) : d->hidden + step_at(d, t + 1, a.query_size);
  a.context = d->combined + step_at(d, t, a.context_stride);
  a.weights += (size_t)t * a.time;
  if (a.tanhs) a.tanhs += step_at(d, t, a.time * a.query_size);
  if (!a.d_query) return a;
  if (a.d_weights) a.d_weights += (size_t)t * a.time;
  a.scratch += step_at(d, t, a.time);
  a.d_context = d->d_combined + step_at(d, t, a.context_stride);
  a.d_query += step_at(d, t, a.query_size);
  if (a.d_energy) a.d_energy += step_at(d, t, a.query_size);
  if (t < d->time - 1) a.add_to_keys = a.add_to_values = 1;
  return a;
}

/* ---- What a thread owns ---- */

/* All columns of some rows, or some columns of all rows. */
typedef struct {
  int first_row, last_row, begin, end;
} Part;

/* Columns are those of a product from `from` on, a multiple of TILE_COLS. */
INLINE Part part_of(const Share *rows, int by_columns, int from, int columns, int thread, int threads) {
  Part part = {rows->first_row, rows->last_row, from, columns};
  if (!by_columns) return part;
  split_range(columns - from, TILE_COLS, thread, threads, &part.begin, &part.end);
  part.begin += from, part.end += from;
  return part;
}

/* A part of a product of a [batch, k] left side. */
INLINE void multiply_part(const RightSide *b, const float *a, float *out, ptrdiff_t out_stride, Part part) {
  const float *a_rows[STEP_ROWS];
  float *out_rows[STEP_ROWS];
  for (int row = part.first_row; row < part.last_row; row += STEP_ROWS) {
    int count = part.last_row - row < STEP_ROWS ? part.last_row - row : STEP_ROWS;
    for (int i = 0; i < count; i++) {
      a_rows[i] = a + (size_t)(row + i) * b->k;
      out_rows[i] = out + (row + i) * out_stride;
    }
    gemm_rows(b, a_rows, count, out_rows, part.begin, part.end);
  }
}

/* The share of a thread in each product of a step. */
typedef struct {
  int threads, by_columns;
  Share units; /* of the LSTM */
  int first_attended, last_attended; /* rows of the attention */
} Walker;

/* Tiles of rows with which a thread uses what it reads of the weights well, and had better not wait for others at each product. */
#define OWN_TILES 4

INLINE Walker walker_of(const AttentionalLstm *d, int grain, int thread, int threads) {
  const Recurrent *r = &d->lstm.base;
  int by_columns = batch_of(d) < threads * OWN_TILES * TILE_ROWS && owns_recurrent_units(r, threads);
  Walker w = {.threads = threads, .by_columns = by_columns};
  w.units = share_of(&r->sequence, w.by_columns, grain, thread, threads);
  w.first_attended = w.units.first_row, w.last_attended = w.units.last_row;
  if (w.by_columns) split_range(batch_of(d), 1, thread, threads, &w.first_attended, &w.last_attended);
  return w;
}

/* After what others read. */
INLINE void end_part(const Walker *w) {
  if (w->by_columns) meet(w->threads);
}

INLINE void run_walk(AttentionalLstm *d, Job walk) {
  const Recurrent *r = &d->lstm.base;
  double products = (double)d->time * batch_of(d) * hidden_of(d) * (r->state_size + inputs_of(d)) * r->gates;
  run_if_large(walk, d, products, PARALLEL_PRODUCTS);
}

/* ---- Forward ---- */

/* Elements below which a second thread costs more than it brings. */
#define PARALLEL_COPIES 65536

static void pack_forward(void *pointer, int thread, int threads) {
  AttentionalLstm *d = pointer;
  int query = d->attention.query_size, begin, end;
  if (!d->lstm.base.is_packed) pack_groups(&d->lstm, thread, threads);
  if (d->weight_query && !d->is_query_packed) {
    Matrix weight = {.from = d->weight_query, .row_stride = hidden_of(d), .k = hidden_of(d), .n = query, .transposed = 1};
    split_range(query, TILE_COLS, thread, threads, &begin, &end);
    pack_columns(&weight, d->packed_query, begin, end);
  }
  if (!d->is_combine_packed) {
    Matrix weight = {.from = d->weight_combine, .row_stride = combined_of(d), .k = combined_of(d), .n = d->attentional_size, .transposed = 1};
    split_range(d->attentional_size, TILE_COLS, thread, threads, &begin, &end);
    pack_columns(&weight, d->packed_combine, begin, end);
  }
}

INLINE int is_all_packed(const AttentionalLstm *d) {
  return d->lstm.base.is_packed && d->is_combine_packed && (d->is_query_packed || !d->weight_query);
}

INLINE void copy_floats(float *to, const float *from, int count) { __builtin_memcpy(to, from, count * sizeof(float)); }

/* What is known before the first step: first states, and the vectors of all tokens. Threads own rows. */
static void fill_inputs(void *pointer, int thread, int threads) {
  const AttentionalLstm *d = pointer;
  int first, last, hidden = hidden_of(d), inputs = inputs_of(d), vector = d->vector_size;
  split_range(batch_of(d), 1, thread, threads, &first, &last);
  for (int row = first; row < last; row++) {
    size_t state = (size_t)row * hidden;
    copy_floats(d->hidden + state, d->initial_hidden + state, hidden);
    copy_floats(d->cells + state, d->initial_cell + state, hidden);
    for (int t = 0; t < d->time; t++) {
      float *to = d->inputs + step_at(d, t, inputs) + (size_t)row * inputs;
      copy_floats(to, d->input + ((size_t)row * d->time + t) * vector, vector);
      if (t == 0 && d->initial_attentional) copy_floats(to + vector, d->initial_attentional + (size_t)row * d->attentional_size, d->attentional_size);
    }
  }
}

/* Columns of the attentional vectors from their products, and into the inputs of the next step. */
static void finish_attentional(const AttentionalLstm *d, int t, Part part) {
  int count = part.end - part.begin, inputs = inputs_of(d);
  for (int row = part.first_row; row < part.last_row; row++) {
    float *to = d->output + attentional_at(d, row, t) + part.begin;
#define TANH(LOAD, STORE) STORE(to + i, vtanh(LOAD(to + i)));
    EACH_VECTOR(i, count, TANH);
#undef TANH
    if (!d->initial_attentional || t + 1 == d->time) continue;
    copy_floats(d->inputs + step_at(d, t + 1, inputs) + (size_t)row * inputs + d->vector_size + part.begin, to, count);
  }
}

static void walk_attending(void *pointer, int thread, int threads) {
  const AttentionalLstm *d = pointer;
  int hidden = hidden_of(d), query = d->attention.query_size, value = d->attention.value_size, combined = combined_of(d);
  Walker w = walker_of(d, LANES, thread, threads);
  RightSide weight_query = whole_right_side(d->packed_query, hidden, query, PRODUCT);
  RightSide weight_combine = whole_right_side(d->packed_combine, combined, d->attentional_size, PRODUCT);
  Part queries = part_of(&w.units, w.by_columns, 0, query, thread, threads);
  Part attentionals = part_of(&w.units, w.by_columns, 0, d->attentional_size, thread, threads);
  for (int t = 0; t < d->time; t++) {
    Lstm lstm = lstm_at(d, t);
    Attention attention = attention_at(d, t);
    lstm_step(&lstm, 0, w.units.first_row, w.units.last_row, &w.units);
    for (int row = w.units.first_row; row < w.units.last_row; row++) {
      const float *h = lstm.base.output + (size_t)row * hidden + w.units.first_unit;
      copy_floats(attention.context + (size_t)row * combined + value + w.units.first_unit, h, w.units.last_unit - w.units.first_unit);
    }
    end_part(&w);
    if (d->weight_query) {
      multiply_part(&weight_query, lstm.base.output, d->queries + step_at(d, t, query), query, queries);
      end_part(&w);
    }
    for (int row = w.first_attended; row < w.last_attended; row++) attend_row(&attention, row);
    end_part(&w);
    multiply_part(&weight_combine, attention.context, d->output + attentional_at(d, 0, t), attentional_at(d, 1, 0), attentionals);
    finish_attentional(d, t, attentionals);
    end_part(&w);
  }
}

EXPORT void attentional_lstm_forward(AttentionalLstm *d) {
  size_t states = step_at(d, 1, hidden_of(d)), last = step_at(d, d->time, hidden_of(d));
  sum_biases(&d->lstm);
  if (!is_all_packed(d)) run_walk(d, pack_forward);
  run_if_large(fill_inputs, d, (double)step_at(d, d->time, inputs_of(d)), PARALLEL_COPIES);
  run_walk(d, walk_attending);
  __builtin_memcpy(d->hidden_state, d->hidden + last, states * sizeof(float));
  __builtin_memcpy(d->cell_state, d->cells + last, states * sizeof(float));
}

/* ---- Backward ---- */

static void pack_backward(void *pointer, int thread, int threads) {
  AttentionalLstm *d = pointer;
  int query = d->attention.query_size, combined = combined_of(d), begin, end;
  if (!d->lstm.base.is_packed) pack_as_they_lie(&d->lstm, thread, threads);
  if (d->weight_query && !d->is_query_packed) {
    Matrix weight = {.from = d->weight_query, .row_stride = hidden_of(d), .k = query, .n = hidden_of(d)};
    split_range(hidden_of(d), TILE_COLS, thread, threads, &begin, &end);
    pack_columns(&weight, d->packed_query, begin, end);
  }
  if (!d->is_combine_packed) {
    Matrix weight = {.from = d->weight_combine, .row_stride = combined, .k = d->attentional_size, .n = combined};
    split_range(combined, TILE_COLS, thread, threads, &begin, &end);
    pack_columns(&weight, d->packed_combine, begin, end);
  }
}

/* Gradients behind the last step. Threads own rows. */
static void begin_gradients(void *pointer, int thread, int threads) {
  const AttentionalLstm *d = pointer;
  int hidden = hidden_of(d), inputs = inputs_of(d);
  Share rows = {0};
  split_range(batch_of(d), 1, thread, threads, &rows.first_row, &rows.last_row);
  begin_state_gradient(&rows, d->d_hidden_state, d->lstm.base.d_initial_hidden, hidden, 0, hidden);
  begin_state_gradient(&rows, d->d_cell_state, d->lstm.d_initial_cell, hidden, 0, hidden);
  for (int row = rows.first_row; row < rows.last_row; row++) __builtin_memset(d->d_inputs + (size_t)row * inputs, 0, inputs * sizeof(float));
}

/* From what a step gave out and was fed to the next, back through the tanh. */
static void attentional_gradient(const AttentionalLstm *d, int t, Part part) {
  int size = d->attentional_size, inputs = inputs_of(d), is_fed = d->initial_attentional != 0;
  for (int row = part.first_row; row < part.last_row; row++) {
    const float *y = d->output + attentional_at(d, row, t), *dy = d->d_output ? d->d_output + attentional_at(d, row, t) : 0;
    const float *fed = d->d_inputs + (size_t)row * inputs + d->vector_size;
    float *to = d->d_combine + step_at(d, t, size) + (size_t)row * size;
#define TANH(LOAD, STORE)                                                                      \
  {                                                                                            \
    vfloat given = (dy ? LOAD(dy + part.begin + i) : splat(0)) + (is_fed ? LOAD(fed + part.begin + i) : splat(0)); \
    STORE(to + part.begin + i, given * one_less_square(LOAD(y + part.begin + i)));             \
  }
    EACH_VECTOR(i, part.end - part.begin, TANH);
#undef TANH
  }
}

/* Adds to the gradient of the hidden state what comes from its other uses. */
static void add_hidden_gradients(const AttentionalLstm *d, int t, const Share *share) {
  int hidden = hidden_of(d), combined = combined_of(d), first = share->first_unit;
  const float *d_query = d->weight_query ? d->d_projected : d->attention.d_query + step_at(d, t, hidden);
  for (int row = share->first_row; row < share->last_row; row++) {
    size_t at = (size_t)row * hidden + first;
    float *to = d->lstm.base.d_initial_hidden + at;
    const float *of_combined = d->d_combined + step_at(d, t, combined) + (size_t)row * combined + d->attention.value_size + first;
    const float *of_query = d_query + at;
#define ADD(LOAD, STORE) STORE(to + i, (LOAD(to + i) + LOAD(of_combined + i)) + LOAD(of_query + i));
    EACH_VECTOR(i, share->last_unit - first, ADD);
#undef ADD
  }
}

static void walk_back(void *pointer, int thread, int threads) {
  const AttentionalLstm *d = pointer;
  int hidden = hidden_of(d), gates = GATES * hidden, query = d->attention.query_size;
  int inputs = inputs_of(d), combined = combined_of(d), size = d->attentional_size;
  Walker w = walker_of(d, TILE_COLS, thread, threads);
  RightSide weight_combine = whole_right_side(d->packed_combine, size, combined, PRODUCT);
  RightSide weight_query = whole_right_side(d->packed_query, query, hidden, PRODUCT);
  RightSide weight_ih = whole_right_side(d->lstm.base.packed_ih, gates, inputs, PRODUCT);
  RightSide weight_hh = whole_right_side(d->lstm.base.packed_hh, gates, hidden, PRODUCT);
  Part attentionals = part_of(&w.units, w.by_columns, 0, size, thread, threads);
  Part of_combined = part_of(&w.units, w.by_columns, 0, combined, thread, threads);
  Part fed = part_of(&w.units, w.by_columns, d->vector_size / TILE_COLS * TILE_COLS, inputs, thread, threads);
  Part states = {w.units.first_row, w.units.last_row, w.units.first_unit, w.units.last_unit};
  for (int t = d->time - 1; t >= 0; t--) {
    Lstm lstm = lstm_at(d, t);
    Attention attention = attention_at(d, t);
    attentional_gradient(d, t, attentionals);
    end_part(&w);
    multiply_part(&weight_combine, d->d_combine + step_at(d, t, size), d->d_combined + step_at(d, t, combined), combined, of_combined);
    end_part(&w);
    for (int row = w.first_attended; row < w.last_attended; row++) query_gradient_row(&attention, row);
    end_part(&w);
    if (d->weight_query) multiply_part(&weight_query, attention.d_query, d->d_projected, hidden, states);
    add_hidden_gradients(d, t, &w.units);
    lstm_step_gradients(&lstm, 0, w.units.first_row, w.units.last_row, &w.units);
    end_part(&w);
    multiply_part(&weight_hh, lstm.d_gates, lstm.base.d_initial_hidden, hidden, states);
    if (d->initial_attentional) multiply_part(&weight_ih, lstm.d_gates, d->d_inputs, inputs, fed);
    end_part(&w);
  }
}

/* Threads own positions. */
static void vector_gradients(void *pointer, int thread, int threads) {
  const AttentionalLstm *d = pointer;
  int batch = batch_of(d), gates = GATES * hidden_of(d), first, last;
  RightSide weight_ih = whole_right_side(d->lstm.base.packed_ih, gates, d->vector_size, PRODUCT);
  const float *a_rows[STEP_ROWS];
  float *out_rows[STEP_ROWS];
  split_range(d->time * batch, TILE_ROWS, thread, threads, &first, &last);
  for (; first < last; first += STEP_ROWS) {
    int count = last - first < STEP_ROWS ? last - first : STEP_ROWS;
    for (int i = 0; i < count; i++) {
      int t = (first + i) / batch, row = (first + i) % batch;
      a_rows[i] = d->lstm.d_gates + (size_t)(first + i) * gates;
      out_rows[i] = d->d_input + ((size_t)row * d->time + t) * d->vector_size;
    }
    gemm_rows(&weight_ih, a_rows, count, out_rows, 0, d->vector_size);
  }
}

/* Threads own rows. */
static void memory_gradients(void *pointer, int thread, int threads) {
  const AttentionalLstm *d = pointer;
  int first, last;
  split_range(batch_of(d), 1, thread, threads, &first, &last);
  for (int row = first; row < last; row++) {
    for (int t = d->time - 1; t >= 0; t--) {
      Attention attention = attention_at(d, t);
      memory_gradient_row(&attention, row);
    }
  }
}

/* Adds the sums of a step to those of the steps after it. */
static void add_sums(float *to, const float *sums, int count, int is_first) {
  for (int i = 0; i < count; i++) to[i] = is_first ? sums[i] : to[i] + sums[i];
}

static void sum_over_rows(const AttentionalLstm *d) {
  int batch = batch_of(d), gates = GATES * hidden_of(d), query = d->attention.query_size;
  for (int t = d->time - 1; t >= 0; t--) {
    int is_first = t == d->time - 1;
    column_sums(d->lstm.d_gates + step_at(d, t, gates), gates, 0, 0, batch, d->sums, gates);
    add_sums(d->lstm.d_bias, d->sums, gates, is_first);
    if (!d->d_energy) continue;
    reduce(REDUCE_SUM, d->attention.d_energy + step_at(d, t, query), d->sums, 1, batch, query);
    add_sums(d->d_energy, d->sums, query, is_first);
  }
}

EXPORT void attentional_lstm_backward(AttentionalLstm *d) {
  run_walk(d, pack_backward);
  run_walk(d, begin_gradients);
  run_walk(d, walk_back);
  if (d->d_input) run_walk(d, vector_gradients);
  run_walk(d, memory_gradients);
  sum_over_rows(d);
  for (int row = 0; d->d_initial_attentional && row < batch_of(d); row++) {
    copy_floats(d->d_initial_attentional + (size_t)row * d->attentional_size, d->d_inputs + (size_t)row * inputs_of(d) + d->vector_size, d->attentional_size);
  }
}

#include "recurrent.h"

INTERNAL void run_recurrent(const Recurrent *r, Job job, void *layer) {
  const Sequence *s = &r->sequence;
  double products = (double)s->positions * s->hidden_size * (r->state_size + s->input_size) * r->gates;
  run_if_large(job, layer, products, PARALLEL_PRODUCTS);
}

static void pack_group(const Recurrent *r, int group) {
  int hidden = r->sequence.hidden_size, input = r->sequence.input_size, state = r->state_size;
  int unit = group * LANES, count = hidden - unit < LANES ? hidden - unit : LANES;
  float *panel_ih = r->packed_ih + (size_t)group * TILE_COLS * input, *panel_hh = r->packed_hh + (size_t)group * TILE_COLS * state;
  for (int gate = 0; gate < r->gates; gate++) {
    size_t row = (size_t)gate * hidden + unit;
    pack_vector(r->weight_ih + row * input, input, count, input, panel_ih, gate);
    pack_vector(r->weight_hh + row * state, state, count, state, panel_hh, gate);
  }
}

INTERNAL void pack_groups(void *layer, int thread, int threads) {
  const Recurrent *r = layer;
  int first, last;
  split_range(group_count(r->sequence.hidden_size), 1, thread, threads, &first, &last);
  for (int group = first; group < last; group++) pack_group(r, group);
}

/* dh of the previous step = dgates W_hh, dx = dgates W_ih; both sum over the gates, so W is packed as it lies. */
INTERNAL void pack_as_they_lie(void *layer, int thread, int threads) {
  const Recurrent *r = layer;
  int gates = r->gates * r->sequence.hidden_size, state = r->state_size, input = r->sequence.input_size, begin, end;
  Matrix weight_hh = {.from = r->weight_hh, .row_stride = state, .k = gates, .n = state};
  Matrix weight_ih = {.from = r->weight_ih, .row_stride = input, .k = gates, .n = input};
  split_range(state, TILE_COLS, thread, threads, &begin, &end);
  pack_columns(&weight_hh, r->packed_hh, begin, end);
  if (!r->d_input) return;
  split_range(input, TILE_COLS, thread, threads, &begin, &end);
  pack_columns(&weight_ih, r->packed_ih, begin, end);
}

/* Threads own positions. */
static void input_gradients(void *layer, int thread, int threads) {
  const Recurrent *r = layer;
  const Sequence *s = &r->sequence;
  int gates = r->gates * s->hidden_size, first, last;
  RightSide weight_ih = whole_right_side(r->packed_ih, gates, s->input_size, PRODUCT);
  const float *a_rows[STEP_ROWS];
  float *out_rows[STEP_ROWS];
  split_range(s->positions, TILE_ROWS, thread, threads, &first, &last);
  for (int position = first, t = 0; position < last;) {
    int count = 0;
    for (; count < STEP_ROWS && position < last; position++) {
      while (position >= s->position_at[t + 1]) t++;
      a_rows[count] = r->d_gates_ih + (size_t)position * gates;
      out_rows[count++] = r->d_input + padded_at(s, s->rows[position], t, s->input_size);
    }
    gemm_rows(&weight_ih, a_rows, count, out_rows, 0, s->input_size);
    weight_ih.goes_back = !weight_ih.goes_back;
  }
  split_range(s->batch, 1, thread, threads, &first, &last);
  clear_padding(s, r->d_input, s->input_size, s->input_size, first, last);
}

/* Packs the right sides of the weight gradients: rows of x and of the previous hidden state. Threads own positions. */
static void pack_positions(void *layer, int thread, int threads) {
  const Recurrent *r = layer;
  const Sequence *s = &r->sequence;
  int first, last;
  split_range(s->positions, 1, thread, threads, &first, &last);
  for (int position = first, t = 0; position < last; position++) {
    while (position >= s->position_at[t + 1]) t++;
    int row = s->rows[position];
    if (r->mask) mask_hidden(r, t, position, position + 1, 0, r->state_size);
    pack_row(r->input + padded_at(s, row, t, s->input_size), r->packed_inputs, s->positions, s->input_size, position);
    pack_row(seen_hidden(r, position, row, t), r->packed_previous, s->positions, r->state_size, position);
  }
}

/* dW = dgates^T [x, h]: rows are gates, the sum runs over positions; each thread owns a range of gates. */
static void weight_gradients(void *layer, int thread, int threads) {
  const Recurrent *r = layer;
  const Sequence *s = &r->sequence;
  int gates = r->gates * s->hidden_size, begin, end;
  float *strips = r->strips + thread * left_size(s->positions);
  Target targets[] = {{r->packed_inputs, s->input_size, r->d_weight_ih}, {r->packed_previous, r->state_size, r->d_weight_hh}};
  split_range(gates, TILE_ROWS, thread, threads, &begin, &end);
  int is_shared = r->d_gates_ih == r->d_gates_hh;
  gemm_columns(r->d_gates_ih, gates, begin, end, s->positions, targets, is_shared ? 2 : 1, strips);
  if (!is_shared) gemm_columns(r->d_gates_hh, gates, begin, end, s->positions, targets + 1, 1, strips);
}

INTERNAL void input_and_weight_gradients(const Recurrent *r) {
  if (r->d_input) run_recurrent(r, input_gradients, (void *)r);
  if (!r->d_weight_ih) return;
  run_recurrent(r, pack_positions, (void *)r);
  run_recurrent(r, weight_gradients, (void *)r);
}

/* Columns whose block sums stay in the first-level cache. */
#define SUM_COLUMNS 256
/* Elements below which a second thread costs more than it brings. */
#define PARALLEL_SUMS 65536

typedef struct {
  const float *values, *factors;
  int stride, factor_stride, count, columns;
  float *sums;
} ColumnSums;

/* Columns [first, first + width), width at most SUM_COLUMNS. */
static void sum_some_columns(const ColumnSums *s, int first, int width) {
  float *sums = s->sums + first;
  for (int c = 0; c < width; c++) sums[c] = 0;
  for (int block = 0; block < s->count; block += PRODUCT_BLOCK) {
    int stop = block + PRODUCT_BLOCK < s->count ? block + PRODUCT_BLOCK : s->count;
    float sum[SUM_COLUMNS] = {0};
    for (int i = block; i < stop; i++) {
      const float *value = s->values + (size_t)i * s->stride + first, *factor = s->factors + (size_t)i * s->factor_stride + first;
#define ADD(LOAD, STORE) store(sum + c, LOAD(value + c) + load(sum + c));
#define ADD_PRODUCT(LOAD, STORE) store(sum + c, fused(LOAD(value + c), LOAD(factor + c), load(sum + c)));
      if (s->factors) EACH_VECTOR(c, width, ADD_PRODUCT);
      else EACH_VECTOR(c, width, ADD);
#undef ADD
#undef ADD_PRODUCT
    }
    for (int c = 0; c < width; c++) sums[c] = block == 0 ? sum[c] : sums[c] + sum[c];
  }
}

/* Threads own columns. */
static void sum_columns(void *pointer, int thread, int threads) {
  const ColumnSums *s = pointer;
  int begin, end;
  split_range(s->columns, 16, thread, threads, &begin, &end);
  for (int first = begin; first < end; first += SUM_COLUMNS) {
    sum_some_columns(s, first, end - first < SUM_COLUMNS ? end - first : SUM_COLUMNS);
  }
}

INTERNAL void column_sums(const float *values, int stride, const float *factors, int factor_stride, int count, float *sums, int columns) {
  ColumnSums args = {values, factors, stride, factor_stride, count, columns, sums};
  run_if_large(sum_columns, &args, (double)count * columns, PARALLEL_SUMS);
}

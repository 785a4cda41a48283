/* What the recurrent layers share: real positions, the walk over time, and how threads divide a sequence.
 *
 * Real positions are numbered by time, then by row, and only they are computed. A thread owns either batch rows, and then walks
 * the sequence alone, or hidden units of all rows, and then meets the others after each step: the weights that it reads at each
 * step stay in its cache. */
#pragma once
#include "pack.h"
#include "pool.h"

/* One layer in one direction over a padded batch. */
typedef struct {
  int batch, time, input_size, hidden_size, reverse, positions;
  const int *lengths;     /* [batch] */
  const int *position_at; /* [time + 1]: first position of each time step */
  const int *rows;        /* [positions]: batch row of each position */
} Sequence;

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

/* Row of a state before the step at t: of the initial state, or of the position or padded row of the step before. */
INLINE const float *previous_output(const Sequence *s, const float *initial, const float *output, int row, int t, int size) {
  int before = previous_time(s, row, t);
  return before < 0 ? initial + (size_t)row * size : output + padded_at(s, row, before, size);
}
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

/* Whether threads own units: where the weights are large, or there are too few rows to go round. */
INLINE int owns_units(const Sequence *s, int threads, size_t weights) {
  return threads > 1 && (weights * sizeof(float) > CACHED_WEIGHTS || s->batch < threads * TILE_ROWS);
}

/* Units are split in multiples of grain. */
INLINE Share share_of(const Sequence *s, int by_units, int grain, int thread, int threads) {
  Share share = {0, s->batch, 0, s->hidden_size};
  if (by_units) split_range(s->hidden_size, grain, thread, threads, &share.first_unit, &share.last_unit);
  else split_rows(s, thread, threads, &share.first_row, &share.last_row);
  return share;
}

/* Zeros the padding of a [batch, time, size] array in the rows [first, last). */
INLINE void clear_padding(const Sequence *s, float *array, int size, int first, int last) {
  for (int row = first; row < last; row++)
    __builtin_memset(array + padded_at(s, row, s->lengths[row], size), 0, (size_t)(s->time - s->lengths[row]) * size * sizeof(float));
}

/* Rows of a step that a thread works on at once. */
#define STEP_ROWS 48

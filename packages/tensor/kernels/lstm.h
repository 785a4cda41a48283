/* The arguments of an LSTM layer, and its variants' side of lstm.c. */
#pragma once
#include "recurrent.h"

typedef struct Lstm {
  Recurrent base;
  const float *initial_cell; /* [batch, hidden]; zeros where the caller gave none */
  float *cell_state;
  float *gates, *cells, *tanh_cells;
  const float *d_cell_state; /* null: zeros */
  float *d_initial_cell;
  float *d_gates; /* [positions, 4 hidden]: of the pre-activations */
  float *d_bias;
  float *bias; /* forward: summed biases, packed like a row of the weights; as they lie where has_extras */
  int has_extras;
  /* From here on null, or infinite, where an option is off; the work space is [positions, ...]. */
  float cell_clip;
  const float *weight_hr; /* [state, hidden] */
  float *d_weight_hr, *packed_hr, *unprojected, *d_state, *d_unprojected, *packed_unprojected, *hr_strips;
  const float *peepholes; /* [3 hidden]: of i, f and o */
  float *d_peepholes, *cells_before;
  const float *gain_ih, *gain_hh, *gain_cell, *bias_cell;
  float *d_gain_ih, *d_gain_hh, *d_gain_cell, *d_bias_cell;
  float *norm_ih, *norm_hh, *norm_cell, *norm_scales; /* normalized values; [positions, 3]: their scales */
  float *d_cells;                                     /* of the argument of the cell's tanh */
} Lstm;

enum { INPUT_GATE, FORGET_GATE, CELL_CANDIDATE, OUTPUT_GATE, GATES };

INLINE const float *previous_cell(const Lstm *l, int row, int t) {
  return previous_state(&l->base.sequence, l->initial_cell, l->cells, row, t, l->base.sequence.hidden_size);
}

/* The cell states behind the last steps of the rows [first, last). */
INLINE void copy_last_cells(const Lstm *l, int first, int last) {
  const Sequence *s = &l->base.sequence;
  int hidden = s->hidden_size;
  for (int row = first; row < last; row++) {
    const float *c = l->initial_cell + (size_t)row * hidden;
    if (s->lengths[row]) c = l->cells + (size_t)position_of(s, row, s->reverse ? 0 : s->lengths[row] - 1) * hidden;
    __builtin_memcpy(l->cell_state + (size_t)row * hidden, c, hidden * sizeof(float));
  }
}

/* Both passes of a layer with a mask, projection, peepholes, layer normalization or cell clip. */
INTERNAL void extended_lstm_forward(Lstm *l);
INTERNAL void extended_lstm_backward(Lstm *l);

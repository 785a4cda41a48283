/* What lstm.c and its variants in lstm_extras.c share. */
#pragma once
#include "recurrent.h"

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

/* Fills bias for the forward pass. */
INTERNAL void sum_biases(const Lstm *l);

/* One step of the positions [begin, end), in the units of the share. */
INTERNAL void lstm_step(const void *layer, int t, int begin, int end, const Share *share);

/* Their gate gradients; the gradients of the initial states hold the recurrent part, and that of the cell moves on to the step
 * before. */
INTERNAL void lstm_step_gradients(const void *layer, int t, int begin, int end, const Share *share);

/* Both passes of a layer with a mask, projection, peepholes, layer normalization or cell clip. */
INTERNAL void extended_lstm_forward(Lstm *l);
INTERNAL void extended_lstm_backward(Lstm *l);

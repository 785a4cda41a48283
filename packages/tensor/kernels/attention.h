/* What attention.c and attentional_lstm.c share: one row of one attention step. */
#pragma once
#include "kernels.h"

/* Context and weights of a row. */
INTERNAL void attend_row(const Attention *a, int row);

/* Gradients of a row's query and energy; those of its scores stay in the scratch space. */
INTERNAL void query_gradient_row(const Attention *a, int row);

/* Gradients of a row's keys and values, from those of its scores. */
INTERNAL void memory_gradient_row(const Attention *a, int row);

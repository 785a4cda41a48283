/* What kernels that work on rows of logits share (rows.c, likeliest.c). */
#pragma once
#include "log_sum_exp.h"

/* A NaN is larger than every number. */
INLINE int is_larger(float a, float b) { return a > b || (a != a && b == b); }

INLINE float row_max(const float *x, int classes) {
  int c = 0;
  float best = x[0];
  if (classes >= LANES) {
    vfloat top = load(x);
    for (c = LANES; c + LANES <= classes; c += LANES) top = maximum(top, load(x + c));
    best = top[0];
    for (int lane = 1; lane < LANES; lane++) best = scalar_maximum(best, top[lane]);
  }
  for (; c < classes; c++) best = scalar_maximum(best, x[c]);
  return best;
}

/* Of a row's logits less its shift. */
INLINE float log_sum_exp(const float *x, int classes, float *shift) {
  float top = row_max(x, classes), total;
  LANE_SUM(total, classes, vexp(load(x + i) - top));
  *shift = shift_of(splat(top))[0];
  return (top - *shift) + scalar_log(total);
}

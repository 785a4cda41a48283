/* What the kernels of cross-entropy share (rows.c, linear_cross_entropy.c). */
#pragma once
#include "log_sum_exp.h"

INLINE float mean_weight(const float *class_weights, int classes) {
  if (!class_weights) return 1.f;
  float total;
  LANE_SUM(total, classes, load(class_weights + i));
  return total / (float)classes;
}

typedef struct {
  float smoothing, weight, mean_weight; /* weight: of the row's target */
  int classes;
} RowLoss;

/* All less the row's shift. logit: of the target; total: of the row's logits, times the classes' weights, where there is smoothing. */
INLINE float row_loss(RowLoss of, float log_sum_exp, float logit, float total) {
  float loss = ((1.f - of.smoothing) * of.weight) * (log_sum_exp - logit);
  return of.smoothing > 0 ? loss + of.smoothing * (of.mean_weight * log_sum_exp - total / (float)of.classes) : loss;
}

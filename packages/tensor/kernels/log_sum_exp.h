/* Sums of exponentials of logits, in log space. */
#pragma once
#include "vector.h"

/* Where the largest logit of a row is at least so large, it is subtracted from all of them first: beside it the logarithm of their sum
 * would be rounded away. */
#define LARGE_LOGIT 64.f

/* What is subtracted from the logits of rows with these maxima. */
INLINE vfloat shift_of(vfloat maxima) { return select_float(absolute(maxima) >= LARGE_LOGIT, maxima, splat(0)); }

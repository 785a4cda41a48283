/* How kernels over all elements share their work among threads. */
#pragma once
#include "pool.h"
#include "vector.h"

/* Below this many elements a second thread costs more than it brings. */
#define PARALLEL_ELEMENTS 65536

static inline void run_elements(Job job, void *args, double elements) {
  run_if_large(job, args, elements, PARALLEL_ELEMENTS);
}

/* The part of a walk that a thread owns: whole runs, or a piece of the only one. */
INLINE void split_runs(int outer, int count, int thread, int threads, int *first, int *last, int *begin, int *end) {
  *first = 0, *last = outer, *begin = 0, *end = count;
  if (outer == 1) split_range(count, 16, thread, threads, begin, end);
  else split_range(outer, 1, thread, threads, first, last);
}

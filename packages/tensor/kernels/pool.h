/* A team of threads that splits outputs, never sums: results do not depend on how many there are. */
#pragma once

typedef void (*Job)(void *args, int thread, int threads);

/* Runs job on every thread of the team and returns when all are done. */
void run_parallel(Job job, void *args);

/* Threads of the team, the caller included. */
int team_size(void);

/* The part of [0, count) that a thread owns, in whole multiples of grain: [*begin, *end). */
static inline void split_range(int count, int grain, int thread, int threads, int *begin, int *end) {
  int grains = (count + grain - 1) / grain;
  int first = (int)((int64_t)grains * thread / threads) * grain;
  int last = (int)((int64_t)grains * (thread + 1) / threads) * grain;
  *begin = first < count ? first : count;
  *end = last < count ? last : count;
}

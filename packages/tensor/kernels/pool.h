/* A team of threads that splits outputs, never sums: results do not depend on how many there are. */
#pragma once
#include <stdint.h>

typedef void (*Job)(void *args, int thread, int threads);

/* A caller and its workers. All zero is a team of one. */
typedef struct {
  int32_t workers;
  int32_t generation; /* rises with each job */
  int32_t unfinished; /* workers that are still at the job */
  int32_t sleepers;
  int32_t meetings; /* rises each time that all threads have met */
  int32_t arrived;  /* threads that wait for the next meeting */
  int32_t is_crowded; /* it has more threads than there are processors */
  int32_t is_caller_awake; /* the caller may not sleep, as the main thread of a browser: nobody does inside a job */
  Job job; /* null: the workers end */
  void *args;
} Team;

/* The team of the calling thread, which run_parallel uses. */
#ifdef __wasm__
extern Team *current_team; /* each session has an instance of its own */
#else
extern _Thread_local Team *current_team;
#endif

/* Threads of the current team, the caller among them. */
static inline int team_size(void) { return current_team->workers + 1; }

/* Inside a job of that many threads: returns when all of them have called it. */
void meet(int threads);

/* Runs job on every thread of the team and returns when all are done. */
void run_parallel(Job job, void *args);

/* The same where the work, in whatever the kernel counts, is worth a second thread; otherwise on the caller alone. */
static inline void run_if_large(Job job, void *args, double work, double threshold) {
  if (work > threshold) run_parallel(job, args);
  else job(args, 0, 1);
}

/* The life of one worker, numbered from 1. */
void work_for(Team *team, int thread);

/* Ends all workers: each returns from work_for. */
void end_workers(Team *team);

/* The part of [0, count) that a thread owns, in whole multiples of grain: [*begin, *end). */
static inline void split_range(int count, int grain, int thread, int threads, int *begin, int *end) {
  int grains = (count + grain - 1) / grain;
  int first = (int)((int64_t)grains * thread / threads) * grain;
  int last = (int)((int64_t)grains * (thread + 1) / threads) * grain;
  *begin = first < count ? first : count;
  *end = last < count ? last : count;
}

/* The thread team over shared WebAssembly memory: workers spin for a while, then sleep on a futex. */
#include "vector.h"
#include "pool.h"

#define SPINS 20000

static int32_t generation;
static int32_t unfinished;
static int32_t workers;
static Job current_job;
static void *current_args;

int team_size(void) { return workers + 1; }

EXPORT void set_workers(int count) { workers = count; }

void run_parallel(Job job, void *args) {
  if (workers == 0) {
    job(args, 0, 1);
    return;
  }
  current_job = job;
  current_args = args;
  __atomic_store_n(&unfinished, workers, __ATOMIC_SEQ_CST);
  __atomic_add_fetch(&generation, 1, __ATOMIC_SEQ_CST);
  __builtin_wasm_memory_atomic_notify(&generation, (unsigned)workers);
  job(args, 0, workers + 1);
  while (__atomic_load_n(&unfinished, __ATOMIC_SEQ_CST) != 0) {
  }
}

/* The life of one worker thread, numbered from 1. */
EXPORT void worker_loop(int thread) {
  int32_t seen = 0;
  for (;;) {
    int spins = 0;
    while (__atomic_load_n(&generation, __ATOMIC_SEQ_CST) == seen) {
      if (++spins > SPINS) __builtin_wasm_memory_atomic_wait32(&generation, seen, -1);
    }
    seen++;
    current_job(current_args, thread, workers + 1);
    __atomic_sub_fetch(&unfinished, 1, __ATOMIC_SEQ_CST);
  }
}

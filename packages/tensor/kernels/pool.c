/* The thread team: who waits spins for a moment, since jobs of one training step follow each other closely, then lets other threads
 * have the processor, then sleeps. In a crowded team it sleeps at once: turns that all those give away who wait cost more than waking
 * them, and many times as much where other programs take the turns. */
#include "pool.h"
#include "waiting.h"

#ifdef __wasm__
static Team the_team;
Team *current_team = &the_team;
__attribute__((visibility("default"))) void set_workers(int count, int is_caller_awake) {
  the_team.workers = count;
  the_team.is_caller_awake = is_caller_awake;
}
__attribute__((visibility("default"))) void worker_loop(int thread) { work_for(&the_team, thread); }
#else
_Thread_local Team *current_team;
#endif

/* Returns when *number is no longer value. Only workers wait for the next job, so they may always sleep there. */
static void wait_for_change(Team *team, int32_t *number, int32_t value) {
  int may_sleep = !team->is_caller_awake || number == &team->generation;
  int most = SPINS + (team->is_crowded ? 0 : YIELDS);
  for (int turns = 0; turns < most || !may_sleep; turns += turns < most) {
    if (__atomic_load_n(number, __ATOMIC_SEQ_CST) != value) return;
    if (turns < SPINS) spin_once();
    else yield_once();
  }
  __atomic_add_fetch(&team->sleepers, 1, __ATOMIC_SEQ_CST);
  while (__atomic_load_n(number, __ATOMIC_SEQ_CST) == value) sleep_while_equal(number, value);
  __atomic_sub_fetch(&team->sleepers, 1, __ATOMIC_SEQ_CST);
}

/* Who sleeps has raised `sleepers` before it looked at the number, so that one of the two sees the other. */
static void wake(Team *team, int32_t *number) {
  if (__atomic_load_n(&team->sleepers, __ATOMIC_SEQ_CST) > 0) wake_all(number);
}

void meet(int threads) {
  if (threads == 1) return;
  Team *team = current_team;
  int32_t seen = __atomic_load_n(&team->meetings, __ATOMIC_SEQ_CST);
  if (__atomic_add_fetch(&team->arrived, 1, __ATOMIC_SEQ_CST) < threads) {
    wait_for_change(team, &team->meetings, seen);
    return;
  }
  __atomic_store_n(&team->arrived, 0, __ATOMIC_SEQ_CST);
  __atomic_add_fetch(&team->meetings, 1, __ATOMIC_SEQ_CST);
  wake(team, &team->meetings);
}

static void start_job(Team *team, Job job, void *args) {
  team->job = job;
  team->args = args;
  __atomic_store_n(&team->unfinished, team->workers, __ATOMIC_SEQ_CST);
  __atomic_add_fetch(&team->generation, 1, __ATOMIC_SEQ_CST);
  wake(team, &team->generation);
}

static void finish_job(Team *team) {
  for (int32_t left; (left = __atomic_load_n(&team->unfinished, __ATOMIC_SEQ_CST)) != 0;) wait_for_change(team, &team->unfinished, left);
}

void run_parallel(Job job, void *args) {
  Team *team = current_team;
  if (team->workers == 0) {
    job(args, 0, 1);
    return;
  }
  start_job(team, job, args);
  job(args, 0, team->workers + 1);
  finish_job(team);
}

void work_for(Team *team, int thread) {
  current_team = team;
  for (int32_t seen = 0;; seen++) {
    wait_for_change(team, &team->generation, seen);
    Job job = team->job;
    if (job) job(team->args, thread, team->workers + 1);
    __atomic_sub_fetch(&team->unfinished, 1, __ATOMIC_SEQ_CST);
    wake(team, &team->unfinished);
    if (!job) return;
  }
}

void end_workers(Team *team) {
  start_job(team, 0, 0);
  finish_job(team);
}

/* How a thread waits: a pause in a spinning loop, turns given to others, and sleep until a number changes. */
#pragma once
#include <stdint.h>

#if defined(__wasm__) && !defined(__wasm_atomics__)
/* Memory that is not shared has one thread, which never waits. */

#define SPINS 0
#define YIELDS 0
static inline void spin_once(void) {}
static inline void yield_once(void) {}
static inline void sleep_while_equal(int32_t *number, int32_t value) { (void)number, (void)value; }
static inline void wake_all(int32_t *number) { (void)number; }

#elif defined(__wasm__)

/* Some 100 microseconds. No instruction gives a turn away, so sleep comes early; sooner, and small jobs would wait for workers to wake. */
#define SPINS 3000
#define YIELDS 0

/* Without the fence V8 reads the number once, before the loop, and the spinning sees no change. */
static inline void spin_once(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
static inline void yield_once(void) { spin_once(); }
static inline void sleep_while_equal(int32_t *number, int32_t value) { __builtin_wasm_memory_atomic_wait32(number, value, -1); }
static inline void wake_all(int32_t *number) { __builtin_wasm_memory_atomic_notify(number, 0xffffffffu); }

#else
#include <pthread.h>
#include <sched.h>

/* A few microseconds of pauses, then about a millisecond of turns: who is waited for may need this very processor. */
#define SPINS 200
#define YIELDS 2000

static pthread_mutex_t waiting_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t waiting_changed = PTHREAD_COND_INITIALIZER;

static inline void spin_once(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static inline void yield_once(void) { sched_yield(); }

static inline void sleep_while_equal(int32_t *number, int32_t value) {
  pthread_mutex_lock(&waiting_mutex);
  while (__atomic_load_n(number, __ATOMIC_SEQ_CST) == value) pthread_cond_wait(&waiting_changed, &waiting_mutex);
  pthread_mutex_unlock(&waiting_mutex);
}

static inline void wake_all(int32_t *number) {
  (void)number;
  pthread_mutex_lock(&waiting_mutex);
  pthread_cond_broadcast(&waiting_changed);
  pthread_mutex_unlock(&waiting_mutex);
}

#endif

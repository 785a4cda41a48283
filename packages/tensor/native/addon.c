/* The Node-API side of the kernels. JavaScript sees what it sees of the WebAssembly instance: functions that take 32-bit
 * addresses in one block of memory. Here an address becomes a pointer. */
#include <node_api.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif
#if defined(__linux__)
#include <sys/mman.h>
#endif
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif
#include "../kernels/pool.h"
#include "instruction-sets.h"

/* One session: its kernels, its memory and its threads. */
typedef struct {
  const KernelTable *kernels;
  char *memory;
  Team team;
  pthread_t *threads;
  int started; /* threads that run beside the caller, of which a job uses all or none */
  int functions;  /* JavaScript functions that still point here */
  size_t guarded; /* bytes of memory that guards were set in */
} Context;

/* ---- Floating point: rounding to nearest, denormals kept, whatever the process has set ---- */

#if defined(__x86_64__)
typedef unsigned FloatState;
static FloatState enter_kernels(void) {
  unsigned before = _mm_getcsr();
  _mm_setcsr(0x1f80);
  return before;
}
static void leave_kernels(FloatState before) { _mm_setcsr(before); }
#elif defined(__aarch64__)
typedef uint64_t FloatState;
static FloatState enter_kernels(void) {
  uint64_t before;
  __asm__ volatile("mrs %0, fpcr" : "=r"(before));
  __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)0));
  return before;
}
static void leave_kernels(FloatState before) { __asm__ volatile("msr fpcr, %0" : : "r"(before)); }
#endif

/* ---- Memory of the process ---- */

/* glibc gives free memory back from this size on, but raises the size as large blocks are freed: then each thread of V8's compilers
 * keeps all that its largest job took, and a long training grows by megabytes. The number is where glibc begins. */
#define TRIM_THRESHOLD (128 * 1024)

/* Calls of kernels after which most is compiled; what is given back sooner is soon taken again. */
#define WARM_CALLS 65536

static void count_call(void) {
#if defined(__GLIBC__)
  static _Atomic int calls;
  if (calls <= WARM_CALLS && ++calls == WARM_CALLS) mallopt(M_TRIM_THRESHOLD, TRIM_THRESHOLD);
#endif
}

/* ---- Arguments ---- */

#define MOST_ARGUMENTS 16

/* Reads `count` numbers after the context, and makes the context's team the current one. */
static Context *read_call(napi_env env, napi_callback_info info, double *numbers, size_t count) {
  napi_value values[MOST_ARGUMENTS + 1];
  size_t given = count + 1;
  void *context;
  napi_get_cb_info(env, info, &given, values, 0, &context);
  for (size_t i = 0; i < count; i++) {
    numbers[i] = 0;
    if (i < given) napi_get_value_double(env, values[i], numbers + i);
  }
  current_team = &((Context *)context)->team;
  count_call();
  return context;
}

#if defined(__linux__)
/* What 32-bit addresses reach, but for a beginning that is enough for small models: these take no large page each. */
#define MOST_BYTES ((size_t)1 << 32)
#define FIRST_BYTES ((size_t)1 << 22)

/* Weights are read from one end to the other, which neither look-ups of addresses nor the ends of pages hold up where pages have 2 MiB.
 * Systems that have none go on as they are. */
static void use_large_pages(char *memory) { madvise(memory + FIRST_BYTES, MOST_BYTES - FIRST_BYTES, MADV_HUGEPAGE); }
#else
static void use_large_pages(char *memory) { (void)memory; }
#endif

static void *pointer_at(const Context *context, double address) { return address == 0 ? 0 : context->memory + (size_t)address; }

static napi_value number_value(napi_env env, double number) {
  napi_value value;
  napi_create_double(env, number, &value);
  return value;
}

/* ---- One function for each kernel: call_fill, call_unary, ... ---- */

#include "calls.generated.h"

/* ---- Guards, in a build that checks memory: kernels may touch only what JavaScript has allocated ---- */

#if defined(__SANITIZE_ADDRESS__)
/* forbid(address, bytes) */
static napi_value forbid(napi_env env, napi_callback_info info) {
  double number[2];
  Context *context = read_call(env, info, number, 2);
  size_t end = (size_t)(number[0] + number[1]);
  if (end > context->guarded) context->guarded = end;
  __asan_poison_memory_region(pointer_at(context, number[0]), (size_t)number[1]);
  return 0;
}

/* permit(address, bytes) */
static napi_value permit(napi_env env, napi_callback_info info) {
  double number[2];
  Context *context = read_call(env, info, number, 2);
  __asan_unpoison_memory_region(pointer_at(context, number[0]), (size_t)number[1]);
  return 0;
}

/* The addresses may become another's memory. */
static void end_guard(Context *context) { __asan_unpoison_memory_region(context->memory, context->guarded); }
#else
static void end_guard(Context *context) { (void)context; }
#endif

/* ---- Instruction sets ---- */

static const struct {
  const char *name;
  const KernelTable *kernels;
} instruction_sets[] = {
#if defined(__x86_64__)
    {"avx512", &kernels_avx512}, {"avx2", &kernels_avx2}, {"x86-64", &kernels_x86_64},
#elif defined(__aarch64__)
    {"neon", &kernels_neon},
#endif
};

#define INSTRUCTION_SET_COUNT (sizeof instruction_sets / sizeof *instruction_sets)

/* Entries are ordered from the fastest to the one that every processor has. */
static int is_supported(size_t index) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (index == 0) return __builtin_cpu_supports("fma") && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
  if (index == 1) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
  (void)index;
  return 1;
}

/* instructionSets(): names of those that this processor runs, the fastest first. */
static napi_value list_instruction_sets(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value names;
  napi_create_array(env, &names);
  uint32_t count = 0;
  for (size_t i = 0; i < INSTRUCTION_SET_COUNT; i++) {
    if (!is_supported(i)) continue;
    napi_value name;
    napi_create_string_utf8(env, instruction_sets[i].name, NAPI_AUTO_LENGTH, &name);
    napi_set_element(env, names, count++, name);
  }
  return names;
}

/* ---- Sessions ---- */

typedef struct {
  Team *team;
  int number;
} Worker;

static void *work(void *pointer) {
  Worker worker = *(Worker *)pointer;
  free(pointer);
  enter_kernels();
  work_for(worker.team, worker.number);
  return 0;
}

static void start_workers(Context *context, int count) {
  context->threads = calloc(count ? count : 1, sizeof *context->threads);
  for (int i = 0; i < count; i++) {
    Worker *worker = malloc(sizeof *worker);
    *worker = (Worker){&context->team, i + 1};
    if (pthread_create(context->threads + i, 0, work, worker) != 0) {
      free(worker);
      break;
    }
    context->started = context->team.workers = i + 1;
  }
  context->team.is_crowded = context->started >= sysconf(_SC_NPROCESSORS_ONLN);
}

static void join_workers(Context *context) {
  context->team.workers = context->started;
  if (context->started > 0) end_workers(&context->team);
  for (int i = 0; i < context->started; i++) pthread_join(context->threads[i], 0);
  context->started = context->team.workers = 0;
}

/* use_workers(wanted): jobs run on all threads, or, with 0, on the caller alone. */
static napi_value use_workers(napi_env env, napi_callback_info info) {
  double wanted;
  Context *context = read_call(env, info, &wanted, 1);
  context->team.workers = wanted != 0 ? context->started : 0;
  return 0;
}

/* stop(): ends the session's threads; kernels that are called later run on the caller alone. */
static napi_value stop(napi_env env, napi_callback_info info) {
  Context *context = read_call(env, info, 0, 0);
  join_workers(context);
  end_guard(context);
  return 0;
}

/* Frees the context with the last of its functions. */
static void release_context(napi_env env, void *data, void *hint) {
  (void)env, (void)hint;
  Context *context = data;
  if (--context->functions > 0) return;
  join_workers(context);
  free(context->threads);
  free(context);
}

static void add_function(napi_env env, napi_value object, const char *name, napi_callback callback, Context *context) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, context, &function);
  napi_set_named_property(env, object, name, function);
  if (!context) return;
  context->functions++;
  napi_add_finalizer(env, function, context, release_context, 0, 0);
}

/* open(instructionSet, memory, threads): the kernels as functions on `memory`, a typed array over all of it that never moves. */
static napi_value open(napi_env env, napi_callback_info info) {
  napi_value values[3];
  size_t given = 3, chosen = 0;
  char name[32] = "";
  int32_t threads = 1;
  void *memory = 0;
  napi_get_cb_info(env, info, &given, values, 0, 0);
  napi_get_value_string_utf8(env, values[0], name, sizeof name, 0);
  napi_get_value_int32(env, values[2], &threads);
  while (chosen < INSTRUCTION_SET_COUNT && strcmp(instruction_sets[chosen].name, name) != 0) chosen++;
  if (chosen == INSTRUCTION_SET_COUNT || !is_supported(chosen)) {
    napi_throw_error(env, 0, "this processor or build has no such instruction set");
    return 0;
  }
  if (napi_get_typedarray_info(env, values[1], 0, 0, &memory, 0, 0) != napi_ok || !memory) {
    napi_throw_error(env, 0, "memory must be a typed array");
    return 0;
  }
  Context *context = calloc(1, sizeof *context);
  context->kernels = instruction_sets[chosen].kernels;
  context->memory = memory;
  use_large_pages(memory);
  start_workers(context, threads - 1);
  napi_value exports;
  napi_create_object(env, &exports);
#define ADD(kernel) add_function(env, exports, #kernel, call_##kernel, context);
  EACH_KERNEL(ADD)
  add_function(env, exports, "stop", stop, context);
  add_function(env, exports, "use_workers", use_workers, context);
#if defined(__SANITIZE_ADDRESS__)
  add_function(env, exports, "forbid", forbid, context);
  add_function(env, exports, "permit", permit, context);
#endif
  return exports;
}

NAPI_MODULE_INIT() {
  add_function(env, exports, "instructionSets", list_instruction_sets, 0);
  add_function(env, exports, "open", open, 0);
  return exports;
}

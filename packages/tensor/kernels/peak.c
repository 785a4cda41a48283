/* The most fused multiply-adds a second that kernels of this vector width could do: what benchmarks are a share of. */
#include "kernels.h"
#include "pool.h"

/* Enough that latencies hide (4 cycles on 2 units are 8 operations under way), few enough for 16 registers. */
#define CHAINS 12

typedef struct {
  int iterations;
  float *ends;
} Chains;

static void run_chains(void *pointer, int thread, int threads) {
  (void)threads;
  Chains *args = pointer;
  volatile float one = 1; /* read once at run time, so that no compiler drops the multiplications */
  vfloat factor = splat(one), step = factor + factor, sum[CHAINS];
  for (int i = 0; i < CHAINS; i++) sum[i] = splat((float)i);
  for (int iteration = 0; iteration < args->iterations; iteration++) {
    _Pragma("GCC unroll 16") for (int i = 0; i < CHAINS; i++) sum[i] = fused(sum[i], factor, step);
  }
  vfloat end = splat(0);
  for (int i = 0; i < CHAINS; i++) end = end + sum[i];
  args->ends[thread] = end[0];
}

/* Runs independent chains of fused multiply-adds on every thread and returns how many operations, two for each, each thread did.
 * ends: [threads], a number that depends on all chains. */
EXPORT double multiply_add_chains(int iterations, float *ends) {
  Chains args = {iterations, ends};
  run_parallel(run_chains, &args);
  return 2.0 * LANES * CHAINS * iterations;
}

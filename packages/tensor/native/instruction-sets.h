/* One table of kernels for each instruction set that this build has. */
#pragma once
#include "../kernels/kernels.h"

typedef struct {
#define FIELD(name) __typeof__(name) *name;
  EACH_KERNEL(FIELD)
#undef FIELD
} KernelTable;

#if defined(__x86_64__)
extern const KernelTable kernels_x86_64, kernels_avx2, kernels_avx512;
#elif defined(__aarch64__)
extern const KernelTable kernels_neon;
#endif

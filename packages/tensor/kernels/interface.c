#include "kernels.h"

EXPORT int kernel_interface(void) { return KERNEL_INTERFACE; }

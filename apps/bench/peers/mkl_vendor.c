/* Preloaded into PyTorch on AMD processors: MKL asks this before it takes its AVX-512 kernels. */
int mkl_serv_intel_cpu_true(void) { return 1; }

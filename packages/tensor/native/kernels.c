/* All kernels for one instruction set, as one table: built once for each, with INSTRUCTION_SET, LANES and the tile's size. */
#define EXPORT __attribute__((unused)) static
#define INTERNAL static
#include "../kernels/attention.c"
#include "../kernels/attentional_lstm.c"
#include "../kernels/draws.c"
#include "../kernels/elementwise.c"
#include "../kernels/gather.c"
#include "../kernels/gemm.c"
#include "../kernels/gru.c"
#include "../kernels/interface.c"
#include "../kernels/layer_norm.c"
#include "../kernels/likeliest.c"
#include "../kernels/linear_cross_entropy.c"
#include "../kernels/lstm.c"
#include "../kernels/lstm_extras.c"
#include "../kernels/norms.c"
#include "../kernels/optimizers.c"
#include "../kernels/orthonormal.c"
#include "../kernels/pack.c"
#include "../kernels/peak.c"
#include "../kernels/recurrent.c"
#include "../kernels/rnn.c"
#include "../kernels/reductions.c"
#include "../kernels/rows.c"
#include "../kernels/sequence.c"
#include "instruction-sets.h"

#define JOIN(a, b) a##b
#define TABLE_OF(instruction_set) JOIN(kernels_, instruction_set)
#define ENTRY(name) .name = name,

const KernelTable TABLE_OF(INSTRUCTION_SET) = {EACH_KERNEL(ENTRY)};

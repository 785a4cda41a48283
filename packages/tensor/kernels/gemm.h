/* Products with a packed right side: the heart of every layer. */
#pragma once
#include "pack.h"

/* Below this many multiplications a second thread costs more than it brings. */
#define PARALLEL_PRODUCTS 65536

/* How a tile's accumulators begin and end. */
typedef enum {
  PRODUCT,  /* blocks of 256 along k from +0; replaces the output */
  CONTINUE, /* the same, added block by block to the output */
  CHAIN     /* one accumulator that goes on from the output, unblocked */
} GemmMode;

/* A packed right side and what becomes of its products. */
typedef struct {
  float *packed;
  size_t panel_size; /* elements from one panel to the next: more than k rows where only some of a panel's are used */
  int k, n;
  GemmMode mode;
  const int *block_ends; /* where the blocks along k end; null for one each 256 */
  const float *bias;     /* [n], added last, or null */
  int streams;           /* the output is written past the caches: its rows begin at multiples of LANES floats, and have as many */
  int goes_back;         /* from the last panel to the first: the call before read these last, so they are still in the cache */
} RightSide;

/* The whole of a packed k x n matrix. */
INLINE RightSide whole_right_side(float *packed, int k, int n, GemmMode mode) {
  return (RightSide){.packed = packed, .panel_size = (size_t)k * TILE_COLS, .k = k, .n = n, .mode = mode};
}

/* The rows [start, start + depth) of a packed right side, whose products go on with those of the rows before. */
INLINE RightSide deep_block(float *packed, int k, int n, int start, int depth) {
  RightSide block = whole_right_side(packed + (size_t)start * TILE_COLS, k, n, start == 0 ? PRODUCT : CONTINUE);
  block.k = depth;
  return block;
}

/* The rows [start, start + depth) of it, or fewer at its end. */
INLINE RightSide depth_of(const RightSide *b, int start, int depth) {
  RightSide part = *b;
  part.packed += (size_t)start * TILE_COLS;
  part.k = b->k - start < depth ? b->k - start : depth;
  if (start > 0 && b->mode == PRODUCT) part.mode = CONTINUE;
  if (start + part.k < b->k) part.bias = 0;
  return part;
}

/* out[row][n] for at most 192 rows, contiguous along k, and all columns in [begin, end), begin a multiple of TILE_COLS. */
INTERNAL void gemm_rows(const RightSide *b, const float *const *a_rows, int rows, float *const *out_rows, int begin, int end);

/* What the columns of a left side are multiplied with: a packed k x n matrix; out is [columns of the left side, n]. */
typedef struct {
  float *packed;
  int n;
  float *out;
} Target;

/* For the columns [first, last) of a [k, stride] matrix: their rows of each target's output. strips: left_size(k) elements. */
INTERNAL void gemm_columns(const float *a, ptrdiff_t stride, int first, int last, int k, const Target *targets, int target_count, float *strips);

/* Packed matrix products: the heart of every layer. */
#pragma once
#include "vector.h"

/* The register tile: TILE_ROWS x TILE_VECTORS accumulators, one row of b and one broadcast element of a fill the registers. */
#ifndef TILE_ROWS
#define TILE_ROWS 2
#define TILE_VECTORS 4
#endif
#define TILE_COLS (TILE_VECTORS * LANES)
#define PRODUCT_BLOCK 256

/* Elements that a packed k x n matrix takes: whole panels of TILE_COLS columns. */
INLINE size_t packed_size(int k, int n) { return (size_t)((n + TILE_COLS - 1) / TILE_COLS) * TILE_COLS * k; }

/* How a tile's accumulators begin and end. */
typedef enum {
  PRODUCT,    /* blocks of 256 along k from +0; replaces the output */
  ACCUMULATE, /* the same, added to the output once */
  CHAIN       /* one accumulator that goes on from the output, unblocked */
} GemmMode;

/* Panels of b for columns [begin, end), begin a multiple of TILE_COLS; row k of b lies at b + k * row_stride, column n at + n * col_stride. */
INTERNAL void pack_columns(const float *b, ptrdiff_t row_stride, ptrdiff_t col_stride, int k, int n, float *packed, int begin, int end);

/* The same with rows of b wherever row_pointers say. */
INTERNAL void pack_rows_by_pointer(const float *const *rows, int k, int n, float *packed, int begin, int end);

/* out[row][n] for some rows and all columns in [begin, end); rows of a are contiguous. */
INTERNAL void gemm_rows(const float *const *a_rows, int rows, const float *packed, int k, int n, float *const *out_rows, int begin, int end, GemmMode mode);

/* The product for rows that are columns [first, last) of a [k, stride] matrix; out is [stride, n]. */
INTERNAL void gemm_columns(const float *a, ptrdiff_t stride, int first, int last, const float *packed, int k, int n, float *out, int begin, int end);

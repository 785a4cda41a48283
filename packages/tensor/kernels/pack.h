/* Both sides of a product in the order in which the tile reads them. */
#pragma once
#include "kernels.h"
#include "tile.h"

/* Elements that a packed k x n right side takes: whole panels of TILE_COLS columns. */
INLINE size_t packed_size(int k, int n) { return (size_t)((n + TILE_COLS - 1) / TILE_COLS) * TILE_COLS * k; }

/* A k x n right side: row i begins at from + i * row_stride; transposed, column j at from + j * row_stride. */
typedef struct {
  const float *from;
  ptrdiff_t row_stride;
  int k, n, transposed;
} Matrix;

/* Panels of the columns [begin, end), begin a multiple of TILE_COLS; columns from n on are zeros. */
INTERNAL void pack_columns(const Matrix *matrix, float *packed, int begin, int end);

/* Row i of a packed k x n right side, without the vectors of its last panel that lie past n. */
INLINE void pack_row(const float *row, float *packed, int k, int n, int i) {
  for (int col = 0; col < n; col += TILE_COLS) {
    float *to = packed + (size_t)col * k + (size_t)i * TILE_COLS;
    int width = n - col < TILE_COLS ? n - col : TILE_COLS;
#define COPY(LOAD, STORE) store(to + j, LOAD(row + col + j));
    EACH_VECTOR(j, width, COPY);
#undef COPY
  }
}

/* One vector of a panel, `vector` in [0, TILE_VECTORS): count rows of length k, row_stride apart, become its lanes, the other lanes
 * zeros. */
INTERNAL void pack_vector(const float *from, ptrdiff_t row_stride, int count, int k, float *panel, int vector);

/* A transposed left side is packed in strips of TILE_ROWS columns, LEFT_ROWS columns and LEFT_DEPTH rows at a time. */
#define LEFT_DEPTH 1024
INLINE size_t left_size(int k) { return (size_t)LEFT_ROWS * (k < LEFT_DEPTH ? k : LEFT_DEPTH); }

/* Strips of `columns` <= LEFT_ROWS columns of `depth` rows that are `stride` apart: element (i, column c) goes to strip
 * c / TILE_ROWS, at i * TILE_ROWS + c % TILE_ROWS; a strip has room for strip_depth rows. Past the last column lie undefined values. */
INTERNAL void pack_strips(const float *from, ptrdiff_t stride, int columns, int depth, float *strips, int strip_depth);

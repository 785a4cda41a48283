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

/* The panel of the columns from `col` on. */
INTERNAL void pack_panel(const Matrix *matrix, float *panel, int col);

/* A panel's columns of some rows, which are `stride` apart. */
INTERNAL void pack_rows(const float *from, ptrdiff_t stride, int rows, float *panel);

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

/* Every other element of a and b in turn, from their lower or upper halves: a0 b0 a1 b1 ... */
#if LANES == 4
#define INTERLEAVE_LOW(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define INTERLEAVE_HIGH(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#elif LANES == 8
#define INTERLEAVE_LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define INTERLEAVE_HIGH(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#elif LANES == 16
#define INTERLEAVE_LOW(a, b) __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define INTERLEAVE_HIGH(a, b) __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#endif

/* Transposes LANES x LANES elements: each interleaving of the rows with those half a block below moves one bit of the row's
 * number into the column's. */
INLINE void transpose_block(vfloat block[LANES]) {
  UNROLL for (int width = 1; width < LANES; width *= 2) {
    vfloat turned[LANES];
    UNROLL for (int i = 0; i < LANES / 2; i++) {
      turned[2 * i] = INTERLEAVE_LOW(block[i], block[i + LANES / 2]);
      turned[2 * i + 1] = INTERLEAVE_HIGH(block[i], block[i + LANES / 2]);
    }
    UNROLL for (int i = 0; i < LANES; i++) block[i] = turned[i];
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

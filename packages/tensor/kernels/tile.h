/* The register tile under every product: TILE_ROWS rows by TILE_VECTORS vectors of accumulators.
 *
 * Every output element has an accumulator of its own and k only ever rises, so the bits are those of the reference whatever the
 * tile's size. The right side comes in panels of TILE_COLS columns (pack.h), so that the inner loop reads it in order. */
#pragma once
#include "vector.h"

/* The accumulators, a row of the panel and one broadcast element fill the registers. */
#ifndef TILE_ROWS
#define TILE_ROWS 2
#endif
#define TILE_VECTORS 4
#define TILE_COLS (TILE_VECTORS * LANES)
#define PRODUCT_BLOCK 256

#define UNROLL _Pragma("GCC unroll 16")

typedef vfloat Tile[TILE_ROWS][TILE_VECTORS];

/* Floats of a cache line. */
#define LINE_FLOATS 16

/* What a tile brings into the second-level cache as it goes, one place a step: part of the panel after its own one. Without this the
 * first tile of each panel of large weights waits for memory that is further away. */
typedef struct {
  const float *from;
  ptrdiff_t step;
} Ahead;

/* Of a packed panel of k rows: the tiles divide it evenly, since memory that is asked for all at once comes no sooner. */
INLINE Ahead look_ahead(const float *after, int k, int place, int tiles) {
  int step = (TILE_COLS + tiles - 1) / tiles;
  return (Ahead){after + (size_t)place * step * k, step};
}

INLINE Ahead look_nowhere(const float *any) { return (Ahead){any, 0}; }

/* What a tile packs as it goes: the first rows of another panel, a vector with each term. Loads and stores wait there while the
 * products go on, so that memory far away costs them little. */
typedef struct {
  const float *from;
  ptrdiff_t stride;
  float *to;
  int rows;
} Packing;

INLINE Packing pack_nothing(void) { return (Packing){0}; }

/* How many of `rows` rows a tile of k terms packs. */
INLINE int rows_packed(int rows, int k) { return rows < k / TILE_VECTORS ? rows : k / TILE_VECTORS; }

/* Adds one term to each accumulator of the first rows and vectors of a tile: a[r][at] times a row of the right side. */
INLINE void add_term(Tile sum, int rows, int vectors, const float *const *a, ptrdiff_t at, const float *right) {
  vfloat b[TILE_VECTORS];
  UNROLL for (int v = 0; v < vectors; v++) b[v] = load(right + v * LANES);
  UNROLL for (int r = 0; r < rows; r++) {
    vfloat x = splat(a[r][at]);
    UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = fused(x, b[v], sum[r][v]);
  }
}

/* Terms that one turn of the loop adds: two, and what a turn costs beside them is little, where there are registers to spare. */
#define TURN (LANES == 16 ? 2 : 1)

/* Adds k terms to the first rows and vectors of a tile; both, step, and whether it packs are constants wherever this is inlined.
 * Element (r, i) of the left side lies at a_rows[r] + i * step. */
INLINE void multiply(Tile tile, int rows, int vectors, const float *const *a_rows, ptrdiff_t step, const float *panel, int k, Ahead ahead, int packs, Packing packing) {
  int fetches_ahead = 2 * rows > TILE_ROWS && !packs; /* fewer rows use all that the cache delivers */
  Tile sum;
  const float *a[TILE_ROWS];
  UNROLL for (int r = 0; r < rows; r++) {
    a[r] = a_rows[r];
    UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = tile[r][v];
  }
  int i = 0, packing_end = packs ? TILE_VECTORS * rows_packed(packing.rows, k) : 0;
  for (; packs && i < packing_end; i += TILE_VECTORS, panel += TILE_VECTORS * TILE_COLS) {
    UNROLL for (int term = 0; term < TILE_VECTORS; term++) {
      add_term(sum, rows, vectors, a, (i + term) * step, panel + term * TILE_COLS);
      store(packing.to + term * LANES, load(packing.from + term * LANES));
    }
    packing.from += packing.stride;
    packing.to += TILE_COLS;
  }
  for (; i + TURN <= k; i += TURN, panel += TURN * TILE_COLS, ahead.from += TURN * ahead.step) {
    UNROLL for (int term = 0; term < TURN; term++) {
      if (fetches_ahead) __builtin_prefetch(ahead.from + term * ahead.step, 0, 2);
      add_term(sum, rows, vectors, a, (i + term) * step, panel + term * TILE_COLS);
    }
  }
  for (; i < k; i++, panel += TILE_COLS) add_term(sum, rows, vectors, a, i * step, panel);
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int v = 0; v < vectors; v++) tile[r][v] = sum[r][v];
  }
}

/* CALL(rows, ...) with a constant: each count of rows is code of its own, with its accumulators in registers. */
#define WITH_ROWS(rows, CALL, ...)       \
  switch (rows) {                        \
    ROWS_CASE(1, CALL, __VA_ARGS__)      \
    ROWS_CASE(2, CALL, __VA_ARGS__)      \
    ROWS_CASE(3, CALL, __VA_ARGS__)      \
    ROWS_CASE(4, CALL, __VA_ARGS__)      \
    ROWS_CASE(5, CALL, __VA_ARGS__)      \
    ROWS_CASE(6, CALL, __VA_ARGS__)      \
  }
#define ROWS_CASE(count, CALL, ...) case count: if (count <= TILE_ROWS) CALL(count, __VA_ARGS__); break;
_Static_assert(TILE_ROWS <= 6, "every count of rows has a case");

/* CALL(rows, row, place, tiles) for the tiles of `count` rows: as even as can be, since one of few rows waits for its panel. */
#define EACH_TILE(count, CALL)                                                                            \
  for (int row_ = 0, place_ = 0, tiles_ = ((count) + TILE_ROWS - 1) / TILE_ROWS; place_ < tiles_; place_++) { \
    int rows_ = (count) / tiles_ + (place_ < (count) % tiles_);                                           \
    WITH_ROWS(rows_, CALL, row_, place_, tiles_)                                                          \
    row_ += rows_;                                                                                        \
  }

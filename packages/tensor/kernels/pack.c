#include "pack.h"

/* Rows lie pages apart, where the processor foresees nothing. */
#define PREFETCH_ROWS 12

INTERNAL void pack_vector(const float *from, ptrdiff_t row_stride, int count, int k, float *panel, int vector) {
  float *to = panel + vector * LANES;
  int i = 0;
  for (; count == LANES && i + LANES <= k; i += LANES) {
    vfloat block[LANES];
    UNROLL for (int lane = 0; lane < LANES; lane++) block[lane] = load(from + lane * row_stride + i);
    transpose_block(block);
    UNROLL for (int step = 0; step < LANES; step++) store(to + (size_t)(i + step) * TILE_COLS, block[step]);
  }
  for (; i < k; i++)
    for (int lane = 0; lane < LANES; lane++) to[(size_t)i * TILE_COLS + lane] = lane < count ? from[lane * row_stride + i] : 0;
}

/* The columns of one panel are rows of a transposed matrix. */
static void pack_transposed_panel(const Matrix *m, float *panel, int col) {
  for (int vector = 0; vector < TILE_VECTORS; vector++) {
    int first = col + vector * LANES, left = m->n - first;
    pack_vector(m->from + first * m->row_stride, m->row_stride, left < 0 ? 0 : left < LANES ? left : LANES, m->k, panel, vector);
  }
}

static void pack_panel_as_it_lies(const Matrix *m, float *panel, int col) {
  int width = m->n - col < TILE_COLS ? m->n - col : TILE_COLS;
  if (width == TILE_COLS) {
    pack_rows(m->from + col, m->row_stride, m->k, panel);
    return;
  }
  for (int i = 0; i < m->k; i++, panel += TILE_COLS) {
    const float *row = m->from + i * m->row_stride + col;
    for (int j = 0; j < TILE_COLS; j++) panel[j] = j < width ? row[j] : 0;
  }
}

INTERNAL void pack_panel(const Matrix *matrix, float *panel, int col) {
  if (matrix->transposed) pack_transposed_panel(matrix, panel, col);
  else pack_panel_as_it_lies(matrix, panel, col);
}

INTERNAL void pack_columns(const Matrix *matrix, float *packed, int begin, int end) {
  for (int col = begin; col < end; col += TILE_COLS) pack_panel(matrix, packed + (size_t)col * matrix->k, col);
}

INTERNAL void pack_rows(const float *from, ptrdiff_t stride, int rows, float *panel) {
  for (int i = 0; i < rows; i++, from += stride, panel += TILE_COLS) {
    UNROLL for (int v = 0; v < TILE_VECTORS; v++) store(panel + v * LANES, load(from + v * LANES));
  }
}

INTERNAL void pack_strips(const float *from, ptrdiff_t stride, int columns, int depth, float *strips, int strip_depth) {
  for (int i = 0; i < depth; i++, from += stride, strips += TILE_ROWS) {
    for (int ahead = 0; ahead < columns; ahead += LINE_FLOATS) __builtin_prefetch(from + PREFETCH_ROWS * stride + ahead);
    float *strip = strips;
    int column = 0;
    for (; column + TILE_ROWS <= columns; column += TILE_ROWS, strip += (size_t)TILE_ROWS * strip_depth)
      UNROLL for (int r = 0; r < TILE_ROWS; r++) strip[r] = from[column + r];
    for (int r = 0; column + r < columns; r++) strip[r] = from[column + r];
  }
}

/* The register tile: 2 rows x 16 columns, eight accumulators of four lanes, which fit the sixteen registers of wasm engines.
 *
 * b is packed into panels of 16 columns, so that the inner loop reads it in order. Every output element has its own
 * accumulator and k only ever rises: the bits are those of the reference whatever the tile. */
#include "gemm.h"
#include "pool.h"

void pack_columns(const float *b, ptrdiff_t row_stride, ptrdiff_t col_stride, int k, int n, float *packed, int begin, int end) {
  for (int col = begin; col < end; col += TILE_COLS) {
    int width = n - col < TILE_COLS ? n - col : TILE_COLS;
    float *panel = packed + (size_t)col * k;
    const float *from = b + col * col_stride;
    if (col_stride == 1) {
      for (int i = 0; i < k; i++, from += row_stride, panel += TILE_COLS) {
        for (int j = 0; j < width; j++) panel[j] = from[j];
        for (int j = width; j < TILE_COLS; j++) panel[j] = 0;
      }
    } else {
      for (int j = 0; j < TILE_COLS; j++) {
        const float *column = from + j * col_stride;
        for (int i = 0; i < k; i++) panel[(size_t)i * TILE_COLS + j] = j < width ? column[i * row_stride] : 0;
      }
    }
  }
}

void pack_rows_by_pointer(const float *const *rows, int k, int n, float *packed, int begin, int end) {
  for (int col = begin; col < end; col += TILE_COLS) {
    int width = n - col < TILE_COLS ? n - col : TILE_COLS;
    float *panel = packed + (size_t)col * k;
    for (int i = 0; i < k; i++, panel += TILE_COLS) {
      for (int j = 0; j < width; j++) panel[j] = rows[i][col + j];
      for (int j = width; j < TILE_COLS; j++) panel[j] = 0;
    }
  }
}

/* Adds k terms to a tile's accumulators. */
INLINE void multiply(vfloat acc[TILE_ROWS][TILE_VECTORS], int rows, const float *a0, const float *a1, const float *panel, int k) {
  vfloat t00 = acc[0][0], t01 = acc[0][1], t02 = acc[0][2], t03 = acc[0][3];
  vfloat t10 = acc[1][0], t11 = acc[1][1], t12 = acc[1][2], t13 = acc[1][3];
  for (int i = 0; i < k; i++, panel += TILE_COLS) {
    vfloat b0 = load(panel), b1 = load(panel + LANES), b2 = load(panel + 2 * LANES), b3 = load(panel + 3 * LANES);
    float x = a0[i];
    t00 += x * b0, t01 += x * b1, t02 += x * b2, t03 += x * b3;
    if (rows == 2) {
      float y = a1[i];
      t10 += y * b0, t11 += y * b1, t12 += y * b2, t13 += y * b3;
    }
  }
  acc[0][0] = t00, acc[0][1] = t01, acc[0][2] = t02, acc[0][3] = t03;
  acc[1][0] = t10, acc[1][1] = t11, acc[1][2] = t12, acc[1][3] = t13;
}

/* One row of a tile's output; width is below TILE_COLS at the right edge. */
INLINE void read_row(vfloat row[TILE_VECTORS], const float *out, int width) {
  if (width == TILE_COLS) {
    for (int v = 0; v < TILE_VECTORS; v++) row[v] = load(out + v * LANES);
    return;
  }
  float edge[TILE_COLS] = {0};
  for (int j = 0; j < width; j++) edge[j] = out[j];
  for (int v = 0; v < TILE_VECTORS; v++) row[v] = load(edge + v * LANES);
}

INLINE void write_row(float *out, const vfloat row[TILE_VECTORS], int width) {
  if (width == TILE_COLS) {
    for (int v = 0; v < TILE_VECTORS; v++) store(out + v * LANES, row[v]);
    return;
  }
  float edge[TILE_COLS];
  for (int v = 0; v < TILE_VECTORS; v++) store(edge + v * LANES, row[v]);
  for (int j = 0; j < width; j++) out[j] = edge[j];
}

INLINE void tile(int rows, const float *const *a_rows, const float *panel, int k, float *const *out_rows, int col, int width, GemmMode mode) {
  vfloat total[TILE_ROWS][TILE_VECTORS] = {0};
  const float *a0 = a_rows[0], *a1 = a_rows[rows - 1];
  if (mode == CHAIN) {
    for (int r = 0; r < rows; r++) read_row(total[r], out_rows[r] + col, width);
    multiply(total, rows, a0, a1, panel, k);
  } else {
    for (int start = 0; start < k; start += PRODUCT_BLOCK) {
      int count = k - start < PRODUCT_BLOCK ? k - start : PRODUCT_BLOCK;
      vfloat block[TILE_ROWS][TILE_VECTORS] = {0};
      multiply(block, rows, a0 + start, a1 + start, panel + (size_t)start * TILE_COLS, count);
      for (int r = 0; r < rows; r++)
        for (int v = 0; v < TILE_VECTORS; v++) total[r][v] = start == 0 ? block[r][v] : total[r][v] + block[r][v];
    }
  }
  for (int r = 0; r < rows; r++) {
    if (mode == ACCUMULATE) {
      vfloat before[TILE_VECTORS];
      read_row(before, out_rows[r] + col, width);
      for (int v = 0; v < TILE_VECTORS; v++) total[r][v] = before[v] + total[r][v];
    }
    write_row(out_rows[r] + col, total[r], width);
  }
}

/* Panels lie panel_size elements apart; of each, rows from k_start on are used. */
INLINE void gemm_panels(const float *const *a_rows, int rows, const float *packed, size_t panel_size, int k, int n, float *const *out_rows, int begin, int end, GemmMode mode) {
  for (int col = begin; col < end; col += TILE_COLS) {
    int width = n - col < TILE_COLS ? n - col : TILE_COLS;
    const float *panel = packed + (size_t)(col / TILE_COLS) * panel_size;
    int row = 0;
    for (; row + 2 <= rows; row += 2) tile(2, a_rows + row, panel, k, out_rows + row, col, width, mode);
    if (row < rows) tile(1, a_rows + row, panel, k, out_rows + row, col, width, mode);
  }
}

void gemm_rows(const float *const *a_rows, int rows, const float *packed, int k, int n, float *const *out_rows, int begin, int end, GemmMode mode) {
  gemm_panels(a_rows, rows, packed, (size_t)k * TILE_COLS, k, n, out_rows, begin, end, mode);
}

#define ROW_BLOCK 64

void gemm_columns(const float *a, ptrdiff_t stride, int first, int last, const float *packed, int k, int n, float *out, int begin, int end) {
  float turned[ROW_BLOCK][PRODUCT_BLOCK];
  const float *a_rows[ROW_BLOCK];
  float *out_rows[ROW_BLOCK];
  for (int block = first; block < last; block += ROW_BLOCK) {
    int rows = last - block < ROW_BLOCK ? last - block : ROW_BLOCK;
    for (int r = 0; r < rows; r++) {
      a_rows[r] = turned[r];
      out_rows[r] = out + (size_t)(block + r) * n;
    }
    /* k = 0 still writes its zeros */
    for (int start = 0; start < k || start == 0; start += PRODUCT_BLOCK) {
      int count = k - start < PRODUCT_BLOCK ? k - start : PRODUCT_BLOCK;
      for (int i = 0; i < count; i++)
        for (int r = 0; r < rows; r++) turned[r][i] = a[(start + i) * stride + block + r];
      gemm_panels(a_rows, rows, packed + (size_t)start * TILE_COLS, (size_t)k * TILE_COLS, count, n, out_rows, begin, end, start == 0 ? PRODUCT : ACCUMULATE);
    }
  }
}

typedef struct {
  const float *a, *b;
  float *out, *packed;
  int m, n, k;
  int transpose_a;
  ptrdiff_t b_row, b_col;
} Matmul;

/* Each thread packs and owns a range of columns, and walks the rows in blocks that stay in the second-level cache. */
static void matmul_columns(void *pointer, int thread, int threads) {
  Matmul *args = pointer;
  int begin, end;
  split_range(args->n, TILE_COLS, thread, threads, &begin, &end);
  pack_columns(args->b, args->b_row, args->b_col, args->k, args->n, args->packed, begin, end);
  if (args->transpose_a) {
    gemm_columns(args->a, args->m, 0, args->m, args->packed, args->k, args->n, args->out, begin, end);
    return;
  }
  const float *a_rows[ROW_BLOCK];
  float *out_rows[ROW_BLOCK];
  for (int start = 0; start < args->m; start += ROW_BLOCK) {
    int rows = args->m - start < ROW_BLOCK ? args->m - start : ROW_BLOCK;
    for (int r = 0; r < rows; r++) {
      a_rows[r] = args->a + (size_t)(start + r) * args->k;
      out_rows[r] = args->out + (size_t)(start + r) * args->n;
    }
    gemm_rows(a_rows, rows, args->packed, args->k, args->n, out_rows, begin, end, PRODUCT);
  }
}

/* Below this many multiplications a second thread costs more than it brings. */
#define PARALLEL_PRODUCTS 65536

/* packed: room for packed_size(k, n) elements. */
EXPORT void matmul(const float *a, const float *b, float *out, float *packed, int batch, int m, int n, int k, int transpose_a, int transpose_b, int shared_b) {
  Matmul args = {.packed = packed, .m = m, .n = n, .k = k, .transpose_a = transpose_a};
  args.b_row = transpose_b ? 1 : n;
  args.b_col = transpose_b ? k : 1;
  int parallel = (double)m * n * k > PARALLEL_PRODUCTS;
  for (int group = 0; group < batch; group++) {
    args.a = a + (size_t)group * m * k;
    args.b = shared_b ? b : b + (size_t)group * k * n;
    args.out = out + (size_t)group * m * n;
    if (parallel) run_parallel(matmul_columns, &args);
    else matmul_columns(&args, 0, 1);
  }
}

EXPORT int packed_elements(int k, int n) { return (int)packed_size(k, n); }

/* b is packed into panels of TILE_COLS columns, so that the inner loop reads it in order. Every output element has its own
 * accumulator and k only ever rises: the bits are those of the reference whatever the tile. */
#include "gemm.h"
#include "kernels.h"
#include "pool.h"

INTERNAL void pack_columns(const float *b, ptrdiff_t row_stride, ptrdiff_t col_stride, int k, int n, float *packed, int begin, int end) {
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

INTERNAL void pack_rows_by_pointer(const float *const *rows, int k, int n, float *packed, int begin, int end) {
  for (int col = begin; col < end; col += TILE_COLS) {
    int width = n - col < TILE_COLS ? n - col : TILE_COLS;
    float *panel = packed + (size_t)col * k;
    for (int i = 0; i < k; i++, panel += TILE_COLS) {
      for (int j = 0; j < width; j++) panel[j] = rows[i][col + j];
      for (int j = width; j < TILE_COLS; j++) panel[j] = 0;
    }
  }
}

#define UNROLL _Pragma("GCC unroll 16")

/* Adds k terms to a tile's accumulators; rows is a constant wherever this is inlined. */
INLINE void multiply(vfloat acc[TILE_ROWS][TILE_VECTORS], int rows, const float *const *a_rows, int start, const float *panel, int k) {
  vfloat sum[TILE_ROWS][TILE_VECTORS];
  const float *a[TILE_ROWS];
  UNROLL for (int r = 0; r < rows; r++) {
    a[r] = a_rows[r] + start;
    UNROLL for (int v = 0; v < TILE_VECTORS; v++) sum[r][v] = acc[r][v];
  }
  for (int i = 0; i < k; i++, panel += TILE_COLS) {
    vfloat b[TILE_VECTORS];
    UNROLL for (int v = 0; v < TILE_VECTORS; v++) b[v] = load(panel + v * LANES);
    UNROLL for (int r = 0; r < rows; r++) {
      vfloat x = splat(a[r][i]);
      UNROLL for (int v = 0; v < TILE_VECTORS; v++) sum[r][v] += x * b[v];
    }
  }
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int v = 0; v < TILE_VECTORS; v++) acc[r][v] = sum[r][v];
  }
}

/* One row of a tile's output; width is below TILE_COLS at the right edge. */
INLINE void read_row(vfloat row[TILE_VECTORS], const float *out, int width) {
  if (width == TILE_COLS) {
    UNROLL for (int v = 0; v < TILE_VECTORS; v++) row[v] = load(out + v * LANES);
    return;
  }
  float edge[TILE_COLS] = {0};
  for (int j = 0; j < width; j++) edge[j] = out[j];
  UNROLL for (int v = 0; v < TILE_VECTORS; v++) row[v] = load(edge + v * LANES);
}

INLINE void write_row(float *out, const vfloat row[TILE_VECTORS], int width) {
  if (width == TILE_COLS) {
    UNROLL for (int v = 0; v < TILE_VECTORS; v++) store(out + v * LANES, row[v]);
    return;
  }
  float edge[TILE_COLS];
  UNROLL for (int v = 0; v < TILE_VECTORS; v++) store(edge + v * LANES, row[v]);
  for (int j = 0; j < width; j++) out[j] = edge[j];
}

/* A packed right side and what becomes of its products. */
typedef struct {
  const float *packed;
  size_t panel_size; /* elements from one panel to the next: more than k rows where only some of a panel's are used */
  int k, n;
  GemmMode mode;
  const int *block_ends; /* where the blocks along k end; null for one each 256 */
  const float *bias;     /* [n], added last, or null */
} RightSide;

INLINE void tile(const RightSide *b, int rows, const float *const *a_rows, float *const *out_rows, int col) {
  int k = b->k, width = b->n - col < TILE_COLS ? b->n - col : TILE_COLS;
  const float *panel = b->packed + (size_t)(col / TILE_COLS) * b->panel_size;
  vfloat total[TILE_ROWS][TILE_VECTORS] = {0};
  if (b->mode == CHAIN) {
    UNROLL for (int r = 0; r < rows; r++) read_row(total[r], out_rows[r] + col, width);
    multiply(total, rows, a_rows, 0, panel, k);
  } else {
    const int *block_ends = b->block_ends;
    for (int start = 0, end; start < k; start = end) {
      end = block_ends ? *block_ends++ : k - start < PRODUCT_BLOCK ? k : start + PRODUCT_BLOCK;
      vfloat block[TILE_ROWS][TILE_VECTORS] = {0};
      multiply(block, rows, a_rows, start, panel + (size_t)start * TILE_COLS, end - start);
      UNROLL for (int r = 0; r < rows; r++) {
        UNROLL for (int v = 0; v < TILE_VECTORS; v++) total[r][v] = start == 0 ? block[r][v] : total[r][v] + block[r][v];
      }
    }
  }
  if (b->bias) {
    vfloat bias[TILE_VECTORS];
    read_row(bias, b->bias + col, width);
    UNROLL for (int r = 0; r < rows; r++) {
      UNROLL for (int v = 0; v < TILE_VECTORS; v++) total[r][v] = total[r][v] + bias[v];
    }
  }
  UNROLL for (int r = 0; r < rows; r++) {
    if (b->mode == ACCUMULATE) {
      vfloat before[TILE_VECTORS];
      read_row(before, out_rows[r] + col, width);
      UNROLL for (int v = 0; v < TILE_VECTORS; v++) total[r][v] = before[v] + total[r][v];
    }
    write_row(out_rows[r] + col, total[r], width);
  }
}

/* A tile of the rows that are left: each count is code of its own, with its accumulators in registers. */
INLINE void last_tile(const RightSide *b, int rows, const float *const *a_rows, float *const *out_rows, int col) {
  switch (rows) {
    case 1: return tile(b, 1, a_rows, out_rows, col);
#if TILE_ROWS > 2
    case 2: return tile(b, 2, a_rows, out_rows, col);
    case 3: return tile(b, 3, a_rows, out_rows, col);
    case 4: return tile(b, 4, a_rows, out_rows, col);
    case 5: return tile(b, 5, a_rows, out_rows, col);
#endif
  }
}

/* Some rows and the columns [begin, end). */
INLINE void gemm_panels(const RightSide *b, const float *const *a_rows, int rows, float *const *out_rows, int begin, int end) {
  for (int col = begin; col < end; col += TILE_COLS) {
    int row = 0;
    for (; row + TILE_ROWS <= rows; row += TILE_ROWS) tile(b, TILE_ROWS, a_rows + row, out_rows + row, col);
    last_tile(b, rows - row, a_rows + row, out_rows + row, col);
  }
}

INTERNAL void gemm_rows(const float *const *a_rows, int rows, const float *packed, int k, int n, float *const *out_rows, int begin, int end, GemmMode mode) {
  RightSide b = {packed, (size_t)k * TILE_COLS, k, n, mode, 0, 0};
  gemm_panels(&b, a_rows, rows, out_rows, begin, end);
}

#define ROW_BLOCK 64
#define LONG_ROW_BLOCK 192

INTERNAL void gemm_columns(const float *a, ptrdiff_t stride, int first, int last, const float *packed, int k, int n, float *out, int begin, int end) {
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
      RightSide b = {packed + (size_t)start * TILE_COLS, (size_t)k * TILE_COLS, count, n, start == 0 ? PRODUCT : ACCUMULATE, 0, 0};
      gemm_panels(&b, a_rows, rows, out_rows, begin, end);
    }
  }
}

typedef struct {
  const float *a, *b, *bias;
  float *out, *packed;
  int m, n, k;
  int transpose_a, is_packed;
  ptrdiff_t b_row, b_col;
} Matmul;

/* Each thread packs and owns a range of columns, and walks the rows in blocks that stay in the second-level cache. */
static void matmul_columns(void *pointer, int thread, int threads) {
  Matmul *args = pointer;
  int begin, end;
  split_range(args->n, TILE_COLS, thread, threads, &begin, &end);
  if (!args->is_packed) pack_columns(args->b, args->b_row, args->b_col, args->k, args->n, args->packed, begin, end);
  if (args->transpose_a) {
    gemm_columns(args->a, args->m, 0, args->m, args->packed, args->k, args->n, args->out, begin, end);
    return;
  }
  RightSide b = {args->packed, (size_t)args->k * TILE_COLS, args->k, args->n, PRODUCT, 0, args->bias};
  const float *a_rows[LONG_ROW_BLOCK];
  float *out_rows[LONG_ROW_BLOCK];
  for (int start = 0; start < args->m; start += LONG_ROW_BLOCK) {
    int rows = args->m - start < LONG_ROW_BLOCK ? args->m - start : LONG_ROW_BLOCK;
    for (int r = 0; r < rows; r++) {
      a_rows[r] = args->a + (size_t)(start + r) * args->k;
      out_rows[r] = args->out + (size_t)(start + r) * args->n;
    }
    gemm_panels(&b, a_rows, rows, out_rows, begin, end);
  }
}

/* Below this many multiplications a second thread costs more than it brings. */
#define PARALLEL_PRODUCTS 65536

/* bias: [n], or null (always with transpose_a). packed: room for packed_size(k, n) elements; is_packed: it holds b of the same
 * shape and transposition already. */
EXPORT void matmul(const float *a, const float *b, const float *bias, float *out, float *packed, int batch, int m, int n, int k, int transpose_a, int transpose_b, int shared_b, int is_packed) {
  Matmul args = {.bias = bias, .packed = packed, .m = m, .n = n, .k = k, .transpose_a = transpose_a, .is_packed = is_packed};
  args.b_row = transpose_b ? 1 : n;
  args.b_col = transpose_b ? k : 1;
  int parallel = (double)m * n * k > PARALLEL_PRODUCTS;
  for (int group = 0; group < batch; group++) {
    args.a = a + (size_t)group * m * k;
    args.b = shared_b ? b : b + (size_t)group * k * n;
    args.out = out + (size_t)group * m * n;
    if (parallel) run_parallel(matmul_columns, &args);
    else matmul_columns(&args, 0, 1);
    args.is_packed = shared_b; /* by the first group for all */
  }
}

typedef struct ProductSum {
  int m, n, rows, terms;
  const int *term_ends; /* [terms]: rows up to the end of each term */
  const float *left, *right;
  const int *left_at, *right_at; /* [terms]: where each term begins, in elements after left and right */
  float *out, *packed, *turned;  /* turned: [threads, ROW_BLOCK, rows] */
  const float **right_rows;      /* [rows] */
} ProductSum;

static void pack_terms(void *pointer, int thread, int threads) {
  ProductSum *p = pointer;
  int begin, end;
  split_range(p->n, TILE_COLS, thread, threads, &begin, &end);
  pack_rows_by_pointer(p->right_rows, p->rows, p->n, p->packed, begin, end);
}

static void multiply_terms(void *pointer, int thread, int threads) {
  ProductSum *p = pointer;
  float *turned = p->turned + (size_t)thread * ROW_BLOCK * p->rows;
  const float *a_rows[ROW_BLOCK];
  float *out_rows[ROW_BLOCK];
  int first, last;
  split_range(p->m, TILE_ROWS, thread, threads, &first, &last);
  for (int block = first; block < last; block += ROW_BLOCK) {
    int count = last - block < ROW_BLOCK ? last - block : ROW_BLOCK;
    for (int r = 0; r < count; r++) {
      a_rows[r] = turned + (size_t)r * p->rows;
      out_rows[r] = p->out + (size_t)(block + r) * p->n;
    }
    for (int term = 0, row = 0; term < p->terms; term++) {
      const float *left = p->left + p->left_at[term] + block;
      for (; row < p->term_ends[term]; row++, left += p->m)
        for (int r = 0; r < count; r++) turned[(size_t)r * p->rows + row] = left[r];
    }
    RightSide b = {p->packed, (size_t)p->rows * TILE_COLS, p->rows, p->n, PRODUCT, p->term_ends, 0};
    gemm_panels(&b, a_rows, count, out_rows, 0, p->n);
  }
}

/* out = sum over terms of left^T right, each term one block. */
EXPORT void product_sum(ProductSum *p) {
  for (int term = 0, row = 0; term < p->terms; term++) {
    const float *right = p->right + p->right_at[term];
    for (; row < p->term_ends[term]; row++, right += p->n) p->right_rows[row] = right;
  }
  double products = (double)p->m * p->n * p->rows;
  run_if_large(pack_terms, p, products, PARALLEL_PRODUCTS);
  run_if_large(multiply_terms, p, products, PARALLEL_PRODUCTS);
}

EXPORT int packed_elements(int k, int n) { return (int)packed_size(k, n); }

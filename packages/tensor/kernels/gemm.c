#include "gemm.h"
#include "kernels.h"
#include "pool.h"

/* One row of a tile's output; only its last vector may be narrower, at the right edge. */
INLINE void read_row(vfloat row[TILE_VECTORS], int vectors, const float *out, int width) {
  int last = vectors - 1, left = width - last * LANES;
  UNROLL for (int v = 0; v < last; v++) row[v] = load(out + v * LANES);
  row[last] = left == LANES ? load(out + last * LANES) : load_some(out + last * LANES, left);
}

INLINE void write_row(float *out, int vectors, const vfloat row[TILE_VECTORS], int width) {
  int last = vectors - 1, left = width - last * LANES;
  UNROLL for (int v = 0; v < last; v++) store(out + v * LANES, row[v]);
  if (left == LANES) store(out + last * LANES, row[last]);
  else store_some(out + last * LANES, row[last], left);
}

INLINE float *panel_at(const RightSide *b, int col) { return b->packed + (size_t)(col / TILE_COLS) * b->panel_size; }

/* Makes a tile's place in the output its own while it computes, so that it does not wait for that at its end. */
INLINE void claim(int rows, int vectors, float *const *out_rows, int col) {
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int c = 0; c < vectors * LANES; c += LINE_FLOATS) __builtin_prefetch(out_rows[r] + col + c, 1);
  }
}

/* The products of some rows with one panel; rows, vectors, step and packs are constants wherever this is inlined. Packs, if so, while
 * the first block is multiplied. */
INLINE void tile_product(const RightSide *b, int rows, int vectors, const float *const *a_rows, ptrdiff_t step, float *const *out_rows, int col, Ahead ahead, int packs, Packing packing) {
  int k = b->k, width = b->n - col < TILE_COLS ? b->n - col : TILE_COLS;
  float *panel = panel_at(b, col);
  const int *block_ends = b->block_ends;
  Tile total = {0};
  if (!b->streams) claim(rows, vectors, out_rows, col);
  if (b->mode != PRODUCT) {
    UNROLL for (int r = 0; r < rows; r++) read_row(total[r], vectors, out_rows[r] + col, width);
  }
  for (int start = 0, end; start < k; start = end) {
    end = b->mode == CHAIN ? k : block_ends ? *block_ends++ : k - start < PRODUCT_BLOCK ? k : start + PRODUCT_BLOCK;
    Tile block = {0};
    const float *a[TILE_ROWS];
    UNROLL for (int r = 0; r < rows; r++) {
      a[r] = a_rows[r] + start * step;
      UNROLL for (int v = 0; b->mode == CHAIN && v < vectors; v++) block[r][v] = total[r][v];
    }
    float *block_panel = panel + (size_t)start * TILE_COLS;
    Ahead lines = {ahead.from + start * ahead.step, ahead.step};
    multiply(block, rows, vectors, a, step, block_panel, end - start, lines, packs, packing);
    packing.rows = 0;
    int replaces = b->mode == CHAIN || (b->mode == PRODUCT && start == 0);
    UNROLL for (int r = 0; r < rows; r++) {
      UNROLL for (int v = 0; v < vectors; v++) total[r][v] = replaces ? block[r][v] : total[r][v] + block[r][v];
    }
  }
  if (b->bias) {
    vfloat bias[TILE_VECTORS];
    read_row(bias, vectors, b->bias + col, width);
    UNROLL for (int r = 0; r < rows; r++) {
      UNROLL for (int v = 0; v < vectors; v++) total[r][v] = total[r][v] + bias[v];
    }
  }
  UNROLL for (int r = 0; r < rows; r++) {
    if (!b->streams) write_row(out_rows[r] + col, vectors, total[r], width);
    UNROLL for (int v = 0; b->streams && v < vectors; v++) stream(out_rows[r] + col + v * LANES, total[r][v]);
  }
}

/* A tile with a packed panel, as wide as its columns: no vector of a narrow panel is computed for nothing. */
INLINE void narrow_tile(const RightSide *b, int rows, const float *const *a_rows, ptrdiff_t step, float *const *out_rows, int col, Ahead ahead) {
  switch ((b->n - col + LANES - 1) / LANES) {
    case 1: return tile_product(b, rows, 1, a_rows, step, out_rows, col, ahead, 0, pack_nothing());
    case 2: return tile_product(b, rows, 2, a_rows, step, out_rows, col, ahead, 0, pack_nothing());
    case 3: return tile_product(b, rows, 3, a_rows, step, out_rows, col, ahead, 0, pack_nothing());
    default: return tile_product(b, rows, 4, a_rows, step, out_rows, col, ahead, 0, pack_nothing());
  }
}

INLINE void gemm_panels(const RightSide *b, const float *const *a_rows, int rows, ptrdiff_t step, float *const *out_rows, int begin, int end) {
  int last = begin + (end - 1 - begin) / TILE_COLS * TILE_COLS;
  for (int turn = begin; turn < end; turn += TILE_COLS) {
    int col = b->goes_back ? begin + last - turn : turn;
    int next = turn == last ? col : b->goes_back ? col - TILE_COLS : col + TILE_COLS;
#define TILE(count, row, place, tiles) \
  narrow_tile(b, count, a_rows + row, step, out_rows + row, col, look_ahead(panel_at(b, next), b->k, place, tiles));
    EACH_TILE(rows, TILE)
#undef TILE
  }
}

/* Elements of the left side that stay in the second-level cache beside a panel, and the depths of both. */
#define NEAR_ELEMENTS (1 << 16)
#define LEAST_DEPTH PRODUCT_BLOCK
#define MOST_DEPTH (4 * PRODUCT_BLOCK)
/* Most rows in one call. */
#define MOST_ROWS 192

/* Of a block of so many rows. */
INLINE int near_depth(const RightSide *b, int rows) {
  if (b->k <= MOST_DEPTH) return b->k > 0 ? b->k : 1;
  int depth = NEAR_ELEMENTS / (rows + 1) / PRODUCT_BLOCK * PRODUCT_BLOCK;
  return depth < LEAST_DEPTH ? LEAST_DEPTH : depth > MOST_DEPTH ? MOST_DEPTH : depth;
}

INTERNAL void gemm_rows(const RightSide *b, const float *const *a_rows, int rows, float *const *out_rows, int begin, int end) {
  const float *part_rows[MOST_ROWS];
  int depth = near_depth(b, rows);
  for (int start = 0; start < b->k || start == 0; start += depth) {
    RightSide part = depth_of(b, start, depth);
    for (int r = 0; start > 0 && r < rows; r++) part_rows[r] = a_rows[r] + start;
    gemm_panels(&part, start > 0 ? part_rows : a_rows, rows, 1, out_rows, begin, end);
  }
}

/* Columns of the left side that are packed already. */
static void gemm_strips(const RightSide *b, const float *const *a_rows, int rows, float *const *out_rows, int begin, int end) {
  gemm_panels(b, a_rows, rows, TILE_ROWS, out_rows, begin, end);
}

INTERNAL void gemm_columns(const float *a, ptrdiff_t stride, int first, int last, int k, const Target *targets, int target_count, float *strips) {
  const float *a_rows[LEFT_ROWS];
  float *out_rows[LEFT_ROWS];
  int strip_depth = k < LEFT_DEPTH ? k : LEFT_DEPTH;
  for (int c = 0; c < LEFT_ROWS; c++) a_rows[c] = strips + (size_t)(c / TILE_ROWS) * TILE_ROWS * strip_depth + c % TILE_ROWS;
  /* k = 0 still writes its zeros */
  for (int start = 0; start < k || start == 0; start += LEFT_DEPTH) {
    int depth = k - start < LEFT_DEPTH ? k - start : LEFT_DEPTH;
    for (int block = first; block < last; block += LEFT_ROWS) {
      int columns = last - block < LEFT_ROWS ? last - block : LEFT_ROWS;
      pack_strips(a + start * stride + block, stride, columns, depth, strips, strip_depth);
      int goes_back = (block - first) / LEFT_ROWS % 2;
      for (int turn = 0; turn < target_count; turn++) {
        const Target *target = targets + (goes_back ? target_count - 1 - turn : turn);
        for (int c = 0; c < columns; c++) out_rows[c] = target->out + (size_t)(block + c) * target->n;
        RightSide b = deep_block(target->packed, k, target->n, start, depth);
        b.goes_back = goes_back;
        gemm_strips(&b, a_rows, columns, out_rows, 0, target->n);
      }
    }
  }
}

typedef struct {
  const float *a, *bias;
  Matrix b;
  float *out, *packed, *strips;
  int m, transpose_a, is_packed, is_kept;
} Matmul;

static void pack_right_side(void *pointer, int thread, int threads) {
  const Matmul *args = pointer;
  int begin, end;
  split_range(args->b.n, TILE_COLS, thread, threads, &begin, &end);
  pack_columns(&args->b, args->packed, begin, end);
}

/* A block of rows and a panel of this depth stay in the second-level cache. */
#define ROW_BLOCK MOST_ROWS
#define DEPTH_BLOCK MOST_DEPTH

/* An output of this size and more is written past the caches: it would not stay in them until somebody reads it. */
#define FAR_BYTES (8 << 20)

/* Whether it is that large, written once, and in whole vectors. */
static int streams(const Matmul *args) {
  size_t row = args->b.n * sizeof(float), vector = sizeof(vfloat);
  return args->m * row >= FAR_BYTES && args->b.k <= DEPTH_BLOCK && row % vector == 0 && (uintptr_t)args->out % vector == 0;
}

/* A right side is packed block by block, each while the one before it is multiplied: of a run of panels, so that memory is read in
 * long runs, the same rows, then the rows below. */
#define RUN_COLUMNS (4 * TILE_COLS)

/* Rows [start, start + depth) of the panel of the columns from `col` on; and its packed place. */
typedef struct {
  int col, start, depth;
  float *place;
} Block;

/* The columns [begin, end), whole panels, of a right side that is packed as it is read. */
typedef struct {
  const Matmul *args;
  int begin, end;
} Columns;

/* The block at a place, numbered `number`. Where one block of rows alone reads them and nobody afterwards, blocks take turns in the
 * places of the first two, which stay in the cache. */
static Block block_at(const Columns *c, int col, int start, int number) {
  const Matmul *args = c->args;
  int k = args->b.k, deepest = k < PRODUCT_BLOCK ? k : PRODUCT_BLOCK, is_passing = !args->is_kept && args->m <= ROW_BLOCK;
  float *place = args->packed + (is_passing ? (size_t)c->begin * k + (size_t)(number % 2) * deepest * TILE_COLS : (size_t)col * k + (size_t)start * TILE_COLS);
  return (Block){col, start, k - start < deepest ? k - start : deepest, place};
}

/* The block after that; its column is `end` where there is none. */
static Block block_after(const Columns *c, Block block, int number) {
  int run = block.col - (block.col - c->begin) % RUN_COLUMNS, run_end = run + RUN_COLUMNS < c->end ? run + RUN_COLUMNS : c->end;
  if (block.col + TILE_COLS < run_end) return block_at(c, block.col + TILE_COLS, block.start, number);
  if (block.start + PRODUCT_BLOCK < c->args->b.k) return block_at(c, run, block.start + PRODUCT_BLOCK, number);
  return block_at(c, run_end, 0, number);
}

/* Packing of the rows from `first` on, `rows` at most. */
static Packing packing_of(const Columns *c, const Block *block, int first, int rows) {
  const Matrix *b = &c->args->b;
  int left = block->col < c->end ? block->depth - first : 0;
  if (left <= 0) return pack_nothing();
  return (Packing){b->from + (block->start + first) * b->row_stride + block->col, b->row_stride, block->place + (size_t)first * TILE_COLS, left < rows ? left : rows};
}

/* Some rows times a block; tiles share the packing of the next one, and what they have no terms for is packed at the end. */
static void multiply_block(const Columns *c, const Block *block, const Block *next, const float *const *a_rows, int rows, float *const *out_rows) {
  const Matmul *args = c->args;
  int k = args->b.k, packed = 0;
  RightSide b = whole_right_side(block->place, block->depth, TILE_COLS, block->start == 0 ? PRODUCT : CONTINUE);
  b.bias = args->bias && block->start + block->depth == k ? args->bias + block->col : 0;
  b.streams = k <= PRODUCT_BLOCK && streams(args);
#define TILE(count, row, at, tiles)                                                                                        \
  {                                                                                                                        \
    Packing packing = packing_of(c, next, packed, (next->depth + tiles - 1) / tiles);                                      \
    tile_product(&b, count, TILE_VECTORS, a_rows + row, 1, out_rows + row, 0, look_nowhere(block->place), 1, packing);                 \
    packed += rows_packed(packing.rows, block->depth);                                                                     \
  }
  EACH_TILE(rows, TILE)
#undef TILE
  Packing rest = packing_of(c, next, packed, next->depth);
  pack_rows(rest.from, rest.stride, rest.rows, rest.to);
}

/* The first block of rows, whose products pack whole panels. Returns how many rows that are. */
static int multiply_packing(const Matmul *args, int begin, int end) {
  Columns columns = {args, begin, end};
  int k = args->b.k, rows = args->m < ROW_BLOCK ? args->m : ROW_BLOCK;
  const float *a_rows[ROW_BLOCK];
  float *out_rows[ROW_BLOCK];
  Block block = block_at(&columns, begin, 0, 0);
  Packing first = packing_of(&columns, &block, 0, block.depth);
  pack_rows(first.from, first.stride, first.rows, first.to);
  for (int number = 1; block.col < end; number++) {
    Block next = block_after(&columns, block, number);
    for (int r = 0; r < rows; r++) {
      a_rows[r] = args->a + (size_t)r * k + block.start;
      out_rows[r] = args->out + (size_t)r * args->b.n + block.col;
    }
    multiply_block(&columns, &block, &next, a_rows, rows, out_rows);
    block = next;
  }
  return rows;
}

/* Some rows and columns, of a right side that is packed. */
static void multiply_rows(const Matmul *args, int first, int last, int begin, int end) {
  int k = args->b.k, n = args->b.n;
  const float *a_rows[ROW_BLOCK];
  float *out_rows[ROW_BLOCK];
  for (int row = first; row < last; row += ROW_BLOCK) {
    int rows = last - row < ROW_BLOCK ? last - row : ROW_BLOCK;
    for (int r = 0; r < rows; r++) out_rows[r] = args->out + (size_t)(row + r) * n;
    for (int start = 0; start < k || start == 0; start += DEPTH_BLOCK) {
      int depth = k - start < DEPTH_BLOCK ? k - start : DEPTH_BLOCK;
      for (int r = 0; r < rows; r++) a_rows[r] = args->a + (size_t)(row + r) * k + start;
      RightSide b = deep_block(args->packed, k, n, start, depth);
      if (start + depth == k) b.bias = args->bias;
      b.goes_back = (row - first) / ROW_BLOCK % 2;
      b.streams = streams(args);
      gemm_rows(&b, a_rows, rows, out_rows, begin, end);
    }
  }
}

/* Each thread owns a range of columns, and packs them. */
static void matmul_columns(void *pointer, int thread, int threads) {
  const Matmul *args = pointer;
  int begin, end;
  split_range(args->b.n, TILE_COLS, thread, threads, &begin, &end);
  int packs = !args->is_packed && !args->b.transposed && args->m >= TILE_ROWS;
  int whole_end = packs ? end / TILE_COLS * TILE_COLS : begin;
  if (!args->is_packed) pack_columns(&args->b, args->packed, whole_end, end);
  int rows = packs ? multiply_packing(args, begin, whole_end) : 0;
  multiply_rows(args, 0, rows, whole_end, end);
  multiply_rows(args, rows, args->m, begin, end);
  end_streams();
}

/* Each thread owns a range of rows; the right side is packed. */
static void matmul_rows(void *pointer, int thread, int threads) {
  const Matmul *args = pointer;
  int first, last;
  split_range(args->m, TILE_ROWS, thread, threads, &first, &last);
  if (args->transpose_a) {
    Target target = {args->packed, args->b.n, args->out};
    gemm_columns(args->a, args->m, first, last, args->b.k, &target, 1, args->strips + thread * left_size(args->b.k));
  } else {
    multiply_rows(args, first, last, 0, args->b.n);
    end_streams();
  }
}

/* With fewer columns than this for each thread, threads that own rows are the more even. */
#define EVEN_COLUMNS (4 * TILE_COLS)

static void run_matmul(Matmul *args) {
  double products = (double)args->m * args->b.n * args->b.k;
  int threads = team_size();
  if (!args->transpose_a && (args->b.n >= threads * EVEN_COLUMNS || args->m < threads * TILE_ROWS)) {
    run_if_large(matmul_columns, args, products, PARALLEL_PRODUCTS);
    return;
  }
  if (!args->is_packed) run_if_large(pack_right_side, args, products, PARALLEL_PRODUCTS);
  run_if_large(matmul_rows, args, products, PARALLEL_PRODUCTS);
}

/* bias: [n], or null (always with transpose_a). packed: room for packed_elements(k, n) elements; is_packed: it holds b of the same
 * shape and transposition already; is_kept: it is to hold all of b afterwards. strips: with transpose_a, room for left_elements(k) elements for each thread. */
EXPORT void matmul(const float *a, const float *b, const float *bias, float *out, float *packed, float *strips, int batch, int m, int n, int k, int transpose_a, int transpose_b, int shared_b, int is_packed, int is_kept) {
  Matmul args = {.bias = bias, .packed = packed, .strips = strips, .m = m, .transpose_a = transpose_a, .is_packed = is_packed, .is_kept = is_kept};
  args.b = (Matrix){.row_stride = transpose_b ? k : n, .k = k, .n = n, .transposed = transpose_b};
  for (int group = 0; group < batch; group++) {
    args.a = a + (size_t)group * m * k;
    args.b.from = shared_b ? b : b + (size_t)group * k * n;
    args.out = out + (size_t)group * m * n;
    run_matmul(&args);
    args.is_packed = shared_b; /* by the first group for all */
  }
}

/* Threads own rows. */
static void pack_terms(void *pointer, int thread, int threads) {
  ProductSum *p = pointer;
  int first, last;
  split_range(p->rows, 1, thread, threads, &first, &last);
  for (int term = 0, row = 0; term < p->terms; term++) {
    const float *right = p->right + p->right_at[term];
    for (; row < p->term_ends[term]; row++, right += p->n)
      if (row >= first && row < last) pack_row(right, p->packed, p->rows, p->n, row);
  }
}

static void multiply_terms(void *pointer, int thread, int threads) {
  ProductSum *p = pointer;
  float *strips = p->strips + (size_t)thread * LEFT_ROWS * p->rows;
  const float *a_rows[LEFT_ROWS];
  float *out_rows[LEFT_ROWS];
  RightSide b = whole_right_side(p->packed, p->rows, p->n, PRODUCT);
  b.block_ends = p->term_ends;
  int first, last;
  split_range(p->m, TILE_ROWS, thread, threads, &first, &last);
  for (int block = first; block < last; block += LEFT_ROWS) {
    int columns = last - block < LEFT_ROWS ? last - block : LEFT_ROWS;
    for (int c = 0; c < columns; c++) {
      a_rows[c] = strips + (size_t)(c / TILE_ROWS) * TILE_ROWS * p->rows + c % TILE_ROWS;
      out_rows[c] = p->out + (size_t)(block + c) * p->n;
    }
    for (int term = 0, row = 0; term < p->terms; row = p->term_ends[term++])
      pack_strips(p->left + p->left_at[term] + block, p->m, columns, p->term_ends[term] - row, strips + (size_t)row * TILE_ROWS, p->rows);
    gemm_strips(&b, a_rows, columns, out_rows, 0, p->n);
    b.goes_back = !b.goes_back;
  }
}

/* out = sum over terms of left^T right, each term one block. */
EXPORT void product_sum(ProductSum *p) {
  double products = (double)p->m * p->n * p->rows;
  run_if_large(pack_terms, p, products, PARALLEL_PRODUCTS);
  run_if_large(multiply_terms, p, products, PARALLEL_PRODUCTS);
}

EXPORT int packed_elements(int k, int n) { return (int)packed_size(k, n); }
EXPORT int left_elements(int k) { return (int)left_size(k); }

/* Orthonormal vectors for first weights, in float64; src/orthonormal.ts says by which method and defines the bits. Vectors lie side by
 * side in a block, so that each lane of a register sums one of them in order, and a block stays in the cache while all units before it pass. */
#include "kernels.h"
#include "pool.h"

/* As many doubles as a register holds, and as many registers of them as hide the time that an addition takes. */
typedef double vcolumns __attribute__((vector_size(LANES * 4), aligned(8), may_alias));
#define GROUPS 4
#define DOUBLES (LANES / 2)
#define COLUMNS (GROUPS * DOUBLES)
_Static_assert(COLUMNS <= ORTHONORMAL_COLUMNS, "room for a block");

#define EACH_GROUP _Pragma("GCC unroll 4") for (int g = 0; g < GROUPS; g++)

/* The columns' products with a unit vector. block: [size, COLUMNS]. */
static void project(const double *unit, const double *block, int size, vcolumns products[GROUPS]) {
  vcolumns sums[GROUPS];
  EACH_GROUP sums[g] = (vcolumns){0};
  for (int k = 0; k < size; k++) {
    const vcolumns *row = (const vcolumns *)(block + (size_t)k * COLUMNS);
    EACH_GROUP sums[g] = sums[g] + unit[k] * row[g];
  }
  EACH_GROUP products[g] = sums[g];
}

/* Takes `products` times a unit from the columns, and leaves there the products with the next unit, for which a pass would take as long. */
static void remove_projections(const double *unit, const double *next, double *block, int size, vcolumns products[GROUPS]) {
  vcolumns shares[GROUPS], sums[GROUPS];
  EACH_GROUP shares[g] = products[g], sums[g] = (vcolumns){0};
  for (int k = 0; k < size; k++) {
    vcolumns *row = (vcolumns *)(block + (size_t)k * COLUMNS);
    EACH_GROUP {
      vcolumns rest = row[g] - shares[g] * unit[k];
      row[g] = rest;
      sums[g] = sums[g] + next[k] * rest;
    }
  }
  EACH_GROUP products[g] = sums[g];
}

/* Makes the columns of block orthogonal to units, one after the other. */
static void remove_units(const double *units, int count, double *block, int size) {
  vcolumns products[GROUPS];
  if (count > 0) project(units, block, size, products);
  for (int i = 0; i < count; i++) {
    const double *unit = units + (size_t)i * size;
    remove_projections(unit, i + 1 < count ? unit + size : unit, block, size, products);
  }
}

/* A column of block, scaled to length 1, into unit. */
static void normalize_column(const double *block, double *unit, int size, int column) {
  double square = 0;
  for (int k = 0; k < size; k++) square = square + block[(size_t)k * COLUMNS + column] * block[(size_t)k * COLUMNS + column];
  double length = __builtin_sqrt(square);
  for (int k = 0; k < size; k++) unit[k] = block[(size_t)k * COLUMNS + column] / length;
}

typedef struct {
  double *vectors;
  int count, size;
  double *blocks; /* [threads, size, ORTHONORMAL_COLUMNS] */
} Orthonormal;

/* Makes the first columns of block, which are orthogonal to all units before them, units too. */
static void finish_block(double *units, double *block, int size, int columns) {
  vcolumns products[GROUPS];
  for (int c = 0; c < columns; c++) {
    double *unit = units + (size_t)c * size;
    normalize_column(block, unit, size, c);
    project(unit, block, size, products);
    for (int done = 0; done <= c; done++) products[done / DOUBLES][done % DOUBLES] = 0; /* units stay */
    remove_projections(unit, unit, block, size, products);
  }
}

/* Each thread has a block of its own, as many of them side by side as there are threads: the units before them are removed from all at
 * once, then the blocks are finished in turn. So every column meets the units in order. */
static void orthonormalize_part(void *pointer, int thread, int threads) {
  const Orthonormal *o = pointer;
  int count = o->count, size = o->size;
  double *block = o->blocks + (size_t)thread * size * ORTHONORMAL_COLUMNS;
  for (int start = 0; start < count; start += threads * COLUMNS) {
    int own = start + thread * COLUMNS, left = count - own;
    int columns = left < 0 ? 0 : left < COLUMNS ? left : COLUMNS;
    double *first = o->vectors + (size_t)own * size;
    for (int k = 0; k < size; k++)
      for (int c = 0; c < COLUMNS; c++) block[(size_t)k * COLUMNS + c] = c < columns ? first[(size_t)c * size + k] : 0;
    int removed = 0;
    for (int turn = 0; turn <= thread; turn++) {
      int ready = start + turn * COLUMNS;
      if (columns > 0) remove_units(o->vectors + (size_t)removed * size, ready - removed, block, size);
      removed = ready;
      if (turn == thread) finish_block(first, block, size, columns);
      meet(threads);
    }
    for (int turn = thread + 1; turn < threads; turn++) meet(threads);
  }
}

/* Products from which all threads work. */
#define PARALLEL_ORTHONORMAL 262144

EXPORT void orthonormalize(double *vectors, int count, int size, double *blocks) {
  Orthonormal args = {vectors, count, size, blocks};
  run_if_large(orthonormalize_part, &args, (double)count * count * size, PARALLEL_ORTHONORMAL);
}

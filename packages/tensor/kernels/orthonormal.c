/* Orthonormal vectors for first weights, in float64; src/orthonormal.ts says by which method and defines the bits. Vectors lie side by
 * side in a block, so that each lane of a register sums one of them in order, and a block stays in the cache while all units before it pass. */
#include "kernels.h"

/* As many doubles as a register holds, and as many registers of them as hide the time that an addition takes. */
typedef double vcolumns __attribute__((vector_size(LANES * 4), aligned(8), may_alias));
#define GROUPS 4
#define COLUMNS (GROUPS * LANES / 2)
_Static_assert(COLUMNS <= ORTHONORMAL_COLUMNS, "room for a block");

#define EACH_GROUP _Pragma("GCC unroll 4") for (int g = 0; g < GROUPS; g++)

/* Makes the columns of block, [size, COLUMNS], from `first` on orthogonal to a unit vector. */
static void remove_projections(const double *unit, double *block, int size, int first) {
  vcolumns sums[GROUPS];
  EACH_GROUP sums[g] = (vcolumns){0};
  for (int k = 0; k < size; k++) {
    const vcolumns *row = (const vcolumns *)(block + (size_t)k * COLUMNS);
    EACH_GROUP sums[g] = sums[g] + unit[k] * row[g];
  }
  double shares[COLUMNS];
  EACH_GROUP ((vcolumns *)shares)[g] = sums[g];
  for (int c = 0; c < first; c++) shares[c] = 0;
  EACH_GROUP sums[g] = ((vcolumns *)shares)[g];
  for (int k = 0; k < size; k++) {
    vcolumns *row = (vcolumns *)(block + (size_t)k * COLUMNS);
    EACH_GROUP row[g] = row[g] - sums[g] * unit[k];
  }
}

/* A column of block, scaled to length 1, into unit. */
static void normalize_column(const double *block, double *unit, int size, int column) {
  double square = 0;
  for (int k = 0; k < size; k++) square = square + block[(size_t)k * COLUMNS + column] * block[(size_t)k * COLUMNS + column];
  double length = __builtin_sqrt(square);
  for (int k = 0; k < size; k++) unit[k] = block[(size_t)k * COLUMNS + column] / length;
}

EXPORT void orthonormalize(double *vectors, int count, int size, double *block) {
  for (int start = 0; start < count; start += COLUMNS) {
    int columns = count - start < COLUMNS ? count - start : COLUMNS;
    double *first = vectors + (size_t)start * size;
    for (int k = 0; k < size; k++)
      for (int c = 0; c < COLUMNS; c++) block[(size_t)k * COLUMNS + c] = c < columns ? first[(size_t)c * size + k] : 0;
    for (int i = 0; i < start; i++) remove_projections(vectors + (size_t)i * size, block, size, 0);
    for (int c = 0; c < columns; c++) {
      double *unit = first + (size_t)c * size;
      normalize_column(block, unit, size, c);
      remove_projections(unit, block, size, c + 1);
    }
  }
}

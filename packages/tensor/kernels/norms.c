/* Sums of squares of all gradients at once; a sparse gradient is a dense one whose other rows are zero. The table has an entry for
 * each gradient (Squared in kernels.h). */
#include "kernels.h"
#include "pack.h"
#include "places.h"
#include "pool.h"

/* Chunks that are summed side by side, each a chain of additions: whole vectors of any width. */
#define CHAINS 16

/* Lists the chunks of the dense flat index that a gradient's values lie in. */
static void find_chunks(Squares *s, const Squared *g) {
  const int *rows = (const int *)at_place(s->table, g->rows);
  int64_t current = -1;
  for (int i = 0, row_end = 0, stored = 0; i < g->count;) {
    if (i == row_end) row_end = rows ? i + g->width : g->count, stored++;
    int64_t flat = rows ? (int64_t)(rows[stored - 1] + 1) * g->width - (row_end - i) : i;
    if (flat / CHUNK != current) {
      current = flat / CHUNK;
      s->places[s->chunks] = g->gradient + i;
      s->lengths[s->chunks++] = 0;
    }
    int length = least(CHUNK - (int)(flat % CHUNK), row_end - i);
    s->lengths[s->chunks - 1] += length;
    i += length;
  }
}

typedef struct {
  const float *from;
  int chunk, left;
} Chain;

/* Adds the squares of `count` elements of each chain; vectors hold one element of each of LANES chains. */
static void add_squares(double *sum, const float *const *from, int count) {
  for (int chain = 0; chain < CHAINS; chain += LANES) {
    vdouble total;
    int i = 0;
    for (int lane = 0; lane < LANES; lane++) total[lane] = sum[chain + lane];
    for (; i + LANES <= count; i += LANES) {
      vfloat block[LANES];
      UNROLL for (int lane = 0; lane < LANES; lane++) block[lane] = load(from[chain + lane] + i);
      transpose_block(block);
      UNROLL for (int step = 0; step < LANES; step++) {
        vdouble x = __builtin_convertvector(block[step], vdouble);
        total = total + x * x;
      }
    }
    for (int lane = 0; lane < LANES; lane++) {
      sum[chain + lane] = total[lane];
      for (int rest = i; rest < count; rest++) sum[chain + lane] += (double)from[chain + lane][rest] * from[chain + lane][rest];
    }
  }
}

/* A chain that ends makes room for the next chunk. */
static void sum_chunks(void *pointer, int thread, int threads) {
  const Squares *s = pointer;
  int next, end, running = 0;
  split_range(s->chunks, CHAINS, thread, threads, &next, &end);
  Chain chains[CHAINS];
  double sum[CHAINS] = {0};
  for (; running < CHAINS && next < end; running++, next++)
    chains[running] = (Chain){at_place(s->table, s->places[next]), next, s->lengths[next]};
  while (running > 0) {
    int common = CHUNK;
    const float *from[CHAINS];
    for (int j = 0; j < running; j++) common = least(common, chains[j].left);
    for (int j = 0; j < CHAINS; j++) from[j] = chains[j < running ? j : 0].from; /* what idle chains sum is not used */
    add_squares(sum, from, common);
    for (int j = running - 1; j >= 0; j--) {
      chains[j].from += common;
      chains[j].left -= common;
      if (chains[j].left > 0) continue;
      s->sums[chains[j].chunk] = sum[j];
      if (next < end) {
        chains[j] = (Chain){at_place(s->table, s->places[next]), next, s->lengths[next]};
        sum[j] = 0;
        next++;
      } else {
        running--;
        chains[j] = chains[running];
        sum[j] = sum[running];
      }
    }
  }
}

EXPORT void sums_of_squares(Squares *s) {
  double elements = 0;
  s->chunks = 0;
  for (int i = 0; i < s->gradients; i++) {
    s->starts[i] = s->chunks;
    find_chunks(s, s->table + i);
    elements += s->table[i].count;
  }
  s->starts[s->gradients] = s->chunks;
  run_if_large(sum_chunks, s, elements, PARALLEL_UPDATES);
  for (int i = 0; i < s->gradients; i++) {
    s->totals[i] = 0;
    for (int chunk = s->starts[i]; chunk < s->starts[i + 1]; chunk++) s->totals[i] += s->sums[chunk];
  }
}

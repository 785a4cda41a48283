/* Optimizer steps and norms over all parameters at once; a sparse gradient is a dense one whose other rows are zero.
 *
 * Both read a table with an entry for each parameter (Segment, Squared in kernels.h). */
#include "kernels.h"
#include "pack.h"
#include "pool.h"

#define TINY_MOMENT 1e-30f
/* Elements from which a step or a norm takes all threads. */
#define PARALLEL_UPDATES 32768

/* A parameter with its pointers. */
typedef struct {
  float *parameter, *mean, *square, *velocity;
  const float *gradient;
  const int *rows;
  int row_count, width, count;
  float step_size, correction;
} Parameter;

static float *at_place(const void *table, int place) { return place ? (float *)table + place : 0; }

static Parameter parameter_of(const Segment *table, int index) {
  const Segment *s = table + index;
  return (Parameter){
      .parameter = at_place(table, s->parameter),
      .mean = at_place(table, s->mean),
      .square = at_place(table, s->square),
      .velocity = at_place(table, s->velocity),
      .gradient = at_place(table, s->gradient),
      .rows = (const int *)at_place(table, s->rows),
      .row_count = s->row_count,
      .width = s->width,
      .count = s->count,
      .step_size = s->step_size,
      .correction = s->correction,
  };
}

/* ---- What happens to the elements: a vector from index i on, of which `lanes` are written ---- */

INLINE vfloat flush(vfloat moment) { return select_float(absolute(moment) < TINY_MOMENT, splat(0), moment); }

INLINE void put(float *to, vfloat v, int lanes) {
  if (lanes == LANES) store(to, v);
  else store_some(to, v, lanes);
}

INLINE void adam_vector(const Update *s, const Parameter *p, size_t i, vfloat g, int lanes) {
  float *parameter = p->parameter + i, *mean = p->mean + i, *square = p->square + i;
  vfloat m = flush(s->mean_memory * load(mean) + s->mean_share * g);
  vfloat v = flush(s->square_memory * load(square) + (s->square_share * g) * g);
  vfloat denominator = square_root(v) / p->correction + s->epsilon;
  put(parameter, load(parameter) * s->decay - p->step_size * (m / denominator), lanes);
  put(mean, m, lanes);
  put(square, v, lanes);
}

INLINE void sgd_vector(const Update *s, const Parameter *p, size_t i, vfloat g, int lanes) {
  float *parameter = p->parameter + i, *velocity = p->velocity + i;
  vfloat direction = g;
  if (p->velocity) {
    vfloat moment = flush(s->momentum * load(velocity) + g);
    put(velocity, moment, lanes);
    direction = s->nesterov ? g + s->momentum * moment : moment;
  }
  put(parameter, load(parameter) - p->step_size * direction, lanes);
}

/* The velocity and the mean may be missing. */
INLINE void rmsprop_vector(const Update *s, const Parameter *p, size_t i, vfloat g, int lanes) {
  float *parameter = p->parameter + i, *squares = p->square + i, *velocity = p->velocity + i, *means = p->mean + i;
  vfloat v = flush(s->square_memory * load(squares) + (s->square_share * g) * g);
  vfloat variance = v;
  put(squares, v, lanes);
  if (p->mean) {
    vfloat mean = flush(s->mean_memory * load(means) + s->mean_share * g);
    put(means, mean, lanes);
    variance = maximum(v - mean * mean, splat(0));
  }
  vfloat step = g / (square_root(variance + s->root_epsilon) + s->epsilon);
  if (p->velocity) {
    step = flush(s->momentum * load(velocity) + step);
    put(velocity, step, lanes);
  }
  put(parameter, load(parameter) - p->step_size * step, lanes);
}

INLINE void adagrad_vector(const Update *s, const Parameter *p, size_t i, vfloat g, int lanes) {
  float *parameter = p->parameter + i, *squares = p->square + i;
  vfloat v = flush(load(squares) + g * g);
  put(squares, v, lanes);
  put(parameter, load(parameter) - p->step_size * (g / (square_root(v + s->root_epsilon) + s->epsilon)), lanes);
}

/* ---- Runs: elements in a row, whose gradient lies in a row too, or is null where it is zero ---- */

INLINE vfloat joined_gradient(const Update *s, const Parameter *p, size_t i, const float *gradient) {
  vfloat g = (gradient ? load(gradient) : splat(0)) * s->gradient_scale;
  return s->l2 != 0 ? g + s->l2 * load(p->parameter + i) : g;
}

/* Takes its structs by value, so that the compiler knows that no store changes them. */
#define DEFINE_RUN(name, vector)                                                                              \
  static void name(const Update step, const Parameter p, size_t begin, int count, const float *gradient) {      \
    int i = 0;                                                                                                \
    for (; i + LANES <= count; i += LANES)                                                                    \
      vector(&step, &p, begin + i, joined_gradient(&step, &p, begin + i, gradient ? gradient + i : 0), LANES); \
    if (i < count)                                                                                            \
      vector(&step, &p, begin + i, joined_gradient(&step, &p, begin + i, gradient ? gradient + i : 0), count - i); \
  }

DEFINE_RUN(adam_run, adam_vector)
DEFINE_RUN(sgd_run, sgd_vector)
DEFINE_RUN(rmsprop_run, rmsprop_vector)
DEFINE_RUN(adagrad_run, adagrad_vector)

/* ---- Where the gradient is zero ---- */

/* Elements that are tested at once. */
#define TEST_BLOCK 256

/* name(x, count): whether CONDITION holds for each v of x. */
#define DEFINE_TEST(name, CONDITION)                                        \
  static int name(const float *x, int count) {                              \
    vint good = first_lanes(LANES);                                         \
    int every = -1;                                                         \
    for (int i = 0; i < count; i += LANES) {                                \
      vfloat v = load(x + i);                                               \
      good &= count - i < LANES ? (CONDITION) | ~first_lanes(count - i) : (CONDITION); \
    }                                                                       \
    for (int lane = 0; lane < LANES; lane++) every &= good[lane];           \
    return every;                                                           \
  }

DEFINE_TEST(are_zero, (vint)v == 0)
DEFINE_TEST(have_roots, v >= 0)
DEFINE_TEST(stay_when_flushed, ((vint)v == 0) | (v >= TINY_MOMENT))

/* Whether a parameter stays what it is, -0 too, when a step of zeros is taken from it. */
static int stays_put(const Update *s, const Parameter *p) {
  float step = p->step_size * (s->gradient_scale * 0);
  return s->l2 == 0 && step == 0 && !__builtin_signbit(step);
}

/* Adam's quotient is 0 where the mean is 0, as in rows that no gradient has reached for long, without a root and divisions, which
 * take longer than all the rest. */
INLINE void resting_vector(const Update *s, const Parameter *p, size_t i, vfloat g, int lanes) {
  float *parameter = p->parameter + i, *square = p->square + i;
  put(parameter, load(parameter) * s->decay - splat(p->step_size * 0), lanes);
  put(square, flush(s->square_memory * load(square) + (s->square_share * g) * g), lanes);
}

/* The same where parameters stay put. */
INLINE void fading_vector(const Update *s, const Parameter *p, size_t i, vfloat g, int lanes) {
  float *square = p->square + i;
  put(square, flush(s->square_memory * load(square) + (s->square_share * g) * g), lanes);
}

DEFINE_RUN(resting_run, resting_vector)
DEFINE_RUN(fading_run, fading_vector)

static void adam_without_gradient(const Update *s, const Parameter *p, size_t begin, int count) {
  int quotient_is_zero = s->l2 == 0 && s->gradient_scale * 0 == 0 && s->epsilon > 0 && p->correction > 0 && p->correction <= 1;
  int parameters_stay = s->decay == 1 && stays_put(s, p);
  for (int i = 0; i < count; i += TEST_BLOCK) {
    int length = least(count - i, TEST_BLOCK);
    size_t at = begin + i;
    if (!quotient_is_zero || !are_zero(p->mean + at, length) || !have_roots(p->square + at, length)) adam_run(*s, *p, at, length, 0);
    else if (!parameters_stay) resting_run(*s, *p, at, length, 0);
    else if (!are_zero(p->square + at, length)) fading_run(*s, *p, at, length, 0);
  }
}

static void sgd_without_gradient(const Update *s, const Parameter *p, size_t begin, int count) {
  if (p->velocity || !stays_put(s, p)) sgd_run(*s, *p, begin, count, 0);
}

/* Squares only grow: most stay what they are, and then so do parameters. */
static void adagrad_without_gradient(const Update *s, const Parameter *p, size_t begin, int count) {
  int parameters_stay = s->epsilon + s->root_epsilon > 0 && stays_put(s, p);
  for (int i = 0; i < count; i += TEST_BLOCK) {
    int length = least(count - i, TEST_BLOCK);
    if (!parameters_stay || !stay_when_flushed(p->square + begin + i, length)) adagrad_run(*s, *p, begin + i, length, 0);
  }
}

/* gradient: null where it is zero. */
static void update_run(const Update *s, const Parameter *p, size_t begin, int count, const float *gradient) {
  switch (s->kind) {
    case UPDATE_ADAM: gradient ? adam_run(*s, *p, begin, count, gradient) : adam_without_gradient(s, p, begin, count); break;
    case UPDATE_SGD: gradient ? sgd_run(*s, *p, begin, count, gradient) : sgd_without_gradient(s, p, begin, count); break;
    case UPDATE_RMSPROP: rmsprop_run(*s, *p, begin, count, gradient); break;
    case UPDATE_ADAGRAD: gradient ? adagrad_run(*s, *p, begin, count, gradient) : adagrad_without_gradient(s, p, begin, count); break;
  }
}

/* How many stored rows from `first` on are neighbours in the parameter too. */
static int neighbours(const Parameter *p, int first) {
  int end = first + 1;
  while (end < p->row_count && p->rows[end] == p->rows[end - 1] + 1) end++;
  return end - first;
}

/* The first stored row that is not before `row`. */
static int find_row(const Parameter *p, int row) {
  int low = 0, high = p->row_count;
  while (low < high) {
    int middle = (low + high) / 2;
    if (p->rows[middle] < row) low = middle + 1;
    else high = middle;
  }
  return low;
}

/* Elements [begin, end) of a parameter with a sparse gradient. */
static void update_all_rows(const Update *s, const Parameter *p, int begin, int end) {
  int stored = find_row(p, begin / p->width);
  while (begin < end) {
    int start = stored < p->row_count ? p->rows[stored] * p->width : p->count; /* of the next stored row */
    if (begin < start) {
      int count = least(start, end) - begin;
      update_run(s, p, begin, count, 0);
      begin += count;
    } else {
      int rows = neighbours(p, stored), count = least(start + rows * p->width, end) - begin;
      update_run(s, p, begin, count, p->gradient + (size_t)stored * p->width + (begin - start));
      begin += count;
      stored += rows;
    }
  }
}

/* Elements [begin, end) of the stored rows alone. */
static void update_stored_rows(const Update *s, const Parameter *p, int begin, int end) {
  for (int stored = begin / p->width; begin < end;) {
    int rows = neighbours(p, stored), count = least((stored + rows) * p->width, end) - begin;
    update_run(s, p, (size_t)p->rows[stored] * p->width + (begin - stored * p->width), count, p->gradient + begin);
    begin += count;
    stored += rows;
  }
}

/* ---- The list of parameters as one range of elements, which threads divide ---- */

#define GRAIN 16

/* Elements of the range that a parameter takes: whole grains, so that threads part at vectors. */
static int extent_of(const Update *s, const Segment *segment) {
  int count = s->lazy && segment->rows ? segment->row_count * segment->width : segment->count;
  return (count + GRAIN - 1) / GRAIN * GRAIN;
}

static int total_extent(const Update *s) {
  int total = 0;
  for (int i = 0; i < s->segments; i++) total += extent_of(s, s->table + i);
  return total;
}

static void update_part(void *pointer, int thread, int threads) {
  const Update *s = pointer;
  int begin, end;
  split_range(total_extent(s), GRAIN, thread, threads, &begin, &end);
  for (int i = 0, start = 0; i < s->segments && start < end; start += extent_of(s, s->table + i), i++) {
    Parameter p = parameter_of(s->table, i);
    int lazy = s->lazy && p.rows;
    int from = begin > start ? begin - start : 0, to = least(end - start, lazy ? p.row_count * p.width : p.count);
    if (from >= to) continue;
    if (lazy) update_stored_rows(s, &p, from, to);
    else if (p.rows) update_all_rows(s, &p, from, to);
    else update_run(s, &p, from, to - from, p.gradient + from);
  }
}

EXPORT void optimizer_step(Update *s) {
  run_if_large(update_part, s, total_extent(s), PARALLEL_UPDATES);
}

/* ---- Norms ---- */

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

EXPORT double sum_of_squares(Squares *s) {
  double elements = 0, total = 0;
  s->chunks = 0;
  for (int i = 0; i < s->gradients; i++) {
    s->starts[i] = s->chunks;
    find_chunks(s, s->table + i);
    elements += s->table[i].count;
  }
  s->starts[s->gradients] = s->chunks;
  run_if_large(sum_chunks, s, elements, PARALLEL_UPDATES);
  for (int i = 0; i < s->gradients; i++) {
    double sum = 0;
    for (int chunk = s->starts[i]; chunk < s->starts[i + 1]; chunk++) sum += s->sums[chunk];
    total += sum;
  }
  return total;
}

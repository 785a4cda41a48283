/* Optimizer steps and norms over all parameters at once; a sparse gradient is a dense one whose other rows are zero.
 *
 * Both read a table with an entry for each parameter. Its places are counted in elements from the start of the table, so that
 * they mean the same in any address space; 0 is none. */
#include "kernels.h"
#include "pool.h"

#define TINY_MOMENT 1e-30f
/* Elements from which a step or a norm takes all threads. */
#define PARALLEL_UPDATES 32768

typedef struct {
  int gradient, rows; /* rows rise and are unique; none when dense */
  int row_count, width, count;
  int parameter, moments[3];
  float step_size, correction;
} Segment;

enum { ADAM, SGD, RMSPROP, ADAGRAD };

typedef struct Update {
  const Segment *table;
  int segments, rule;
  int lazy;     /* rows without a gradient stay as they are */
  int nesterov; /* SGD */
  float gradient_scale, l2;
  float beta1, beta2, one_minus_beta1, one_minus_beta2; /* RMSprop's alpha is both betas */
  float momentum, epsilon, decay;
} Update;

/* A parameter with its pointers. */
typedef struct {
  float *parameter, *moments[3];
  const float *gradient;
  const int *rows;
  int row_count, width, count;
  float step_size, correction;
} Parameter;

static float *at_place(const void *table, int place) { return place ? (float *)table + place : 0; }

static Parameter parameter_of(const Segment *table, int index) {
  const Segment *s = table + index;
  Parameter p = {
      .parameter = at_place(table, s->parameter),
      .gradient = at_place(table, s->gradient),
      .rows = (const int *)at_place(table, s->rows),
      .row_count = s->row_count,
      .width = s->width,
      .count = s->count,
      .step_size = s->step_size,
      .correction = s->correction,
  };
  for (int i = 0; i < 3; i++) p.moments[i] = at_place(table, s->moments[i]);
  return p;
}

/* ---- What happens to the elements: a vector from index i on, of which `lanes` are written ---- */

INLINE vfloat flush(vfloat moment) { return select_float(absolute(moment) < TINY_MOMENT, splat(0), moment); }

INLINE void put(float *to, vfloat v, int lanes) {
  if (lanes == LANES) store(to, v);
  else store_some(to, v, lanes);
}

INLINE void adam_vector(const Update *s, const Parameter *p, size_t i, vfloat g, int lanes) {
  float *parameter = p->parameter + i, *first = p->moments[0] + i, *second = p->moments[1] + i;
  vfloat m = flush(s->beta1 * load(first) + s->one_minus_beta1 * g);
  vfloat v = flush(s->beta2 * load(second) + (s->one_minus_beta2 * g) * g);
  vfloat denominator = square_root(v) / p->correction + s->epsilon;
  put(parameter, load(parameter) * s->decay - p->step_size * (m / denominator), lanes);
  put(first, m, lanes);
  put(second, v, lanes);
}

INLINE void sgd_vector(const Update *s, const Parameter *p, size_t i, vfloat g, int lanes) {
  float *parameter = p->parameter + i, *velocity = p->moments[0] + i;
  vfloat direction = g;
  if (p->moments[0]) {
    vfloat moment = flush(s->momentum * load(velocity) + g);
    put(velocity, moment, lanes);
    direction = s->nesterov ? g + s->momentum * moment : moment;
  }
  put(parameter, load(parameter) - p->step_size * direction, lanes);
}

/* Moments: the mean square, the velocity, the mean gradient; the last two may be missing. */
INLINE void rmsprop_vector(const Update *s, const Parameter *p, size_t i, vfloat g, int lanes) {
  float *parameter = p->parameter + i, *squares = p->moments[0] + i, *velocity = p->moments[1] + i, *means = p->moments[2] + i;
  vfloat v = flush(s->beta2 * load(squares) + (s->one_minus_beta2 * g) * g);
  vfloat variance = v;
  put(squares, v, lanes);
  if (p->moments[2]) {
    vfloat mean = flush(s->beta1 * load(means) + s->one_minus_beta1 * g);
    put(means, mean, lanes);
    variance = maximum(v - mean * mean, splat(0));
  }
  vfloat step = g / (square_root(variance) + s->epsilon);
  if (p->moments[1]) {
    step = flush(s->momentum * load(velocity) + step);
    put(velocity, step, lanes);
  }
  put(parameter, load(parameter) - p->step_size * step, lanes);
}

INLINE void adagrad_vector(const Update *s, const Parameter *p, size_t i, vfloat g, int lanes) {
  float *parameter = p->parameter + i, *squares = p->moments[0] + i;
  vfloat v = flush(load(squares) + g * g);
  put(squares, v, lanes);
  put(parameter, load(parameter) - p->step_size * (g / (square_root(v) + s->epsilon)), lanes);
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

/* ---- Adam where the gradient is zero ---- */

/* Elements whose first moment is 0, as in rows that no gradient has reached for long: the quotient is 0 without a root and
 * divisions, which take longer than all the rest. */
INLINE void resting_vector(const Update *s, const Parameter *p, size_t i, vfloat g, int lanes) {
  float *parameter = p->parameter + i, *second = p->moments[1] + i;
  put(parameter, load(parameter) * s->decay - splat(p->step_size * 0), lanes);
  put(second, flush(s->beta2 * load(second) + (s->one_minus_beta2 * g) * g), lanes);
}

DEFINE_RUN(resting_run, resting_vector)

/* Whether first moments are +0 and second moments have a root. */
static int is_resting(const Parameter *p, size_t begin, int count) {
  const float *first = p->moments[0] + begin, *second = p->moments[1] + begin;
  vint resting = first_lanes(LANES);
  int i = 0, every = -1;
  for (; i + LANES <= count; i += LANES) resting &= ((vint)load(first + i) == 0) & (load(second + i) >= 0);
  if (i < count) resting &= ~first_lanes(count - i) | (((vint)load(first + i) == 0) & (load(second + i) >= 0));
  for (int lane = 0; lane < LANES; lane++) every &= resting[lane];
  return every;
}

/* Elements that are tested for rest at once. */
#define REST_BLOCK 256

static void adam_without_gradient(const Update *s, const Parameter *p, size_t begin, int count) {
  int quotient_is_zero = s->l2 == 0 && s->gradient_scale * 0 == 0 && s->epsilon > 0 && p->correction > 0 && p->correction <= 1;
  for (int i = 0; i < count; i += REST_BLOCK) {
    int length = count - i < REST_BLOCK ? count - i : REST_BLOCK;
    if (quotient_is_zero && is_resting(p, begin + i, length)) resting_run(*s, *p, begin + i, length, 0);
    else adam_run(*s, *p, begin + i, length, 0);
  }
}

static void update_run(const Update *s, const Parameter *p, size_t begin, int count, const float *gradient) {
  switch (s->rule) {
    case ADAM: gradient ? adam_run(*s, *p, begin, count, gradient) : adam_without_gradient(s, p, begin, count); break;
    case SGD: sgd_run(*s, *p, begin, count, gradient); break;
    case RMSPROP: rmsprop_run(*s, *p, begin, count, gradient); break;
    case ADAGRAD: adagrad_run(*s, *p, begin, count, gradient); break;
  }
}

/* How many stored rows from `first` on are neighbours in the parameter too. */
static int neighbours(const Parameter *p, int first) {
  int end = first + 1;
  while (end < p->row_count && p->rows[end] == p->rows[end - 1] + 1) end++;
  return end - first;
}

static int least(int a, int b) { return a < b ? a : b; }

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

#define CHUNK_SIZE 4096
#define CHAINS 8

typedef struct {
  int gradient, rows;
  int count, width; /* count: stored elements */
} Squared;

typedef struct Squares {
  const Squared *table;
  int gradients, chunks;
  int *starts;  /* [gradients + 1]: the first chunk of each */
  int *places;  /* [chunks]: where its values begin */
  int *lengths; /* [chunks] */
  double *sums; /* [chunks] */
} Squares;

/* Lists the chunks of the dense flat index that a gradient's values lie in. */
static void find_chunks(Squares *s, const Squared *g) {
  const int *rows = (const int *)at_place(s->table, g->rows);
  int64_t current = -1;
  for (int i = 0, row_end = 0, stored = 0; i < g->count;) {
    if (i == row_end) row_end = rows ? i + g->width : g->count, stored++;
    int64_t flat = rows ? (int64_t)(rows[stored - 1] + 1) * g->width - (row_end - i) : i;
    if (flat / CHUNK_SIZE != current) {
      current = flat / CHUNK_SIZE;
      s->places[s->chunks] = g->gradient + i;
      s->lengths[s->chunks++] = 0;
    }
    int length = least(CHUNK_SIZE - (int)(flat % CHUNK_SIZE), row_end - i);
    s->lengths[s->chunks - 1] += length;
    i += length;
  }
}

typedef struct {
  const float *from;
  int chunk, left;
} Chain;

/* A chunk is one chain of additions, so eight go side by side; one that ends makes room for the next chunk. */
static void sum_chunks(void *pointer, int thread, int threads) {
  const Squares *s = pointer;
  int next, end, running = 0;
  split_range(s->chunks, CHAINS, thread, threads, &next, &end);
  Chain chains[CHAINS];
  double sum[CHAINS] = {0};
  for (; running < CHAINS && next < end; running++, next++)
    chains[running] = (Chain){at_place(s->table, s->places[next]), next, s->lengths[next]};
  while (running > 0) {
    int common = CHUNK_SIZE;
    const float *from[CHAINS];
    for (int j = 0; j < running; j++) common = least(common, chains[j].left);
    for (int j = 0; j < CHAINS; j++) from[j] = chains[j < running ? j : 0].from; /* what idle chains sum is not used */
    for (int i = 0; i < common; i++)
      for (int j = 0; j < CHAINS; j++) sum[j] += (double)from[j][i] * from[j][i];
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

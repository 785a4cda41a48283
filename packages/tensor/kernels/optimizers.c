/* Optimizer steps over all parameters at once; a sparse gradient is a dense one whose other rows are zero. The table has an entry
 * for each parameter (Segment in kernels.h). */
#include "kernels.h"
#include "pack.h"
#include "places.h"
#include "pool.h"

#define TINY_MOMENT 1e-30f

/* A parameter with its pointers. */
typedef struct {
  float *parameter, *mean, *square, *velocity, *largest, *average;
  const float *gradient;
  const int *rows;
  int row_count, width, count;
  float step_size, decay, gradient_factor, mean_factor, correction, mean_correction, average_share;
} Parameter;

static Parameter parameter_of(const Segment *table, int index) {
  const Segment *s = table + index;
  return (Parameter){
      .parameter = at_place(table, s->parameter),
      .mean = at_place(table, s->mean),
      .square = at_place(table, s->square),
      .velocity = at_place(table, s->velocity),
      .largest = at_place(table, s->largest),
      .average = at_place(table, s->average),
      .gradient = at_place(table, s->gradient),
      .rows = (const int *)at_place(table, s->rows),
      .row_count = s->row_count,
      .width = s->width,
      .count = s->count,
      .step_size = s->step_size,
      .decay = s->decay,
      .gradient_factor = s->gradient_factor,
      .mean_factor = s->mean_factor,
      .correction = s->correction,
      .mean_correction = s->mean_correction,
      .average_share = s->average_share,
  };
}

/* ---- What happens to the elements: a vector from index i on, of which `lanes` are written ---- */

INLINE void put(float *to, vfloat v, int lanes) {
  if (lanes == LANES) store(to, v);
  else store_some(to, v, lanes);
}

INLINE vfloat flush(vfloat moment) { return select_float(absolute(moment) < TINY_MOMENT, splat(0), moment); }

INLINE vfloat move_mean(const Update *s, float *mean, vfloat g, int lanes) {
  vfloat m = flush(s->mean_memory * load(mean) + s->mean_share * g);
  put(mean, m, lanes);
  return m;
}

INLINE vfloat move_square(const Update *s, float *square, vfloat g, int lanes) {
  vfloat v = flush(s->square_memory * load(square) + (s->square_share * g) * g);
  put(square, v, lanes);
  return v;
}

INLINE vfloat move_velocity(const Update *s, float *velocity, vfloat step, int lanes) {
  vfloat moment = flush(s->momentum * load(velocity) + step);
  put(velocity, moment, lanes);
  return moment;
}

INLINE void descend(const Parameter *p, size_t i, vfloat direction, int lanes) {
  put(p->parameter + i, load(p->parameter + i) * p->decay - p->step_size * direction, lanes);
}

/* The largest square is there for AMSGrad alone. */
INLINE void adam_vector(const Update *s, const Parameter *p, size_t i, vfloat g, int lanes) {
  vfloat m = move_mean(s, p->mean + i, g, lanes);
  vfloat v = move_square(s, p->square + i, g, lanes);
  if (p->largest) {
    v = maximum(load(p->largest + i), v);
    put(p->largest + i, v, lanes);
  }
  descend(p, i, m / (square_root(v) / p->correction + s->epsilon), lanes);
}

INLINE void nadam_vector(const Update *s, const Parameter *p, size_t i, vfloat g, int lanes) {
  vfloat m = move_mean(s, p->mean + i, g, lanes);
  vfloat v = move_square(s, p->square + i, g, lanes);
  vfloat ahead = g * p->gradient_factor + m * p->mean_factor;
  descend(p, i, ahead / (square_root(v / p->correction) + s->epsilon), lanes);
}

INLINE void adamax_vector(const Update *s, const Parameter *p, size_t i, vfloat g, int lanes) {
  vfloat m = move_mean(s, p->mean + i, g, lanes);
  vfloat size = maximum(absolute(g) + s->inner_epsilon, splat(TINY_MOMENT));
  vfloat largest = maximum(load(p->largest + i) * s->square_memory, size);
  put(p->largest + i, largest, lanes);
  descend(p, i, m / (largest + s->epsilon), lanes);
}

/* Writes the direction of the step; how long that is decides the size of the step. */
INLINE void lamb_vector(const Update *s, const Parameter *p, size_t i, vfloat g, int lanes) {
  vfloat m = move_mean(s, p->mean + i, g, lanes);
  vfloat v = move_square(s, p->square + i, g, lanes);
  vfloat denominator = (square_root(v) / p->correction + s->epsilon) * p->mean_correction;
  put(p->velocity + i, m / denominator + load(p->parameter + i) * s->direction_l2, lanes);
}

/* The velocity and the mean may be missing. */
INLINE void rmsprop_vector(const Update *s, const Parameter *p, size_t i, vfloat g, int lanes) {
  vfloat variance = move_square(s, p->square + i, g, lanes);
  if (p->mean) {
    vfloat mean = move_mean(s, p->mean + i, g, lanes);
    variance = maximum(variance - mean * mean, splat(0));
  }
  vfloat step = g / (square_root(variance + s->inner_epsilon) + s->epsilon);
  if (p->velocity) step = move_velocity(s, p->velocity + i, p->gradient_factor * step, lanes);
  descend(p, i, step, lanes);
}

INLINE void adagrad_vector(const Update *s, const Parameter *p, size_t i, vfloat g, int lanes) {
  vfloat v = flush(load(p->square + i) + g * g);
  put(p->square + i, v, lanes);
  descend(p, i, g / (square_root(v + s->inner_epsilon) + s->epsilon), lanes);
}

/* The velocity is the mean of the squares of all steps. */
INLINE void adadelta_vector(const Update *s, const Parameter *p, size_t i, vfloat g, int lanes) {
  vfloat v = move_square(s, p->square + i, g, lanes);
  vfloat step = square_root((load(p->velocity + i) + s->epsilon) / (v + s->epsilon)) * g;
  move_square(s, p->velocity + i, step, lanes);
  descend(p, i, step, lanes);
}

/* The velocity may be missing. */
INLINE void sgd_vector(const Update *s, const Parameter *p, size_t i, vfloat g, int lanes) {
  vfloat direction = g;
  if (p->velocity) {
    vfloat part = p->gradient_factor * g;
    vfloat moment = move_velocity(s, p->velocity + i, part, lanes);
    direction = s->nesterov ? part + s->momentum * moment : moment;
  }
  descend(p, i, direction, lanes);
}

INLINE void asgd_vector(const Update *s, const Parameter *p, size_t i, vfloat g, int lanes) {
  vfloat parameter = load(p->parameter + i) * p->decay - p->step_size * g, average = load(p->average + i);
  put(p->parameter + i, parameter, lanes);
  put(p->average + i, p->average_share == 1 ? parameter : average + (parameter - average) * p->average_share, lanes);
}

INLINE void lion_vector(const Update *s, const Parameter *p, size_t i, vfloat g, int lanes) {
  vfloat direction = s->momentum * load(p->mean + i) + s->momentum_share * g;
  vfloat sign = select_float(direction > 0, splat(1), select_float(direction < 0, splat(-1), splat(0)));
  move_mean(s, p->mean + i, g, lanes);
  descend(p, i, sign, lanes);
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
DEFINE_RUN(nadam_run, nadam_vector)
DEFINE_RUN(adamax_run, adamax_vector)
DEFINE_RUN(lamb_run, lamb_vector)
DEFINE_RUN(rmsprop_run, rmsprop_vector)
DEFINE_RUN(adagrad_run, adagrad_vector)
DEFINE_RUN(adadelta_run, adadelta_vector)
DEFINE_RUN(sgd_run, sgd_vector)
DEFINE_RUN(asgd_run, asgd_vector)
DEFINE_RUN(lion_run, lion_vector)

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
  return s->l2 == 0 && p->decay == 1 && step == 0 && !__builtin_signbit(step);
}

/* Adam's quotient is 0 where the mean is 0, as in rows that no gradient has reached for long, without a root and divisions, which
 * take longer than all the rest. */
INLINE void resting_vector(const Update *s, const Parameter *p, size_t i, vfloat g, int lanes) {
  descend(p, i, splat(0), lanes);
  move_square(s, p->square + i, g, lanes);
}

/* The same where parameters stay put. */
INLINE void fading_vector(const Update *s, const Parameter *p, size_t i, vfloat g, int lanes) {
  move_square(s, p->square + i, g, lanes);
}

DEFINE_RUN(resting_run, resting_vector)
DEFINE_RUN(fading_run, fading_vector)

static void adam_without_gradient(const Update *s, const Parameter *p, size_t begin, int count) {
  int quotient_is_zero =
      !p->largest && s->l2 == 0 && s->gradient_scale * 0 == 0 && s->epsilon > 0 && p->correction > 0 && p->correction <= 1;
  int parameters_stay = stays_put(s, p);
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
  int parameters_stay = s->epsilon + s->inner_epsilon > 0 && stays_put(s, p);
  for (int i = 0; i < count; i += TEST_BLOCK) {
    int length = least(count - i, TEST_BLOCK);
    if (!parameters_stay || !stay_when_flushed(p->square + begin + i, length)) adagrad_run(*s, *p, begin + i, length, 0);
  }
}

/* gradient: null where it is zero. */
static void update_run(const Update *s, const Parameter *p, size_t begin, int count, const float *gradient) {
  switch (s->kind) {
    case UPDATE_ADAM: gradient ? adam_run(*s, *p, begin, count, gradient) : adam_without_gradient(s, p, begin, count); break;
    case UPDATE_NADAM: nadam_run(*s, *p, begin, count, gradient); break;
    case UPDATE_ADAMAX: adamax_run(*s, *p, begin, count, gradient); break;
    case UPDATE_LAMB: lamb_run(*s, *p, begin, count, gradient); break;
    case UPDATE_RMSPROP: rmsprop_run(*s, *p, begin, count, gradient); break;
    case UPDATE_ADAGRAD: gradient ? adagrad_run(*s, *p, begin, count, gradient) : adagrad_without_gradient(s, p, begin, count); break;
    case UPDATE_ADADELTA: adadelta_run(*s, *p, begin, count, gradient); break;
    case UPDATE_SGD: gradient ? sgd_run(*s, *p, begin, count, gradient) : sgd_without_gradient(s, p, begin, count); break;
    case UPDATE_ASGD: asgd_run(*s, *p, begin, count, gradient); break;
    case UPDATE_LION: lion_run(*s, *p, begin, count, gradient); break;
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

/* Tables whose entries say where arrays lie. */
#pragma once

/* Elements from which a step or a norm takes all threads. */
#define PARALLEL_UPDATES 32768

/* An array that lies `place` elements after its table; null for 0. */
static inline float *at_place(const void *table, int place) { return place ? (float *)table + place : 0; }

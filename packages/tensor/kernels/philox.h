/* Random words by address: Philox4x32-10 (Salmon et al. 2011). */
#pragma once
#include "kernels.h"

#define PHILOX_ROUNDS 10
/* What each round adds to the key. */
#define PHILOX_WEYL_0 0x9e3779b9u
#define PHILOX_WEYL_1 0xbb67ae85u

INLINE void philox_round(uint32_t *c0, uint32_t *c1, uint32_t *c2, uint32_t *c3, uint32_t key0, uint32_t key1) {
  uint64_t a = (uint64_t)0xd2511f53u * *c0, b = (uint64_t)0xcd9e8d57u * *c2;
  *c0 = (uint32_t)(b >> 32) ^ *c1 ^ key0;
  *c1 = (uint32_t)b;
  *c2 = (uint32_t)(a >> 32) ^ *c3 ^ key1;
  *c3 = (uint32_t)a;
}

/* One block of four words from a 128-bit counter and a 64-bit key. */
INLINE void philox(uint32_t c0, uint32_t c1, uint32_t c2, uint32_t c3, uint32_t key0, uint32_t key1, uint32_t out[4]) {
  for (int round = 0; round < PHILOX_ROUNDS; round++, key0 += PHILOX_WEYL_0, key1 += PHILOX_WEYL_1)
    philox_round(&c0, &c1, &c2, &c3, key0, key1);
  out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

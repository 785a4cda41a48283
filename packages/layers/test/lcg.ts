/** Numbers that a golden script and its test both make (golden/make_keras_golden.py). */

/** A linear congruential generator (Numerical Recipes), exact in float64. */
export class Lcg {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** In `[-1, 1)`. */
  next(): number {
    this.#state = (this.#state * 1664525 + 1013904223) % 2 ** 32;
    return (this.#state >>> 8) / 2 ** 23 - 1;
  }
}

/** Random choices of a fuzzer: equal seeds and names give equal choices. */
import { DrawStream } from "@cellstate/data";

export class Random {
  readonly #draws: DrawStream;

  /** @param name  what the choices are for; other names give unrelated ones */
  constructor(seed: number, name: string) {
    this.#draws = new DrawStream(seed, name);
  }

  /** An integer from 0 to `bound - 1`. */
  below(bound: number): number {
    return this.#draws.below(bound);
  }

  /** An integer from `least` to `most`. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** True in one of `n` cases. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }

  pick<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)]!;
  }

  /** A count of at least 1 that is small more often than large. */
  few(most: number): number {
    return 1 + this.below(1 + this.below(most));
  }

  /** `count` values. */
  times<Value>(count: number, make: (index: number) => Value): Value[] {
    return Array.from({ length: count }, (_, index) => make(index));
  }
}

/** Numbers that a golden script and its test both make, and what the script keeps of its results; golden/lcg.py does the same. */
import type { Session, Tensor } from "@cellstate/tensor";
import { expect } from "vitest";

/** A linear congruential generator (Numerical Recipes): exact in float64, and its numbers are float32 values. */
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

  numbers(count: number): Float64Array {
    return Float64Array.from({ length: count }, () => this.next());
  }

  /** A parameter. */
  draw(session: Session, shape: readonly number[]): Tensor {
    const size = shape.reduce((product, extent) => product * extent, 1);
    return session.tensor(this.numbers(size), shape, { requiresGrad: true });
  }
}

/** All elements of a small tensor; of a larger one every so many-th, and two sums with signs from an Lcg over all. */
function summaryOf(values: ArrayLike<number>): number[] {
  const all = Array.from(values);
  if (all.length <= 12) return all;
  const stride = Math.ceil(all.length / 8);
  const lcg = new Lcg(all.length);
  const sums = [0, 0];
  for (const value of all) {
    for (const which of [0, 1]) sums[which]! += lcg.next() >= 0 ? value : -value;
  }
  return [...all.filter((_, index) => index % stride === 0), ...sums];
}

/**
 * Expects what a golden file keeps of `values`.
 *
 * @param tolerance  largest error relative to the largest number that is kept
 */
export function expectSummary(
  name: string,
  values: ArrayLike<number>,
  golden: readonly number[],
  tolerance: number,
): void {
  const got = summaryOf(values);
  expect(got.length, name).toBe(golden.length);
  const scale = Math.max(...golden.map(Math.abs));
  got.forEach((value, index) => {
    const error = Math.abs(value - golden[index]!);
    expect(error, `${name}, element ${index}: ${value} against ${golden[index]}`).toBeLessThanOrEqual(
      tolerance * scale,
    );
  });
}

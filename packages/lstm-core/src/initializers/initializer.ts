/** What an initializer is, and the simple ones: constants and independent draws. */
import type { RandomStream, Session } from "@cellstate/tensor";

/**
 * Makes the first values of a parameter, row-major; the same shape and stream give the same numbers. The session is that of the
 * parameter, and only a faster way to the same.
 */
export type Initializer = (shape: readonly number[], stream: RandomStream, session?: Session) => Float64Array;

/** Number of elements of a shape. */
export function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** All elements `value`. */
export function constant(value: number): Initializer {
  return (shape) => new Float64Array(elementsOf(shape)).fill(value);
}

/** All elements 0. */
export const zeros: Initializer = constant(0);

/** All elements 1. */
export const ones: Initializer = constant(1);

/** Uniform in `[low, high)`. */
export function uniform(low: number, high: number): Initializer {
  return (shape, stream, session) => stream.uniform(elementsOf(shape), low, high, session);
}

/** Normal with the given mean and standard deviation. */
export function normal(mean: number, deviation: number): Initializer {
  return (shape, stream, session) => stream.normal(elementsOf(shape), session).map((draw) => mean + deviation * draw);
}

/** Normalization of a vector to mean 0 and variance 1, and its gradient (Ba, Kiros & Hinton 2016, section 3); no gain, no bias. */
import type { Arithmetic } from "./arithmetic.ts";
import { type Floats, laneDot, laneSum } from "./sums.ts";

/** Added to the variance, so that constant vectors divide by no zero. */
const EPSILON = 1e-5;

export function meanOf(math: Arithmetic, values: Floats): number {
  return math.round(laneSum(math, values.length, (i) => values[i]!) / values.length);
}

/** Normalizes in place and returns what the centred values were multiplied by: one over the standard deviation. */
export function normalize(math: Arithmetic, values: Floats, epsilon = EPSILON): number {
  const r = math.round;
  const count = values.length;
  const mean = meanOf(math, values);
  for (let i = 0; i < count; i++) values[i] = r(values[i]! - mean);
  const value = (i: number) => values[i]!;
  const variance = r(laneDot(math, count, value, value) / count);
  const scale = r(1 / r(Math.sqrt(r(variance + r(epsilon)))));
  for (let i = 0; i < count; i++) values[i] = r(values[i]! * scale);
  return scale;
}

/** Turns gradients of normalized values into those of the values before, in place. */
export function normalizeGradient(math: Arithmetic, gradients: Floats, normalized: Floats, scale: number): void {
  const r = math.round;
  const count = gradients.length;
  const mean = meanOf(math, gradients);
  const along = r(
    laneDot(
      math,
      count,
      (i) => gradients[i]!,
      (i) => normalized[i]!,
    ) / count,
  );
  for (let i = 0; i < count; i++) {
    gradients[i] = r(math.fma(-normalized[i]!, along, r(gradients[i]! - mean)) * scale);
  }
}

/** The float32 functions against the engine's float64 ones, in units in the last place. */
import { describe, expect, test } from "vitest";
import { exp32, log32, sigmoid32, tanh32 } from "../src/backends/reference/arithmetic.ts";

const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);

/** Size of the last place at `value`. */
function ulp(value: number): number {
  float[0] = Math.abs(value);
  const low = float[0]!;
  bits[0] = bits[0]! + 1;
  return float[0]! - low;
}

/** Largest error in ulp over a dense sweep of float32 values. */
function worst(ours: (x: number) => number, exact: (x: number) => number, low: number, high: number): number {
  let largest = 0;
  for (let i = 0; i <= 400_000; i++) {
    const x = Math.fround(low + ((high - low) * i) / 400_000);
    const want = exact(x);
    if (want !== 0) largest = Math.max(largest, Math.abs(ours(x) - want) / ulp(want));
  }
  return largest;
}

describe("errors of float32 functions", () => {
  test.each([
    ["exp", exp32, Math.exp, -87, 88.7, 1.1],
    ["log", log32, Math.log, 1e-6, 50, 1.1],
    ["tanh", tanh32, Math.tanh, -9, 9, 2],
    ["sigmoid", sigmoid32, (x: number) => 1 / (1 + Math.exp(-x)), -80, 80, 2.6],
  ] as const)("%s", (_, ours, exact, low, high, bound) => {
    expect(worst(ours, exact, low, high)).toBeLessThanOrEqual(bound);
  });
});

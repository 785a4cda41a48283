import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as scalar from "./scalar.ts";

/** Distance in units in the last place of `want`. */
function ulps(got: number, want: number): number {
  if (Object.is(got, want)) return 0;
  const bits = new Float64Array([Math.abs(want)]);
  const next = new BigUint64Array(bits.buffer);
  next[0] = next[0]! + 1n;
  return Math.abs(got - want) / (bits[0]! - Math.abs(want));
}

const cases = [
  { name: "exp", ours: scalar.exp, theirs: Math.exp, min: -700, max: 700, bound: 2 },
  { name: "log", ours: scalar.log, theirs: Math.log, min: 1e-300, max: 1e300, bound: 2 },
  { name: "log near 1", ours: scalar.log, theirs: Math.log, min: 0.5, max: 2, bound: 2 },
  { name: "tanh", ours: scalar.tanh, theirs: Math.tanh, min: -25, max: 25, bound: 4 },
] as const;

describe("scalar functions", () => {
  test.each(cases)("$name stays within $bound ulp of the engine's own", ({ ours, theirs, min, max, bound }) => {
    fc.assert(
      fc.property(fc.double({ min, max, noNaN: true }), (x) => {
        expect(ulps(ours(x), theirs(x))).toBeLessThanOrEqual(bound);
      }),
      { numRuns: 3000 },
    );
  });

  test("sin and cos agree with the engine's own to 1e-15", () => {
    fc.assert(
      fc.property(fc.double({ min: -100, max: 100, noNaN: true }), (x) => {
        expect(Math.abs(scalar.sin(x) - Math.sin(x))).toBeLessThan(1e-15 * 4);
        expect(Math.abs(scalar.cos(x) - Math.cos(x))).toBeLessThan(1e-15 * 4);
      }),
    );
  });

  // From 50-digit arithmetic: mpmath 1.3.
  test.each([
    [1e-10, 1.1283791670955126e-10],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2.4, 0.999311486103355],
    [2.6, 0.9997639655834707],
    [4, 0.9999999845827421],
    [7, 1],
  ])("erf(%d)", (x, want) => {
    expect(ulps(scalar.erf(x), want)).toBeLessThanOrEqual(4);
    expect(scalar.erf(-x)).toBe(-scalar.erf(x));
  });

  test("edges: zero, infinities and NaN", () => {
    expect(scalar.exp(-Infinity)).toBe(0);
    expect(scalar.exp(Infinity)).toBe(Infinity);
    expect(scalar.exp(NaN)).toBeNaN();
    expect(scalar.log(0)).toBe(-Infinity);
    expect(scalar.log(-1)).toBeNaN();
    expect(scalar.tanh(-0)).toBe(-0);
    expect([scalar.erf(-0), scalar.erf(-Infinity), scalar.erf(NaN)]).toEqual([-0, -1, NaN]);
    expect(scalar.pow(2, -3)).toBe(0.125);
    expect(scalar.pow(0.9, 10)).toBeCloseTo(0.3486784401, 12);
  });

  test("softmax gives probabilities that sum to 1 and do not overflow", () => {
    const [first, second, third] = scalar.softmax([1, 2, 3]) as [number, number, number];
    expect(first).toBeCloseTo(0.09003057317038046, 15);
    expect(second).toBeCloseTo(0.24472847105479764, 15);
    expect(third).toBeCloseTo(0.6652409557748218, 15);
    // the logarithm of the sum stands beside 1000, so that it keeps about 13 digits
    for (const half of scalar.softmax([1000, 1000])) expect(half).toBeCloseTo(0.5, 12);
    expect(scalar.softmax([-1000, 0])).toEqual([0, 1]);
    expect(scalar.softmax([5])).toEqual([1]);
    expect(scalar.softmax([])).toEqual([]);
  });

  test("logSoftmax keeps small probabilities that softmax loses", () => {
    expect(scalar.logSoftmax([-1000, 0])).toEqual([-1000, 0]);
    expect(scalar.logSoftmax([0, 0])[0]).toBe(-scalar.log(2));
  });
});

/**
 * The float32 functions against float64 ones, in units in the last place: every exponent with mantissas all over it, and the
 * places where another branch begins. The stated bounds were measured on all 2^32 arguments.
 */
import { describe, expect, test } from "vitest";
import { cos32, erf32, exp32, log32, sigmoid32, sin32, tanh32 } from "../src/backends/reference/arithmetic.ts";
import { scalar } from "../src/index.ts";

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

function floatOf(word: number): number {
  bits[0] = word;
  return float[0]!;
}

function wordOf(value: number): number {
  float[0] = value;
  return bits[0]!;
}

const SMALLEST = 2 ** -149;

/** Size of the last place of float32 at `value`, a float64. */
function ulp(value: number): number {
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  return Math.max(2 ** (exponent - 23), SMALLEST);
}

/** Finite float32 numbers of both signs: 801 mantissas of each exponent, and the neighbourhoods of `edges`. */
function* samples(edges: readonly number[]): Generator<number> {
  for (let exponent = 0; exponent < 255; exponent++) {
    for (let i = 0; i <= 800; i++) {
      const word = exponent * 0x800000 + Math.min(i * 10487 + ((exponent * 7919) % 10487), 0x7fffff);
      yield floatOf(word);
      yield -floatOf(word);
    }
  }
  for (const edge of edges) {
    for (let step = -300; step <= 300; step++) yield floatOf(wordOf(edge) + step);
  }
}

/** Largest error in ulp, with an argument that has it. */
function worst(ours: (x: number) => number, exact: (x: number) => number, edges: readonly number[]) {
  let largest = { ulps: 0, x: 0 };
  for (const x of samples(edges)) {
    const want = exact(x);
    const got = ours(x);
    const isExact = Object.is(got, Math.fround(want)) || (Number.isNaN(want) && Number.isNaN(got));
    const ulps = isExact ? 0 : Math.abs(got - want) / ulp(want);
    if (!(ulps <= largest.ulps)) largest = { ulps, x };
  }
  return largest;
}

const sigmoid = (x: number) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));
const angle = (of: (x: number) => number) => (x: number) => (Math.abs(x) < 2 ** 28 ? of(x) : NaN);

describe("errors of the float32 functions stay within their bounds", () => {
  test.each([
    ["exp", exp32, Math.exp, 1.04, [88.72283, 88.8, -87.33654, -103.97208, -104, 0.3465736, -0.3465736]],
    ["log", log32, Math.log, 0.83, [1, 1.1754944e-38, Math.SQRT1_2, Math.SQRT2, 1e-45]],
    ["tanh", tanh32, Math.tanh, 1.83, [0.625, -0.625, 8.1444, 9.01, 20]],
    ["sigmoid", sigmoid32, sigmoid, 1.98, [-87.33654, -103.97208, -6.2377, 88.7, 0.00048843]],
    ["erf", erf32, scalar.erf, 1.06, [0.927734375, -0.927734375, 0.936751, 3.9, 4]],
    ["sin", sin32, angle(Math.sin), 0.501, [Math.PI, Math.PI / 2, 1e5, 55782100, 2 ** 28]],
    ["cos", cos32, angle(Math.cos), 0.501, [Math.PI, Math.PI / 2, 1e5, 55782100, 2 ** 28]],
  ] as const)("%s", (_, ours, exact, bound, edges) => {
    const { ulps, x } = worst(ours, exact, edges);
    expect(ulps, `at ${x}`).toBeLessThanOrEqual(bound);
    expect(ulps, "the sweep should come near the bound").toBeGreaterThan(0.7 * bound);
  });

  test("a sweep sees an error of a few units", () => {
    expect(worst((x) => Math.fround(Math.exp(x) * (1 + 3e-7)), Math.exp, []).ulps).toBeGreaterThan(2);
  });
});

test("zeros keep their sign, infinities and NaN have their limits", () => {
  for (const odd of [tanh32, erf32, sin32]) {
    expect(odd(0)).toBe(0);
    expect(odd(-0)).toBe(-0);
  }
  const table = [
    [exp32, Infinity, 0],
    [log32, Infinity, NaN],
    [tanh32, 1, -1],
    [sigmoid32, 1, 0],
    [erf32, 1, -1],
    [sin32, NaN, NaN],
    [cos32, NaN, NaN],
  ] as const;
  for (const [of, atInfinity, atMinusInfinity] of table) {
    expect(of(Infinity)).toBe(atInfinity);
    expect(of(-Infinity)).toBe(atMinusInfinity);
    expect(of(NaN)).toBeNaN();
  }
  expect([log32(0), log32(-0), log32(-1)]).toEqual([-Infinity, -Infinity, NaN]);
  expect([exp32(-0), sigmoid32(-0), cos32(-0)]).toEqual([1, 0.5, 1]);
  expect([tanh32(SMALLEST), sin32(-SMALLEST)]).toEqual([SMALLEST, -SMALLEST]);
});

/** The fused multiply-add: the reference's against exact arithmetic on whole numbers, and that of every backend against the reference's. */
import { expect, test } from "vitest";
import { fma32 } from "../src/backends/reference/fma.ts";
import * as t from "../src/index.ts";
import { expectSameBits, onEveryBackend } from "./every-backend.ts";
import { hardTriples } from "./hard-triples.ts";

const sessions = onEveryBackend();
const { a, b, c } = hardTriples(3000);

/** A finite float32 is an integer of so many of these. */
const SMALLEST = 2 ** -149;

const integer = (value: number) => BigInt(value / SMALLEST);

/** `numerator / 2^149` of the smallest float32, rounded to nearest even. */
function rounded(numerator: bigint): number {
  const size = numerator < 0n ? -numerator : numerator;
  const length = size.toString(2).length;
  const dropped = BigInt(Math.max(149, length - 24)); // a denormal result keeps fewer than 24 bits
  const half = 1n << (dropped - 1n);
  const rest = size & ((1n << dropped) - 1n);
  const kept = size >> dropped;
  const up = rest > half || (rest === half && (kept & 1n) === 1n);
  const magnitude = Number(up ? kept + 1n : kept) * 2 ** (Number(dropped) - 2 * 149);
  return Math.fround(numerator < 0n ? -magnitude : magnitude);
}

/** With whole numbers where the result is finite and not zero, and there is a sign to find. */
function exactFma(x: number, y: number, z: number): number {
  const unrounded = x * y + z;
  if (!Number.isFinite(x * y) || !Number.isFinite(z)) return Math.fround(unrounded);
  const numerator = integer(x) * integer(y) + (integer(z) << 149n);
  return numerator === 0n ? unrounded : rounded(numerator);
}

test("fma32 rounds the exact product and sum once", () => {
  const got = a.map((x, i) => fma32(x, b[i]!, c[i]!));
  const want = a.map((x, i) => exactFma(x, b[i]!, c[i]!));
  expectSameBits(got, want);
});

test("rounding the product, or to float64 first, would be seen", () => {
  const want = a.map((x, i) => fma32(x, b[i]!, c[i]!));
  const differing = (other: (x: number, y: number, z: number) => number) =>
    want.filter((value, i) => !Object.is(value, Math.fround(other(a[i]!, b[i]!, c[i]!)))).length;
  expect(differing((x, y, z) => Math.fround(x * y) + z)).toBeGreaterThan(1000);
  expect(differing((x, y, z) => x * y + z)).toBeGreaterThan(1000);
});

test.each<[string, number, number, number, number]>([
  ["above halfway by the last bit of the product", 1 + 2 ** -23, 2 ** -24 * (1 + 2 ** -23), 1, 1 + 2 ** -23],
  ["halfway, to even", 1, 2 ** -24, 1, 1],
  ["halfway between denormals", 2 ** -75, 2 ** -75, 2 ** -149, 2 ** -148],
  ["halfway to infinity", 2 ** 64, 2 ** 39, 2 ** 128 - 2 ** 104, Infinity],
  ["below halfway to infinity", 2 ** 64, 2 ** 39 - 2 ** 15, 2 ** 128 - 2 ** 104, 2 ** 128 - 2 ** 104],
  ["a product beyond float32 that c brings back", 2 ** 64, 2 ** 64, -(2 ** 127), 2 ** 127],
  ["what a rounded product loses", 1 + 2 ** -12, 1 + 2 ** -12, -(1 + 2 ** -11), 2 ** -24],
  ["an exact zero", 3, 5, -15, 0],
  ["zeros that are both negative", -0, 1, -0, -0],
  ["infinity times zero", Infinity, 0, 1, Number.NaN],
])("%s", (_, x, y, z, want) => {
  expect(fma32(x, y, z)).toBe(want);
});

/** Products of two terms: first `c` times 1, which is `c` or, of -0, +0; then `a` times `b`. */
test("a term of a product is one fused multiply-add on every backend", () => {
  const count = a.length;
  const [left, right] = [new Float32Array(2 * count), new Float32Array(2 * count)];
  a.forEach((x, i) => {
    left.set([c[i]!, x], 2 * i);
    right.set([1, b[i]!], 2 * i);
  });
  const want = a.map((x, i) => fma32(x, b[i]!, fma32(c[i]!, 1, 0)));
  for (const session of sessions) {
    using _ = session.scope();
    const product = t.matmul(session.tensor(left, [count, 1, 2]), session.tensor(right, [count, 2, 1]));
    expectSameBits(product.readSync(), want, session.backendText);
  }
});

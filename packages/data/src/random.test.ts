import fc from "fast-check";
import { expect, test } from "vitest";
import { DrawStream, mix32, permutation } from "./random.ts";

test("draws are fixed by seed, name and position for all time", () => {
  const stream = new DrawStream(7, "split");
  expect([stream.next(), stream.next(), stream.next()]).toMatchInlineSnapshot(`
    [
      3966826330,
      3342643292,
      3496998507,
    ]
  `);
  expect(mix32(1)).toBe(0x514e28b7);
});

test("other seeds and other names give other draws", () => {
  const first = (seed: number, name: string) => new DrawStream(seed, name).next();
  const draws = [first(0, "a"), first(1, "a"), first(2 ** 32, "a"), first(2 ** 33, "a"), first(0, "b"), first(0, "ab")];
  expect(new Set(draws).size).toBe(draws.length);
});

test("below stays within its bound and reaches every value about equally often", () => {
  const stream = new DrawStream(3, "dice");
  const counts = new Array<number>(6).fill(0);
  for (let i = 0; i < 60_000; i++) {
    const value = stream.below(6);
    counts[value] = (counts[value] ?? 0) + 1;
  }
  // 10,000 expected each, standard deviation about 91: five deviations either way.
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(460);
});

test("a permutation holds every number once", () => {
  fc.assert(
    fc.property(fc.nat(200), fc.nat(), fc.string(), (count, seed, name) => {
      expect([...permutation(count, seed, name)].sort((a, b) => a - b)).toEqual([...Array(count).keys()]);
    }),
  );
});

test("a seed or bound out of range is refused", () => {
  expect(() => new DrawStream(-1, "x")).toThrow("expected a seed that is an integer from 0 to 2^53 - 1, got -1");
  expect(() => new DrawStream(0, "x").below(0)).toThrow("expected an integer bound from 1 to 2^32, got 0");
});

import { describe, expect, test } from "vitest";
import { philox, Rng } from "./random.ts";

function block(counter: number[], key: [number, number]): string[] {
  const out = new Uint32Array(4);
  philox(counter[0]!, counter[1]!, counter[2]!, counter[3]!, key, out);
  return [...out].map((word) => word.toString(16).padStart(8, "0"));
}

describe("philox", () => {
  // Known answers published with Random123, the authors' own library (kat_vectors, philox4x32 10).
  test("gives the authors' known answers", () => {
    expect(block([0, 0, 0, 0], [0, 0])).toEqual(["6627e8d5", "e169c58d", "bc57ac4c", "9b00dbd8"]);
    const ones = 0xffffffff;
    expect(block([ones, ones, ones, ones], [ones, ones])).toEqual(["408f276d", "41c83b0e", "a20bc7c6", "6d5451fd"]);
    expect(block([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])).toEqual([
      "d16cfe09",
      "94fdcceb",
      "5001e420",
      "24126ea1",
    ]);
  });
});

describe("RandomStream", () => {
  test("depends on seed and name, not on the order of calls", () => {
    const one = new Rng(1).stream("dropout");
    const later = one.uniformAt(5);
    one.uniformAt(0);
    expect(one.uniformAt(5)).toBe(later);
    expect(new Rng(1).stream("dropout").uniformAt(5)).toBe(later);
    expect(new Rng(2).stream("dropout").uniformAt(5)).not.toBe(later);
    expect(new Rng(1).stream("shuffle").uniformAt(5)).not.toBe(later);
    expect(one.fork("layer0").uniformAt(5)).not.toBe(later);
  });

  test("normal numbers have mean 0 and variance 1, uniform ones mean 1/2", () => {
    const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const normal = new Rng(3).stream("init").normal(20_000);
    expect(Math.abs(mean(normal))).toBeLessThan(0.03);
    expect(Math.abs(mean(normal.map((value) => value * value)) - 1)).toBeLessThan(0.04);
    expect(Math.abs(mean(new Rng(3).stream("init").uniform(20_000)) - 0.5)).toBeLessThan(0.01);
  });

  test("permutation holds every number once", () => {
    const order = new Rng(3).stream("shuffle").permutation(100);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect([...order]).not.toEqual([...order].sort((a, b) => a - b));
  });

  test("refuses a seed that is not a whole number", () => {
    expect(() => new Rng(1.5)).toThrow("Rng: expected a seed that is an integer in [0, 2^53), got 1.5");
  });
});

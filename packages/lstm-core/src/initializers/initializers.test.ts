import { Rng } from "@cellstate/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { glorotUniform } from "./glorot-uniform.ts";
import { constant, normal, ones, uniform, zeros } from "./initializer.ts";
import { orthogonal } from "./orthogonal.ts";
import { forgetBias, perGate } from "./per-gate.ts";

const stream = new Rng(1).stream("initializers");

test("orthogonal makes orthonormal rows, or columns where there are more rows", () => {
  const extent = fc.integer({ min: 1, max: 24 });
  fc.assert(
    fc.property(extent, extent, fc.nat(), (rows, columns, seed) => {
      const matrix = orthogonal([rows, columns], new Rng(seed).stream("orthogonal"));
      const count = Math.min(rows, columns);
      const size = Math.max(rows, columns);
      const at = (i: number, k: number) => (rows <= columns ? matrix[i * columns + k]! : matrix[k * columns + i]!);
      for (let i = 0; i < count; i++) {
        for (let j = 0; j <= i; j++) {
          let product = 0;
          for (let k = 0; k < size; k++) product += at(i, k) * at(j, k);
          expect(Math.abs(product - (i === j ? 1 : 0))).toBeLessThan(1e-9); // a float32 holds 6e-8
        }
      }
    }),
    { numRuns: 50 },
  );
});

test("glorotUniform stays within its bound and fills it", () => {
  const bound = Math.sqrt(6 / 50);
  const values = glorotUniform([20, 30], stream);
  expect(values).toHaveLength(600);
  expect(values.every((value) => Math.abs(value) <= bound)).toBe(true);
  expect(Math.max(...values)).toBeGreaterThan(0.95 * bound);
  expect(Math.min(...values)).toBeLessThan(-0.95 * bound);
});

test("normal has the mean and deviation that were asked for", () => {
  const values = normal(2, 0.5)([100, 100], stream);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / values.length;
  // Four standard errors of 10,000 draws.
  expect(Math.abs(mean - 2)).toBeLessThan(0.02);
  expect(Math.abs(variance - 0.25)).toBeLessThan(0.015);
});

test("uniform, zeros, ones and constant fill the shape", () => {
  expect(uniform(3, 4)([2, 3], stream).every((value) => value >= 3 && value < 4)).toBe(true);
  expect([...zeros([2], stream), ...ones([2], stream), ...constant(7)([1], stream)]).toEqual([0, 0, 1, 1, 7]);
});

test("perGate draws each gate by itself and forgetBias marks the second gate", () => {
  const values = perGate(orthogonal)([12, 3], stream);
  const gates = [0, 1, 2, 3].map((gate) => values.slice(gate * 9, gate * 9 + 9));
  expect(new Set(gates.map(String)).size).toBe(4);
  expect(gates[1]).toEqual(orthogonal([3, 3], stream.fork("forget")));
  expect([...forgetBias(2)([8], stream)]).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
});

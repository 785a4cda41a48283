import fc from "fast-check";
import { expect, test } from "vitest";
import * as t from "../src/index.ts";
import { expectSameBits, onEveryBackend } from "./every-backend.ts";

const sessions = onEveryBackend();

test("orthonormal rows have the same bits on every backend as in plain loops", () => {
  const extent = fc.integer({ min: 1, max: 70 });
  fc.assert(
    fc.property(extent, extent, fc.nat(), (one, other, seed) => {
      const [count, size] = [Math.min(one, other), Math.max(one, other)];
      const drawn = new t.Rng(seed).stream("rows").normal(count * size);
      const expected = drawn.slice();
      t.orthonormalize(expected, count, size);
      for (const session of sessions) {
        const rows = drawn.slice();
        t.orthonormalize(rows, count, size, session);
        expectSameBits(rows, expected, `${session.backendText}, [${count}, ${size}]:`);
      }
    }),
    { numRuns: 40 },
  );
});

test("rows are of length 1 and orthogonal", () => {
  const rows = new t.Rng(1).stream("rows").normal(5 * 8);
  t.orthonormalize(rows, 5, 8, sessions.at(-1));
  for (let i = 0; i < 5; i++) {
    for (let j = 0; j <= i; j++) {
      let product = 0;
      for (let k = 0; k < 8; k++) product += rows[8 * i + k]! * rows[8 * j + k]!;
      expect(product).toBeCloseTo(i === j ? 1 : 0, 12);
    }
  }
});

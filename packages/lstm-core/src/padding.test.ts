import { createSession, Rng, square } from "@cellstate/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { checkPaddedIds, mapRealPositions, padIds, realPositions } from "./padding.ts";

test("padIds pads rows at their ends and keeps their lengths", () => {
  expect(padIds([[5, 6], [], [7]], 9)).toEqual({
    ids: Int32Array.of(5, 6, 9, 9, 7, 9),
    lengths: Int32Array.of(2, 0, 1),
    batchSize: 3,
    seqLen: 2,
  });
});

test("padIds makes empty rows one step wide", () => {
  expect(padIds([[]], 0)).toEqual({ ids: Int32Array.of(0), lengths: Int32Array.of(0), batchSize: 1, seqLen: 1 });
});

test("realPositions lists real positions row by row", () => {
  expect(realPositions(Int32Array.of(2, 0, 1), 3)).toEqual(Int32Array.of(0, 1, 6));
});

test("checkPaddedIds names who complains, what was expected and the row", () => {
  const rows = padIds([[1, 2], [3]], 0);
  checkPaddedIds("Reader", rows, 4);
  expect(() => checkPaddedIds("Reader", rows, 3)).toThrow("Reader: expected ids in [0, 3), got 3 in row 1");
  expect(() => checkPaddedIds("Reader", { ...rows, lengths: Int32Array.of(2, 3) }, 4)).toThrow(
    "Reader: expected a length in [0, 2], got 3 in row 1",
  );
  expect(() => checkPaddedIds("Reader", { ...rows, seqLen: 3 }, 4)).toThrow(
    "Reader: expected 2 rows of 3 ids and 2 lengths, got 4 ids and 2 lengths",
  );
});

test("mapRealPositions maps real positions as if there were no padding", async () => {
  const session = await createSession({ backend: "reference" });
  const lengthArrays = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(lengthArrays, (lengths) => {
      const shape = [lengths.length, 4, 2];
      const x = session.tensor(new Rng(1).stream("x").normal(lengths.length * 8), shape);
      const mapped = mapRealPositions(x, Int32Array.from(lengths), square);
      expect(mapped.shape).toEqual(shape);
      const [got, want] = [mapped.readSync(), square(x).readSync()];
      for (const position of realPositions(Int32Array.from(lengths), 4)) {
        expect(got.slice(position * 2, position * 2 + 2)).toEqual(want.slice(position * 2, position * 2 + 2));
      }
    }),
  );
});

import { padIds } from "@cellstate/lstm-core";
import { expect, test } from "vitest";
import { shiftTarget } from "./teacher-forcing.ts";

test("shiftTarget reads the start and the reference, and writes the reference and the end", () => {
  const target = { vocabSize: 10, padId: 0, bosId: 1, eosId: 2 };
  expect(shiftTarget(padIds([[5, 6], [], [7]], 0), target)).toEqual({
    inputIds: {
      ids: Int32Array.of(1, 5, 6, 1, 0, 0, 1, 7, 0),
      lengths: Int32Array.of(3, 1, 2),
      batchSize: 3,
      seqLen: 3,
    },
    outputIds: Int32Array.of(5, 6, 2, 2, 7, 2),
  });
});
